"""Files that are not what was written: said what is the matter, kept as they are, never taken for empty."""

import asyncio
import errno
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import keyring
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from a360tui.secret import Secret
from a360tui.storage import Guard, Location, Locations, SecretKind
from a360tui.storage.errors import Damaged, DiskFailed, FileRefused, FutureVersion, NotOurs, StorageError
from a360tui.storage.files import Folder
from tests.storage.conftest import JDOE, Way, everything_below, way_of
from tests.storage.fake_keyring import WorkingKeyring

KEPT = "the secret that is kept"


async def filled(way: Way) -> None:
    store = await way.open()
    await store.put(JDOE, SecretKind.PASSWORD, Secret("older"))
    await store.put(JDOE, SecretKind.PASSWORD, Secret(KEPT))


def part(way: Way, name: str) -> Path:
    """A file of the vault; ``identity`` has a name of its own each time."""
    (found,) = way.locations.secrets.path.glob(f"{name}-*.age" if name == "identity" else name)
    return found


HARMS: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda _: b"",
    "cut": lambda raw: raw[: len(raw) // 2],
    "lengthened": lambda raw: raw + b"x",
    "overwritten": lambda raw: b"#!/bin/sh\n" + raw,
    "zeroed": lambda raw: bytes(len(raw)),
    "no text": lambda raw: b"\xff\xfe" + raw,
    "nested": lambda _: b"[" * 100_000,
}


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("name", ["vault.age", "guard.json", "recipient.txt", "identity"])
async def test_damage_is_said_and_nothing_is_overwritten(
    locations: Locations, backend: WorkingKeyring, name: str, harm: str
) -> None:
    """Whatever happened to a file, reading and writing both refuse, with its name, and change nothing."""
    way = way_of(Guard.PASSPHRASE, locations, backend)
    await filled(way)
    path = part(way, name)
    path.write_bytes(HARMS[harm](path.read_bytes()))
    before = everything_below(locations.config.path)
    store = await way.open()
    for work in (store.get(JDOE, SecretKind.PASSWORD), store.put(JDOE, SecretKind.API_KEY, Secret("x"))):
        with pytest.raises(Damaged) as damaged:
            await work
        assert path.name in str(damaged.value)
    assert everything_below(locations.config.path) == before


async def test_a_damaged_identity_is_told_before_anybody_types(locations: Locations, backend: WorkingKeyring) -> None:
    """Damage to the file under the passphrase does not look like a wrong passphrase, and is said without asking."""
    way = way_of(Guard.PASSPHRASE, locations, backend)
    await filled(way)
    path = part(way, "identity")
    raw = path.read_bytes()
    path.write_bytes(raw[:60] + bytes([raw[60] ^ 1]) + raw[61:])
    asked_before = way.bothered()
    with pytest.raises(Damaged, match="is damaged"):
        await (await way.open()).get(JDOE, SecretKind.PASSWORD)
    assert way.bothered() == asked_before


@pytest.mark.parametrize("name", ["vault.age", "guard.json", "recipient.txt", "index.json"])
async def test_a_missing_part_is_no_empty_store(lasting: Way, name: str) -> None:
    """Where one of the files is gone the vault is damaged; it is not begun anew over what is left of it."""
    await filled(lasting)
    part(lasting, name).unlink()
    store = await lasting.open()
    if name == "index.json":
        assert await store.get(JDOE, SecretKind.PASSWORD) == Secret(KEPT)
        return
    with pytest.raises(Damaged, match="is missing"):
        await store.get(JDOE, SecretKind.PASSWORD)
    with pytest.raises(Damaged, match="is missing"):
        await store.put(JDOE, SecretKind.PASSWORD, Secret("x"))


async def test_a_damaged_index_is_made_anew_from_the_vault(lasting: Way) -> None:
    """What is only a list is restored by opening the vault, and the damaged list is kept aside."""
    await filled(lasting)
    part(lasting, "index.json").write_bytes(b"{}")
    store = await lasting.open()
    assert [each.binding for each in await store.bindings()] == [JDOE]
    (aside,) = lasting.locations.secrets.path.glob("index.json.damaged-*")
    assert aside.read_bytes() == b"{}"


async def test_what_cannot_be_listed_is_not_kept(lasting: Way) -> None:
    """The list is written before a secret comes, so there is never a secret that nobody knows of."""
    await filled(lasting)
    store = await lasting.open()
    part(lasting, "index.json").chmod(0o644)
    before = part(lasting, "vault.age").read_bytes()
    with pytest.raises(FileRefused):
        await store.put(JDOE, SecretKind.API_KEY, Secret("x"))
    assert part(lasting, "vault.age").read_bytes() == before


async def test_what_is_listed_and_was_not_kept_leaves_the_list(lasting: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk had no room for a secret that is listed already, forgetting it takes it off the list."""
    await filled(lasting)
    store = await lasting.open()
    replace = Folder.replace

    def full(folder: Folder, name: str, content: bytes, *, keep_previous: bool) -> None:
        if name == "vault.age":
            raise DiskFailed("Writing it", OSError(errno.ENOSPC, "No space left on device"))
        replace(folder, name, content, keep_previous=keep_previous)

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "replace", full)
        with pytest.raises(DiskFailed):
            await store.put(JDOE, SecretKind.API_KEY, Secret("x"))
    assert [each.kind for each in await store.bindings()] == [SecretKind.PASSWORD, SecretKind.API_KEY]
    assert not await store.forget(JDOE, SecretKind.API_KEY)
    assert [each.kind for each in await store.bindings()] == [SecretKind.PASSWORD]


async def test_kinds_of_damage_are_told_apart(locations: Locations, backend: WorkingKeyring) -> None:
    """Empty, no age file, damaged inside, sealed for somebody else, from a newer release: five different sentences."""
    way = way_of(Guard.KEYRING, locations, backend)
    await filled(way)
    store = await way.open()
    recipient = await store.recipient()
    assert recipient
    path = part(way, "vault.age")
    whole = path.read_bytes()
    other = (await way_of(Guard.KEYRING, elsewhere(locations), backend).open()).recipient()
    stranger = await other
    assert stranger
    newer = msgspec.json.encode({"format": "a360tui vault", "version": 2, "entries": "in a new manner"})
    cases = {
        b"": Damaged,
        b"plain text": Damaged,
        whole[:-1] + bytes([whole[-1] ^ 1]): NotOurs,
        stranger.seal(b"{}"): NotOurs,
        recipient.seal(b"{}"): Damaged,
        recipient.seal(newer): FutureVersion,
    }
    sentences = set()
    for raw, error in cases.items():
        path.write_bytes(raw)
        with pytest.raises(StorageError) as raised:
            await store.get(JDOE, SecretKind.PASSWORD)
        assert type(raised.value) is error
        sentences.add(raised.value.message)
    assert len(sentences) == len(cases)


def elsewhere(locations: Locations) -> Locations:
    base = Location(locations.config.base, ("elsewhere",))
    return Locations(base, base / "data", base / "state", None, locations.keyring_service)


async def test_a_newer_release_is_left_alone(lasting: Way) -> None:
    """A guard record of a later version is neither read nor replaced, and the sentence says to update."""
    await filled(lasting)
    path = part(lasting, "guard.json")
    head, body = path.read_bytes().split(b"\n", 1)
    path.write_bytes(head.replace(b'"version":1', b'"version":2') + b"\n" + body)
    store = await lasting.open()
    assert isinstance(store.trouble, FutureVersion)
    assert store.place == "out of reach"
    with pytest.raises(FutureVersion, match="Update a360tui"):
        await store.put(JDOE, SecretKind.PASSWORD, Secret("x"))


async def test_the_previous_generation_comes_back(lasting: Way) -> None:
    """By request the generation before takes the place of a damaged vault, which is kept under another name."""
    await filled(lasting)
    part(lasting, "vault.age").write_bytes(b"damaged")
    store = await lasting.open()
    aside = await store.restore_previous()
    assert await store.get(JDOE, SecretKind.PASSWORD) == Secret("older")
    assert aside
    assert (lasting.locations.secrets.path / aside).read_bytes() == b"damaged"


@pytest.mark.parametrize("name", ["vault.age", "guard.json", "recipient.txt"])
async def test_starting_over_keeps_everything_aside(lasting: Way, name: str) -> None:
    """By request a new vault is begun; the old folder is kept whole under another name."""
    await filled(lasting)
    part(lasting, name).write_bytes(b"damaged")
    before = {path.name: raw for path, raw in everything_below(lasting.locations.secrets.path).items()}
    store = await lasting.open()
    aside = await store.start_over()
    assert aside
    assert {path.name: raw for path, raw in everything_below(aside).items()} == before
    assert await store.bindings() == ()
    assert store.trouble is None
    assert store.place == "nothing kept yet"


@pytest.fixture(scope="module")
def template() -> Iterator[tuple[Path, WorkingKeyring]]:
    """A filled vault under a keyring, to be copied for each example."""
    backend = WorkingKeyring()
    before = keyring.core._keyring_backend
    keyring.set_keyring(backend)
    with TemporaryDirectory() as name:
        way = way_of(Guard.KEYRING, below(Path(name)), backend)
        asyncio.run(filled(way))
        yield Path(name), backend
    keyring.core._keyring_backend = before


def below(folder: Path) -> Locations:
    base = Location(folder, ("a360tui",))
    return Locations(base, base / "data", base / "state", None, "a360tui")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["vault.age", "guard.json", "recipient.txt", "index.json"]),
    where=st.floats(0, 1, exclude_max=True),
    bit=st.integers(0, 7),
)
def test_one_changed_bit_never_loses_or_invents_a_secret(
    template: tuple[Path, WorkingKeyring], name: str, where: float, bit: int
) -> None:
    """After any single bit flip a secret is had as it was, or an error says that something is damaged or newer.

    Never none, never another; and the flipped file stays, under its name or aside.
    """
    with TemporaryDirectory() as copied:
        shutil.copytree(template[0], copied, dirs_exist_ok=True)
        way = Way(Guard.KEYRING, below(Path(copied)), template[1])
        path = part(way, name)
        raw = bytearray(path.read_bytes())
        raw[int(where * len(raw))] ^= 1 << bit
        path.write_bytes(raw)

        async def look() -> Secret | None:
            return await (await way.open()).get(JDOE, SecretKind.PASSWORD)

        try:
            found = asyncio.run(look())
        except FutureVersion:
            assert name.endswith(".json")
        except Damaged:
            assert name != "index.json"
        else:
            assert found == Secret(KEPT)
            assert name in {"index.json", "recipient.txt"}
        assert bytes(raw) in everything_below(way.locations.secrets.path).values()
