"""From one guard to another, when a person says so."""

import asyncio
import errno
import threading

import pytest

from a360tui.errors import InvalidInput
from a360tui.secret import Secret
from a360tui.storage import Guard, Locations, PassphraseRequest, SecretKind, Store, open_store
from a360tui.storage.errors import DiskFailed, FolderRefused, KeyringFailed, KeyringUnusable, MemoryOnly
from a360tui.storage.guard import GuardedIdentity, GuardRecord
from a360tui.storage.vault import Vault
from tests.storage.conftest import JDOE, PASSPHRASE, vault_under_passphrase
from tests.storage.fake_keyring import WorkingKeyring, asked


async def typed(_: PassphraseRequest) -> Secret | None:
    return Secret(PASSPHRASE)


async def test_from_the_keyring_to_a_passphrase(locations: Locations, backend: WorkingKeyring) -> None:
    """The secrets stay, the keyring has nothing any more, and the next session asks for the passphrase."""
    store = await open_store(locations, passphrase=typed, keyring=asked())
    await store.put(JDOE, SecretKind.PASSWORD, Secret("kept"))
    recipient = await store.recipient()
    assert await store.move_to(Guard.PASSPHRASE) is None
    assert store.guard is Guard.PASSPHRASE
    assert backend.entries == {}
    again = await open_store(locations, passphrase=typed, keyring_allowed=False)
    assert await again.get(JDOE, SecretKind.PASSWORD) == Secret("kept")
    after = await again.recipient()
    assert recipient
    assert after
    assert recipient.text == after.text


async def test_from_a_passphrase_to_the_keyring(locations: Locations, backend: WorkingKeyring) -> None:
    """The secrets stay, the file under the passphrase is gone, and nobody is asked any more."""
    vault_under_passphrase(locations)
    store = await open_store(locations, passphrase=typed, keyring=asked())
    await store.put(JDOE, SecretKind.PASSWORD, Secret("kept"))
    assert await store.move_to(Guard.KEYRING) is None
    assert not list(locations.secrets.path.glob("identity-*"))
    assert len(backend.entries) == 1
    again = await open_store(locations, keyring=asked())
    assert await again.get(JDOE, SecretKind.PASSWORD) == Secret("kept")


async def test_from_memory_to_the_keyring(locations: Locations, backend: WorkingKeyring) -> None:
    """What this session knows goes along."""
    backend.mode = "raising"
    store = await open_store(locations, keyring=asked())
    await store.put(JDOE, SecretKind.PASSWORD, Secret("kept"))
    assert "memory" in store.place
    with pytest.raises(KeyringFailed):
        await store.move_to(Guard.KEYRING)
    assert await store.get(JDOE, SecretKind.PASSWORD) == Secret("kept")
    backend.mode = "working"
    assert await store.move_to(Guard.KEYRING) is None
    assert store.guard is Guard.KEYRING
    assert store.trouble is None
    again = await open_store(locations, keyring=asked())
    assert await again.get(JDOE, SecretKind.PASSWORD) == Secret("kept")


async def test_what_was_in_memory_outlives_a_disk_that_fails(
    locations: Locations, backend: WorkingKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the secrets of this session cannot be written at their move, a second one still has them."""

    def full(*_: object, **__: object) -> None:
        raise DiskFailed("Writing", OSError(errno.ENOSPC, "No space left on device"))

    backend.mode = "raising"
    store = await open_store(locations, keyring=asked())
    await store.put(JDOE, SecretKind.PASSWORD, Secret("kept"))
    backend.mode = "working"
    with monkeypatch.context() as patched:
        patched.setattr("a360tui.storage.vault.Vault.change", full)
        with pytest.raises(DiskFailed):
            await store.move_to(Guard.KEYRING)
    assert await store.move_to(Guard.KEYRING) is None
    assert await store.get(JDOE, SecretKind.PASSWORD) == Secret("kept")


async def test_a_keyring_that_keeps_its_copy_is_told(locations: Locations, backend: WorkingKeyring) -> None:
    """The move is done, and what could not be deleted is not passed over."""
    store = await open_store(locations, passphrase=typed, keyring=asked())
    await store.put(JDOE, SecretKind.PASSWORD, Secret("kept"))
    backend.mode = "keeping"
    assert isinstance(await store.move_to(Guard.PASSPHRASE), KeyringUnusable)
    assert store.guard is Guard.PASSPHRASE
    assert len(backend.entries) == 1


async def test_a_cancel_leaves_nothing_in_the_keyring(
    locations: Locations, backend: WorkingKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled while a thread makes the passphrase the guard, the move takes the identity out of the keyring too."""
    begun, go_on = threading.Event(), threading.Event()
    set_guard = Vault.set_guard

    def slow(vault: Vault, before: GuardRecord, kept: GuardedIdentity) -> None:
        begun.set()
        go_on.wait()
        set_guard(vault, before, kept)

    monkeypatch.setattr(Vault, "set_guard", slow)
    store = await open_store(locations, passphrase=typed, keyring=asked())
    await store.put(JDOE, SecretKind.PASSWORD, Secret("kept"))
    moving = asyncio.create_task(store.move_to(Guard.PASSPHRASE))
    await asyncio.to_thread(begun.wait)
    moving.cancel()
    await asyncio.wait([moving])
    go_on.set()
    await asyncio.get_running_loop().shutdown_default_executor()  # waits for its threads
    assert backend.entries == {}
    state = Vault(locations).state()
    assert state is not None
    assert state.record.guard is Guard.PASSPHRASE


async def test_a_move_to_a_keyring_that_fails_leaves_all_as_it_was(
    locations: Locations, backend: WorkingKeyring
) -> None:
    """An unusable keyring does not become the guard."""
    vault_under_passphrase(locations)
    store = await open_store(locations, passphrase=typed, keyring=asked())
    await store.put(JDOE, SecretKind.PASSWORD, Secret("kept"))
    backend.mode = "lying"
    with pytest.raises(KeyringUnusable):
        await store.move_to(Guard.KEYRING)
    again = await open_store(locations, passphrase=typed, keyring_allowed=False)
    assert again.guard is Guard.PASSPHRASE
    assert await again.get(JDOE, SecretKind.PASSWORD) == Secret("kept")


async def test_a_move_to_the_keyring_that_the_disk_fails_leaves_nothing_there(
    locations: Locations, backend: WorkingKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the passphrase stays the guard, the keyring does not open the secrets as well."""

    def full(*_: object) -> None:
        raise DiskFailed("Writing", OSError(errno.ENOSPC, "No space left on device"))

    vault_under_passphrase(locations)
    store = await open_store(locations, passphrase=typed, keyring=asked())
    monkeypatch.setattr(Vault, "set_guard", full)
    with pytest.raises(DiskFailed):
        await store.move_to(Guard.KEYRING)
    assert store.guard is Guard.PASSPHRASE
    assert backend.entries == {}


async def test_moves_that_are_none(locations: Locations, backend: WorkingKeyring) -> None:
    """Nothing moves to memory, nothing moves where no folder is, and to the same guard is done already."""
    store = await open_store(locations, keyring=asked())
    await store.put(JDOE, SecretKind.PASSWORD, Secret("kept"))
    with pytest.raises(InvalidInput):
        await store.move_to(Guard.MEMORY)
    calls = len(backend.entries)
    assert await store.move_to(Guard.KEYRING) is None
    assert len(backend.entries) == calls
    with pytest.raises(InvalidInput):
        await store.change_passphrase()
    with pytest.raises(MemoryOnly, match="no place"):
        await Store.in_memory(FolderRefused("There is no place.")).move_to(Guard.KEYRING)
