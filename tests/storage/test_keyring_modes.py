"""Keyrings that are not there, locked, silent, broken or untrue: what a store does then, and what it never does."""

import asyncio
import subprocess
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable

import keyring.backends.fail
import keyring.backends.null
import keyrings.alt.file  # type: ignore[import-untyped]  # it has no types
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend

from a360tui.secret import Secret
from a360tui.storage import Guard, Locations, OSKeyring, PassphraseRequest, Recipient, SecretKind, open_store
from a360tui.storage.errors import (
    IdentityMissing,
    KeyringFailed,
    KeyringLocked,
    KeyringSilent,
    KeyringUntrue,
    KeyringUnusable,
    NoKeyring,
)
from a360tui.storage.guard import GuardedIdentity
from a360tui.storage.vault import Vault
from tests.canaries import leaks
from tests.storage.conftest import JDOE, everything_below
from tests.storage.fake_keyring import ForeignKeyring, WorkingKeyring, asked, in_use

CANARY = "c4nary-password-never-in-a-traceback"

FAULTS = [
    ("locked", KeyringLocked),
    ("hanging", KeyringSilent),
    ("raising", KeyringFailed),
    ("lying", KeyringUntrue),
    ("keeping", KeyringUntrue),
]
"""Modes of `WorkingKeyring` and what they are called."""


class Chain(ChainerBackend):
    """What the library uses where several keyrings are installed."""

    backends: list[KeyringBackend] = []  # noqa: RUF012  # the library's own attribute

    def __init__(self, *backends: KeyringBackend) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library has no types there
        self.backends = list(backends)


async def anybody(_: PassphraseRequest) -> Secret | None:
    raise AssertionError("nobody is to be asked")


@pytest.mark.parametrize(("mode", "error"), FAULTS)
@pytest.mark.parametrize("somebody", [True, False], ids=["with a person", "without"])
async def test_a_keyring_that_fails_the_check_is_no_guard(
    locations: Locations, backend: WorkingKeyring, mode: str, error: type[KeyringUnusable], *, somebody: bool
) -> None:
    """Before a first secret a keyring that does not write, read and delete is passed over, openly."""
    backend.mode = mode
    store = await open_store(locations, passphrase=anybody if somebody else None, keyring=asked(mode))
    assert await store.choose_guard() is (Guard.PASSPHRASE if somebody else Guard.MEMORY)
    assert isinstance(store.trouble, error)
    assert not locations.secrets.path.exists()


@pytest.mark.parametrize(("mode", "error"), FAULTS[:3])
async def test_a_keyring_that_fails_later_is_an_error_and_no_change_of_place(
    locations: Locations, backend: WorkingKeyring, mode: str, error: type[KeyringUnusable]
) -> None:
    """Once the keyring is the guard, its failing is said; secrets go nowhere else, and other work goes on."""
    await (await open_store(locations, keyring=asked())).put(JDOE, SecretKind.PASSWORD, Secret(CANARY))
    before = everything_below(locations.config.path)
    backend.mode = mode
    store = await open_store(locations, passphrase=anybody, keyring=asked(mode))
    for work in (store.get(JDOE, SecretKind.PASSWORD), store.put(JDOE, SecretKind.API_KEY, Secret("x"))):
        with pytest.raises(error):
            await work
    assert store.guard is Guard.KEYRING
    assert everything_below(locations.config.path) == before
    assert [each.binding for each in await store.bindings()] == [JDOE]
    assert await store.get(JDOE, SecretKind.API_KEY) is None
    assert await store.recipient() is not None


async def test_a_keyring_that_gives_another_identity_is_found_out(
    locations: Locations, backend: WorkingKeyring
) -> None:
    """A keyring that gives back something else later opens nothing and breaks nothing."""
    await (await open_store(locations, keyring=asked())).put(JDOE, SecretKind.PASSWORD, Secret(CANARY))
    backend.mode = "lying"
    store = await open_store(locations, keyring=asked())
    with pytest.raises(Exception, match="is not an age identity"):
        await store.get(JDOE, SecretKind.PASSWORD)
    backend.mode = "working"
    assert await store.get(JDOE, SecretKind.PASSWORD) == Secret(CANARY)


async def test_an_identity_that_is_gone_is_not_an_empty_store(locations: Locations, backend: WorkingKeyring) -> None:
    """A keyring that answers "not there" is told from one that does not answer, and nothing is made anew."""
    await (await open_store(locations, keyring=asked())).put(JDOE, SecretKind.PASSWORD, Secret(CANARY))
    backend.entries.clear()
    before = everything_below(locations.config.path)
    store = await open_store(locations, keyring=asked())
    with pytest.raises(IdentityMissing):
        await store.get(JDOE, SecretKind.PASSWORD)
    with pytest.raises(IdentityMissing):
        await store.put(JDOE, SecretKind.PASSWORD, Secret("x"))
    assert everything_below(locations.config.path) == before


async def test_a_keyring_that_is_switched_off_is_not_asked(locations: Locations, backend: WorkingKeyring) -> None:
    """``keyring_allowed=False`` speaks to no keyring, not even for secrets that it guards."""
    await (await open_store(locations, keyring=asked())).put(JDOE, SecretKind.PASSWORD, Secret(CANARY))
    backend.calls.clear()
    store = await open_store(locations, keyring=asked(), keyring_allowed=False)
    with pytest.raises(KeyringUnusable, match="switched off"):
        await store.get(JDOE, SecretKind.PASSWORD)
    assert backend.calls == []


@pytest.mark.parametrize(
    "used",
    [
        keyring.backends.fail.Keyring,
        keyring.backends.null.Keyring,
        keyrings.alt.file.PlaintextKeyring,
        ForeignKeyring,
        Chain,
        lambda: Chain(keyrings.alt.file.PlaintextKeyring(), WorkingKeyring()),
    ],
    ids=["none", "null", "keyrings.alt", "unknown", "empty chain", "chain to keyrings.alt"],
)
async def test_only_trusted_keyrings_are_used(locations: Locations, used: Callable[[], KeyringBackend]) -> None:
    """Whatever else answers as a keyring gets no secret, and a chain is judged by the one it would write to."""
    with in_use(used()):
        store = await open_store(locations, keyring=asked())
        assert await store.choose_guard() is Guard.MEMORY
    assert isinstance(store.trouble, NoKeyring)


async def test_what_else_is_installed_makes_no_difference(
    locations: Locations, backend: WorkingKeyring, monkeypatch: pytest.MonkeyPatch, tmp_path: pytest.TempPathFactory
) -> None:
    """A chain with a trusted keyring in front is that keyring: nothing is read from or written to the others."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    alt = keyrings.alt.file.PlaintextKeyring()
    with in_use(Chain(backend, alt)):
        store = await open_store(locations, keyring=asked())
        await store.put(JDOE, SecretKind.PASSWORD, Secret(CANARY))
        assert store.guard is Guard.KEYRING
        (name,) = [username for _, username in backend.entries]
        assert alt.get_password(locations.keyring_service, name) is None
        backend.entries.clear()
        alt.set_password(locations.keyring_service, name, "AGE-SECRET-KEY-1PLAIN")
        assert await asked().get(name) is None


async def test_the_screen_stays_alive_while_a_keyring_hangs(backend: WorkingKeyring) -> None:
    """The event loop goes on turning while nobody answers."""
    backend.mode = "hanging"
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(turn())
    with pytest.raises(KeyringSilent):
        await asked("hanging").get("anything")
    ticking.cancel()
    assert turns > 100


async def test_a_call_that_was_given_up_is_not_made_later(backend: WorkingKeyring) -> None:
    """While one call hangs the next is not begun, and never is once nobody waits for it."""
    backend.mode = "hanging"
    with pytest.raises(KeyringSilent):
        await asked("hanging").get("first")
    with pytest.raises(KeyringSilent):
        await asked("hanging").put("second", Secret(CANARY))
    backend.mode = "working"
    backend.let_go.set()
    assert await asked().get("third") is None
    assert backend.calls == ["get", "get"]


async def test_a_call_of_a_task_that_was_cancelled_is_not_made_later(backend: WorkingKeyring) -> None:
    """A screen that was left while it waited for its turn changes nothing in the keyring afterwards."""
    backend.mode = "hanging"
    ring = asked()
    first = asyncio.ensure_future(ring.get("first"))
    second = asyncio.ensure_future(ring.put("second", Secret(CANARY)))
    await asyncio.to_thread(backend.called.wait)
    second.cancel()
    await asyncio.wait([second])
    backend.mode = "working"
    backend.let_go.set()
    assert await first is None
    assert await ring.get("third") is None
    assert backend.calls == ["get", "get"]


async def test_a_vault_that_is_built_after_a_cancel_keeps_its_identity(
    locations: Locations, backend: WorkingKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task that is cancelled while its thread builds the vault does not take the identity from under it."""
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    build = Vault.build

    def slow(vault: Vault, recipient: Recipient, kept: GuardedIdentity) -> bool:
        begun.set()
        go_on.wait()
        try:
            return build(vault, recipient, kept)
        finally:
            ended.set()

    monkeypatch.setattr(Vault, "build", slow)
    store = await open_store(locations, keyring=asked())
    putting = asyncio.create_task(store.put(JDOE, SecretKind.PASSWORD, Secret(CANARY)))
    await asyncio.to_thread(begun.wait)
    putting.cancel()
    await asyncio.wait([putting])
    go_on.set()
    await asyncio.to_thread(ended.wait)
    again = await open_store(locations, keyring=asked())
    assert again.guard is Guard.KEYRING
    await again.put(JDOE, SecretKind.PASSWORD, Secret("kept"))
    assert await again.get(JDOE, SecretKind.PASSWORD) == Secret("kept")
    assert len(backend.entries) == 1


def test_the_same_without_an_event_loop(backend: WorkingKeyring) -> None:
    """``.wait()`` has the same answers, errors and limit."""
    ring = asked()
    ring.put("name", Secret("text")).wait()
    assert ring.get("name").wait() == Secret("text")
    assert ring.delete("name").wait()
    assert not ring.delete("name").wait()
    assert ring.check().wait() == "fake keyring"
    backend.mode = "hanging"
    with pytest.raises(KeyringSilent):
        asked("hanging").get("name").wait()


def test_a_hanging_keyring_keeps_nobody_from_leaving() -> None:
    """A process whose keyring never answers ends all the same."""
    program = (
        "import asyncio\n"
        "from tests.storage.fake_keyring import WorkingKeyring, asked, in_use\n"
        "from a360tui.storage.errors import KeyringSilent\n"
        "backend = WorkingKeyring(); backend.mode = 'hanging'\n"
        "async def main():\n"
        "    try: await asked('hanging').get('name')\n"
        "    except KeyringSilent as error: print(error.message)\n"
        "with in_use(backend): asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "Your keyring gave no answer within 0.2 s.\n"


@pytest.mark.parametrize("call", ["put", "get", "check"])
async def test_no_secret_in_what_a_keyring_raises(backend: WorkingKeyring, call: str) -> None:
    """An error of a back-end that quotes the secret, and has it in its frames, does not come out with it."""
    backend.mode = "raising"
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "put": lambda: asked().put("name", Secret(CANARY)),
        "get": lambda: asked().get("name"),
        "check": lambda: asked().check(),
    }
    with pytest.raises(KeyringFailed) as raised:
        await calls[call]()
    whole = "".join(traceback.TracebackException.from_exception(raised.value, capture_locals=True).format())
    assert not leaks(CANARY, [whole.encode(), str(raised.value).encode()])
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


async def test_what_a_keyring_says_is_looked_at(backend: WorkingKeyring) -> None:
    """Writing is read back and deleting is looked after, for every single entry."""
    ring = asked()
    backend.mode = "lying"
    with pytest.raises(KeyringUntrue, match="something else"):
        await ring.put("name", Secret(CANARY))
    backend.mode = "keeping"
    with pytest.raises(KeyringUntrue, match="still has it"):
        await ring.delete("name")


async def test_the_environment_cannot_put_another_keyring_in(
    locations: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``PYTHON_KEYRING_BACKEND`` chooses among the trusted, and nonsense in it is an answer, not a crash."""
    for chosen, error in (
        ("keyrings.alt.file.PlaintextKeyring", NoKeyring),
        ("keyring.backends.null.Keyring", NoKeyring),
        ("no.such.Keyring", KeyringFailed),
    ):
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", chosen)
        monkeypatch.setattr(keyring.core, "_keyring_backend", None)
        with pytest.raises(error):
            await OSKeyring(locations.keyring_service).check()
