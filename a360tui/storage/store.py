"""`Store`: the secrets on this machine, wherever they are kept."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from a360tui.errors import InvalidInput
from a360tui.secret import Secret
from a360tui.storage.age import Identity, Recipient
from a360tui.storage.binding import Binding, SecretKind
from a360tui.storage.errors import Damaged, FolderRefused, MemoryOnly, StorageError
from a360tui.storage.guard import Guard
from a360tui.storage.keyholder import Keyholder
from a360tui.storage.locations import Locations
from a360tui.storage.os_keyring import OSKeyring
from a360tui.storage.passphrase import AskPassphrase
from a360tui.storage.vault import Contents, Entry, Remembered, Vault, without_secrets

R = TypeVar("R")


async def open_store(
    locations: Locations,
    *,
    passphrase: AskPassphrase | None = None,
    keyring_allowed: bool = True,
    keyring: OSKeyring | None = None,
) -> "Store":
    """Open the store of one namespace; unlocks, creates and asks for nothing yet, and leaves the keyring alone.

    ``passphrase`` asks a person (or a file) once one is needed; without it there is nobody to ask. ``keyring`` is the
    operating system's, under the service name of ``locations``, unless another is given. Never raises: where a folder
    is refused, the store is in memory; where a file is damaged, whatever needs a secret raises `Damaged`.
    `Store.trouble` holds either.
    """
    keyring = (keyring or OSKeyring(locations.keyring_service)) if keyring_allowed else None
    vault = Vault(locations)
    store = Store(vault, Keyholder(vault, keyring, passphrase))
    await store.look()
    return store


class Store:
    """Secrets by binding and kind, in an age file or in memory; safe for concurrent tasks and processes.

    Where a secret is out of reach, `StorageError` is raised; no other place is tried instead.
    """

    def __init__(self, vault: Vault | None, holder: Keyholder | None) -> None:
        """Use `open_store` or `in_memory` instead."""
        self._vault = vault
        self._holder = holder
        self._memory: Contents = {}
        self._trouble: StorageError | None = None
        self._turn = asyncio.Lock()

    @classmethod
    def in_memory(cls, why: StorageError | None = None) -> "Store":
        """A store that ends with the session; ``why`` becomes its `trouble`."""
        store = cls(None, None)
        store._trouble = why
        return store

    @property
    def trouble(self) -> StorageError | None:
        """Why nothing is on disk, why the keyring is not the guard, or what is damaged; None where all is well."""
        return self._trouble or (self._holder.trouble if self._holder else None)

    @property
    def guard(self) -> Guard | None:
        """What guards the secrets; None until something was kept or `choose_guard` was called."""
        return self._holder.guard if self._holder else Guard.MEMORY

    @property
    def place(self) -> str:
        """Where the secrets are, in words for people."""
        match self.guard:
            case Guard.KEYRING:
                record = self._holder.record if self._holder else None
                return f"age file, unlocked by your keyring{f' ({record.backend})' if record else ''}"
            case Guard.PASSPHRASE:
                return "age file, unlocked by a passphrase"
            case Guard.MEMORY:
                return "memory only, until a360tui ends"
        return "out of reach" if self.trouble else "nothing kept yet"

    @property
    def since(self) -> datetime | None:
        """When that guard was chosen, UTC; None where nothing is on disk, or its record cannot be read."""
        record = self._holder.record if self._holder else None
        return record.since if record else None

    @property
    def unlocked(self) -> bool:
        """Whether a secret can be had without asking anybody."""
        return self._holder is None or self._holder.guard is Guard.MEMORY or self._holder.identity is not None

    async def look(self) -> None:
        """Read the vault's state again and set `trouble` by it; asks nobody and raises nothing."""
        if self._holder:
            try:
                await self._holder.look()
            except FolderRefused as refusal:
                self._vault = self._holder = None
                self._trouble = refusal
            except StorageError as error:
                self._trouble = error
            else:
                self._trouble = None

    async def choose_guard(self) -> Guard:
        """The guard of the secrets; before the first secret one is chosen, by trying the keyring (3 s at most).

        Asks no person. Show `place` and `trouble` before something is remembered.
        """
        async with self._turn:
            return await self._holder.choose_guard() if self._holder else Guard.MEMORY

    async def unlock(self) -> Identity:
        """The identity, created on first use; a passphrase is asked for once in a session.

        Raises `MemoryOnly` where nothing is on disk.
        """
        async with self._turn:
            return await self._held().unlock()

    def lock(self) -> None:
        """Forget the identity; the next secret needs the guard again."""
        if self._holder:
            self._holder.lock()

    async def recipient(self) -> Recipient | None:
        """The recipient to seal for, which unlocks nothing.

        None where the guard is memory, since then nothing can be sealed. On first use the vault is created, which may
        ask for a new passphrase.
        """
        if await self.choose_guard() is Guard.MEMORY:
            return None
        async with self._turn:
            return await self._held().recipient()

    async def get(self, binding: Binding, kind: SecretKind) -> Secret | None:
        """The secret; None where none is kept, and then nothing was unlocked."""
        if not await self._may_hold(binding, kind):
            return None
        entry = (await self._contents()).get((binding, kind))
        return entry.secret if entry else None

    async def put(self, binding: Binding, kind: SecretKind, secret: Secret) -> None:
        """Store a secret, in place of any earlier one; durable when this returns, unless the guard is memory."""
        if not _is_text(secret):
            raise InvalidInput("This is not text that could be sent to a Control Room.", field=kind.value)
        entry = Entry(binding, kind, datetime.now(UTC).replace(microsecond=0), secret)
        await self._change(lambda contents: {**contents, (binding, kind): entry}, keep_previous=True)

    async def forget(self, binding: Binding, kind: SecretKind | None = None) -> bool:
        """Delete a secret, or all of a binding, from the previous generation too; False where there was none."""
        if not await self._may_hold(binding, kind):
            return False
        keys = {key for key in await self._contents() if key[0] == binding and kind in {None, key[1]}}
        # Where there is none too: the list names one that the disk had no room for.
        await self._change(partial(_without, keys), keep_previous=False)
        return bool(keys)

    async def bindings(self) -> tuple[Remembered, ...]:
        """Which secrets there are; unlocks nothing."""
        if not self._vault or self.guard is Guard.MEMORY:
            return without_secrets(self._memory)
        try:
            return await asyncio.to_thread(self._vault.index)
        except Damaged:
            # The vault itself knows, once it is open.
            await asyncio.to_thread(self._vault.reindex, await self.unlock())
            return await asyncio.to_thread(self._vault.index)

    async def verify(self) -> None:
        """Check that the secrets can be opened; raises what prevents it."""
        await self._contents()

    async def examine(self) -> None:
        """Raise what can be told of damage with nothing unlocked."""
        if self._vault and self.guard is not Guard.MEMORY:
            await asyncio.to_thread(self._vault.examine)

    async def previous(self) -> tuple[Remembered, ...]:
        """Which secrets the previous generation holds; it has to be unlocked for that."""
        identity = await self.unlock()
        return without_secrets(await self._on_disk(lambda vault: vault.previous(identity)))

    async def change_passphrase(self) -> None:
        """Ask for the passphrase, then for a new one; the secrets stay sealed as they are."""
        async with self._turn:
            await self._held().change_passphrase()

    async def move_to(self, guard: Guard) -> StorageError | None:
        """Change what guards the secrets; gives the error that kept the old keyring entry from being deleted, or None.

        Secrets that were in memory are stored on disk. Raises `InvalidInput` for a move to memory.
        """
        if guard is Guard.MEMORY:
            raise InvalidInput("Secrets on disk do not move to memory; forget them instead.", field="guard")
        async with self._turn:
            left = await self._held().move_to(guard)
        if memory := self._memory:
            await self._change(lambda contents: {**contents, **memory}, keep_previous=True)
            self._memory = {}  # now: where that fails, the same move tries it again
        return left

    async def restore_previous(self) -> str | None:
        """Replace a damaged vault by its previous generation; gives the name of the file that keeps the damaged one."""
        identity = await self.unlock()
        return await self._on_disk(lambda vault: vault.restore_previous(identity))

    async def start_over(self) -> Path | None:
        """Set the whole vault aside, whatever state it is in, and start with an empty one.

        Gives where the old one is kept.
        """
        async with self._turn:
            aside = await self._on_disk(Vault.set_aside)
            self._held().begin_anew()
        await self.look()
        return aside

    async def _may_hold(self, binding: Binding, kind: SecretKind | None) -> bool:
        return any(each.binding == binding and kind in {None, each.kind} for each in await self.bindings())

    async def _contents(self) -> Contents:
        if self.guard is Guard.MEMORY:
            return self._memory
        identity = await self.unlock()
        return await self._on_disk(lambda vault: vault.read(identity))

    async def _change(self, edit: Callable[[Contents], Contents], *, keep_previous: bool) -> None:
        if await self.choose_guard() is Guard.MEMORY:
            self._memory = edit(self._memory)
            return
        identity = await self.unlock()
        await self._on_disk(lambda vault: vault.change(identity, edit, keep_previous=keep_previous))

    async def _on_disk(self, work: Callable[[Vault], R]) -> R:
        if not self._vault:
            raise self._nowhere()
        return await asyncio.to_thread(work, self._vault)

    def _held(self) -> Keyholder:
        if not self._holder:
            raise self._nowhere()
        return self._holder

    def _nowhere(self) -> MemoryOnly:
        return MemoryOnly("Nothing can be kept on disk in this session.", str(self.trouble or ""))


def _without(keys: set[tuple[Binding, SecretKind]], contents: Contents) -> Contents:
    return {key: entry for key, entry in contents.items() if key not in keys}


def _is_text(secret: Secret) -> bool:
    try:
        secret.reveal().encode()
    except UnicodeEncodeError:
        return False
    return True
