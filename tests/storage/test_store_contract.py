"""What a store does, whichever guard it has."""

import asyncio
from dataclasses import replace

import msgspec
import pytest

from a360tui.errors import InvalidInput
from a360tui.secret import Secret
from a360tui.storage import Binding, Guard, Locations, SecretKind, Store, find_locations
from a360tui.storage.errors import MemoryOnly
from tests.canaries import leaks
from tests.storage.conftest import JDOE, Way, everything_below, way_of
from tests.storage.fake_keyring import WorkingKeyring

CANARY = 'c4n"ary\\ö/+ key-%$#'
OTHER = "0ther-c4nary-with-enough-letters"


async def shown(store: Store, binding: Binding, kind: SecretKind) -> str | None:
    secret = await store.get(binding, kind)
    return secret.reveal() if secret is not None else None


async def test_what_is_put_is_got(way: Way) -> None:
    """A secret comes back as it was, and each kind is kept apart."""
    store = await way.open()
    for kind in SecretKind:
        await store.put(JDOE, kind, Secret(CANARY + kind))
    assert [CANARY + kind for kind in SecretKind] == [await shown(store, JDOE, kind) for kind in SecretKind]


@pytest.mark.parametrize(
    "other",
    [
        msgspec.structs.replace(JDOE, scheme="http"),
        msgspec.structs.replace(JDOE, host="cr.example.org"),
        msgspec.structs.replace(JDOE, port=8443),
        msgspec.structs.replace(JDOE, username="JDoe"),
    ],
    ids=["scheme", "host", "port", "username"],
)
async def test_a_secret_is_offered_to_nobody_else(way: Way, other: Binding) -> None:
    """Scheme, host, port and user name all have to be the same, or there is no secret."""
    store = await way.open()
    await store.put(JDOE, SecretKind.PASSWORD, Secret(CANARY))
    assert await store.get(other, SecretKind.PASSWORD) is None
    assert await store.get(JDOE, SecretKind.API_KEY) is None


async def test_the_last_one_counts(way: Way) -> None:
    """A secret that is put again replaces the one before, and no other."""
    store = await way.open()
    await store.put(JDOE, SecretKind.PASSWORD, Secret("hunter1"))
    await store.put(JDOE, SecretKind.API_KEY, Secret("unchanged"))
    await store.put(JDOE, SecretKind.PASSWORD, Secret("hunter2"))
    assert await shown(store, JDOE, SecretKind.PASSWORD) == "hunter2"
    assert await shown(store, JDOE, SecretKind.API_KEY) == "unchanged"


async def test_forgetting_one_kind_leaves_the_other(way: Way) -> None:
    """What is forgotten is gone, once; what is not stays."""
    store = await way.open()
    await store.put(JDOE, SecretKind.PASSWORD, Secret("password"))
    await store.put(JDOE, SecretKind.API_KEY, Secret("key"))
    assert await store.forget(JDOE, SecretKind.PASSWORD)
    assert not await store.forget(JDOE, SecretKind.PASSWORD)
    assert await store.get(JDOE, SecretKind.PASSWORD) is None
    assert await shown(store, JDOE, SecretKind.API_KEY) == "key"


async def test_forgetting_all_of_one_binding(way: Way) -> None:
    """All kinds of a binding go at once, and another user's stay."""
    store = await way.open()
    asmith = msgspec.structs.replace(JDOE, username="asmith")
    for kind in SecretKind:
        await store.put(JDOE, kind, Secret("theirs"))
    await store.put(asmith, SecretKind.PASSWORD, Secret("hers"))
    assert await store.forget(JDOE)
    assert [(each.binding, each.kind) for each in await store.bindings()] == [(asmith, SecretKind.PASSWORD)]
    assert await shown(store, asmith, SecretKind.PASSWORD) == "hers"


async def test_only_what_is_on_disk_outlives_the_session(way: Way) -> None:
    """A second process finds the secrets, except those that were in memory only."""
    await (await way.open()).put(JDOE, SecretKind.API_KEY, Secret(CANARY))
    again = await way.open()
    assert await shown(again, JDOE, SecretKind.API_KEY) == (None if way.guard is Guard.MEMORY else CANARY)


async def test_the_guard_is_said(way: Way) -> None:
    """Where secrets are is known before one is kept, and said in words that differ."""
    store = await way.open()
    assert await store.choose_guard() is way.guard
    await store.put(JDOE, SecretKind.PASSWORD, Secret("x"))
    assert store.guard is way.guard
    assert (
        store.place
        == {
            Guard.KEYRING: "age file, unlocked by your keyring (fake keyring)",
            Guard.PASSPHRASE: "age file, unlocked by a passphrase",
            Guard.MEMORY: "memory only, until a360tui ends",
        }[way.guard]
    )


async def test_looking_for_what_is_not_there_bothers_nobody(way: Way) -> None:
    """Without a stored secret in play neither the keyring nor a person is asked, and nothing is written."""
    store = await way.open()
    before = everything_below(way.locations.config.path)
    assert await store.get(JDOE, SecretKind.PASSWORD) is None
    assert not await store.forget(JDOE)
    assert await store.bindings() == ()
    assert way.bothered() == 0
    assert everything_below(way.locations.config.path) == before


async def test_what_there_is_is_known_without_unlocking(lasting: Way) -> None:
    """A sign-in screen can offer what is remembered before anything is unlocked."""
    await (await lasting.open()).put(JDOE, SecretKind.PASSWORD, Secret("x"))
    before = lasting.bothered()
    store = await lasting.open()
    assert [(each.binding, each.kind) for each in await store.bindings()] == [(JDOE, SecretKind.PASSWORD)]
    assert await store.get(JDOE, SecretKind.API_KEY) is None
    assert not store.unlocked
    assert lasting.bothered() == before


async def test_one_unlocking_a_session(lasting: Way) -> None:
    """Many secrets at the same time, and later ones, need the guard once; after `lock` they need it again."""
    store = await lasting.open()
    for kind in SecretKind:
        await store.put(JDOE, kind, Secret(kind))
    store = await lasting.open()
    before = lasting.bothered()
    await asyncio.gather(*(store.get(JDOE, kind) for kind in SecretKind))
    await store.put(JDOE, SecretKind.PASSWORD, Secret("new"))
    once = lasting.bothered() - before
    assert once == 1
    assert store.unlocked
    store.lock()
    assert not store.unlocked
    assert await shown(store, JDOE, SecretKind.PASSWORD) == "new"
    assert lasting.bothered() - before == 2 * once


async def test_processes_beside_one_another_lose_nothing(lasting: Way) -> None:
    """Two sessions that write at the same time both find all of it afterwards."""
    stores = [await lasting.open(), await lasting.open()]
    await stores[0].put(JDOE, SecretKind.PASSWORD, Secret("first"))
    users = [msgspec.structs.replace(JDOE, username=f"user{number}") for number in range(8)]
    await asyncio.gather(
        *(stores[number % 2].put(user, SecretKind.API_KEY, Secret(user.username)) for number, user in enumerate(users))
    )
    assert [user.username for user in users] == [await shown(stores[0], user, SecretKind.API_KEY) for user in users]
    assert len(await stores[1].bindings()) == 9


async def test_two_first_secrets_at_once(locations: Locations, backend: WorkingKeyring) -> None:
    """Two sessions that both find nothing make one vault, and the keyring holds the identity of that one only."""
    way = way_of(Guard.KEYRING, locations, backend)
    stores = [await way.open(), await way.open()]
    asmith = msgspec.structs.replace(JDOE, username="asmith")
    await asyncio.gather(
        stores[0].put(JDOE, SecretKind.PASSWORD, Secret("his")),
        stores[1].put(asmith, SecretKind.PASSWORD, Secret("hers")),
    )
    store = await way.open()
    assert await shown(store, JDOE, SecretKind.PASSWORD) == "his"
    assert await shown(store, asmith, SecretKind.PASSWORD) == "hers"
    assert len(backend.entries) == 1


async def test_nothing_is_written_in_clear(way: Way) -> None:
    """After everything a store does, no file holds a secret, in whatever form; and where memory is all, no file is."""
    store = await way.open()
    await store.put(JDOE, SecretKind.PASSWORD, Secret(CANARY))
    await store.put(JDOE, SecretKind.API_KEY, Secret(OTHER))
    await store.put(JDOE, SecretKind.API_KEY, Secret(CANARY))
    if recipient := await store.recipient():
        (way.locations.config.path / "sealed").write_bytes(recipient.seal(CANARY.encode()))
    await store.forget(JDOE, SecretKind.PASSWORD)
    files = everything_below(way.locations.config.path)
    identities = [text for text in way.backend.entries.values() if text.startswith("AGE-SECRET-KEY-")]
    assert [leaks(secret, files.values()) for secret in (CANARY, OTHER, *identities)] == [[]] * (2 + len(identities))
    assert not any(b"AGE-SECRET-KEY-" in content for content in files.values())
    if way.guard is Guard.MEMORY:
        assert {path.name for path in files} <= {"secrets.lock"}


async def test_what_is_forgotten_is_not_in_the_previous_generation(lasting: Way) -> None:
    """Forgetting leaves no older file that the same identity would still open."""
    store = await lasting.open()
    await store.put(JDOE, SecretKind.PASSWORD, Secret(CANARY))
    await store.put(JDOE, SecretKind.API_KEY, Secret(OTHER))
    await store.forget(JDOE, SecretKind.PASSWORD)
    identity = await store.unlock()
    sealed = [path for path in lasting.locations.secrets.path.iterdir() if path.name.startswith("vault.age")]
    assert sealed
    assert not any(leaks(CANARY, [identity.unseal(path.read_bytes(), path)]) for path in sealed)


async def test_sealing_needs_nothing_unlocked(lasting: Way) -> None:
    """The recipient is there before the identity is, and what it seals the identity opens."""
    await (await lasting.open()).put(JDOE, SecretKind.PASSWORD, Secret("x"))
    store = await lasting.open()
    before = lasting.bothered()
    recipient = await store.recipient()
    assert recipient is not None
    sealed = recipient.seal(CANARY.encode())
    assert lasting.bothered() == before
    assert not store.unlocked
    assert (await store.unlock()).unseal(sealed, "it").decode() == CANARY


async def test_memory_has_nothing_to_seal_with() -> None:
    """Where nothing can be kept there is no recipient, so no slot can be written, and no identity."""
    store = Store.in_memory()
    assert await store.recipient() is None
    with pytest.raises(MemoryOnly):
        await store.unlock()


async def test_what_is_no_text_is_refused(way: Way) -> None:
    """A secret that no JSON can carry is refused before anything changes."""
    store = await way.open()
    with pytest.raises(InvalidInput, match="not text"):
        await store.put(JDOE, SecretKind.PASSWORD, Secret("half a \ud83d"))
    assert await store.bindings() == ()


async def test_a_demo_never_meets_real_secrets(lasting: Way) -> None:
    """The demo's namespace has its own folders and its own name in the keyring."""
    await (await lasting.open()).put(JDOE, SecretKind.PASSWORD, Secret("real"))
    demo = find_locations(demo=True)
    real = lasting.locations
    folders = [real.config, real.data, real.state, demo.config, demo.data, demo.state]
    assert len({folder.path for folder in folders}) == 6
    assert demo.keyring_service != real.keyring_service
    store = await replace(lasting, locations=demo, guard=Guard.MEMORY).open()
    assert await store.get(JDOE, SecretKind.PASSWORD) is None
