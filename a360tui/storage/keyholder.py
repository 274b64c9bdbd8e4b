"""`Keyholder`: creates, keeps and unlocks the identity of one vault, whichever guard keeps it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from a360tui.errors import InvalidInput
from a360tui.storage.advice import START_OVER, advising
from a360tui.storage.age import Identity, Recipient
from a360tui.storage.errors import (
    Damaged,
    DiskFailed,
    FileRefused,
    FolderRefused,
    KeyringUnusable,
    MemoryOnly,
    StorageError,
)
from a360tui.storage.guard import Guard, GuardedIdentity, GuardRecord, KeyringGuard, PassphraseGuard, usable_keyring
from a360tui.storage.os_keyring import OSKeyring
from a360tui.storage.passphrase import AskPassphrase
from a360tui.storage.vault import Vault, VaultState


class Keyholder:
    """Chooses a guard for the first secret, stays with it, and holds the unlocked identity.

    Not for concurrent use: the caller lets one task in at a time. Every method raises `StorageError`.
    """

    def __init__(self, vault: Vault, keyring: OSKeyring | None, passphrase: AskPassphrase | None) -> None:
        self._vault = vault
        self._keyring = keyring
        self._passphrase = passphrase
        self._chosen: Guard | None = None
        self.record: GuardRecord | None = None
        """As last read."""
        self.identity: Identity | None = None
        self.trouble: StorageError | None = None
        """Why a preferred guard was not chosen."""

    @property
    def guard(self) -> Guard | None:
        """The recorded guard, or the one chosen for the first secret; None before either."""
        if self._chosen is Guard.MEMORY or not self.record:
            return self._chosen
        return self.record.guard

    async def look(self) -> VaultState | None:
        """The vault's state as it is on the disk now; None where there is no vault."""
        state = await asyncio.to_thread(self._vault.state)
        self.record = state.record if state else None
        return state

    async def choose_guard(self) -> Guard:
        """The vault's guard, or the one that a vault created now would get; once memory is chosen, it stays so."""
        if self._chosen is Guard.MEMORY:
            return Guard.MEMORY
        if state := await self.look():
            return state.record.guard
        if self._chosen is None:
            self._chosen = await self._choice()
        return self._chosen

    def lock(self) -> None:
        """Forget the identity; the next use needs the guard again."""
        self.identity = None

    def begin_anew(self) -> None:
        """Forget everything, so that a guard is chosen as for a first secret."""
        self.identity = self.record = self.trouble = self._chosen = None

    async def recipient(self) -> Recipient:
        """The vault's recipient; the vault is created where there is none."""
        return self._vault.recipient(await self._made())

    async def unlock(self) -> Identity:
        """The vault's identity; the vault is created where there is none.

        An unlocked identity is used again while it fits.
        """
        state = await self._made()
        if self.identity is None or self.identity.recipient.text != state.recipient:
            self.identity = await self._fetched(state)
        return self.identity

    async def change_passphrase(self) -> None:
        """Ask for the passphrase, even where the identity is unlocked, and then for a new one."""
        state = await self.look()
        if not state or state.record.guard is not Guard.PASSPHRASE:
            raise InvalidInput(
                "Your secrets are not guarded by a passphrase.",
                "To have one guard them: a360tui secrets move passphrase",
                field="passphrase",
            )
        identity = await self._fetched(state)
        keep = await self._keeper(Guard.PASSPHRASE)
        kept = await keep(identity)
        await asyncio.to_thread(self._vault.set_guard, state.record, kept)
        await self.look()

    async def move_to(self, guard: Guard) -> StorageError | None:
        """Change the guard; the vault is created where there is none.

        Gives what kept the old keyring entry from being deleted.
        """
        if guard is Guard.KEYRING and (trouble := await usable_keyring(self._keyring)):
            raise trouble
        state = await self.look()
        if state is None:
            await self._make(guard)
            self._chosen = self.trouble = None
            return None
        if state.record.guard is guard:
            return None
        identity = await self.unlock()
        keep = await self._keeper(guard)
        kept = await keep(identity)
        left = await asyncio.to_thread(self._hand_over, state, kept)
        await self.look()
        self.trouble = None
        return left

    async def _choice(self) -> Guard:
        """The first usable guard in the order of preference."""
        if not self._keyring and not self._passphrase:
            self.trouble = StorageError("There is no keyring that can be used, and nobody to ask for a passphrase.")
            return Guard.MEMORY
        try:
            await asyncio.to_thread(self._vault.prepare)
        except (FolderRefused, FileRefused, DiskFailed) as refusal:
            self.trouble = refusal
            return Guard.MEMORY
        self.trouble = await usable_keyring(self._keyring)
        if not self.trouble:
            return Guard.KEYRING
        return Guard.PASSPHRASE if self._passphrase else Guard.MEMORY

    async def _made(self) -> VaultState:
        guard = await self.choose_guard()
        if guard is Guard.MEMORY:
            raise MemoryOnly("Nothing can be kept on disk in this session.", str(self.trouble or ""))
        return await self.look() or await self._make(guard)

    async def _make(self, guard: Guard) -> VaultState:
        keep = await self._keeper(guard)
        identity = Identity.generate()
        kept = await keep(identity)
        if await asyncio.to_thread(self._build, identity.recipient, kept):
            self.identity = identity
        state = await self.look()
        if state is None:
            raise StorageError("The secrets file was moved away while it was being made.", "Try again.")
        return state

    def _build(self, recipient: Recipient, kept: GuardedIdentity) -> bool:
        """Build the vault, and discard the identity where it guards nothing; False then.

        In one go, since a thread goes on when its caller is cancelled: the vault may be built all the same.
        """
        made = False
        try:
            made = self._vault.build(recipient, kept)
        finally:
            if not made:  # another process was quicker, or the disk failed
                self._discard(kept.record, recipient.text)
        return made

    def _hand_over(self, before: VaultState, kept: GuardedIdentity) -> StorageError | None:
        """Have the new guard count, and discard what the old one kept; in one go, for the same reason."""
        try:
            self._vault.set_guard(before.record, kept)
        except StorageError:
            # Where the old guard still counts, the passphrase must not be what nobody needs any more.
            with suppress(StorageError):
                now = self._vault.state()
                if now is not None and now.record == before.record:
                    self._discard(kept.record, before.recipient)
            raise
        return self._discard(before.record, before.recipient)

    async def _fetched(self, state: VaultState) -> Identity:
        recipient = self._vault.recipient(state)
        with advising(START_OVER):
            if state.record.guard is Guard.KEYRING:
                if self._keyring is None:
                    raise KeyringUnusable("Your secrets are guarded by your keyring, which is switched off.")
                identity = await KeyringGuard(self._keyring).fetch(state.record, recipient.text)
            else:
                sealed = await asyncio.to_thread(self._vault.identity_file, state.record)
                identity = await PassphraseGuard(self._passphrase).fetch(state.record, sealed)
            if identity.recipient.text != recipient.text:
                raise Damaged("The key to your secrets", "belongs to another secrets file")
        return identity

    async def _keeper(self, guard: Guard) -> Callable[[Identity], Awaitable[GuardedIdentity]]:
        """A function that hands an identity to a guard.

        A new passphrase is asked for at once, before there is an identity.
        """
        if guard is Guard.KEYRING and self._keyring:
            return KeyringGuard(self._keyring).keep
        by_passphrase = PassphraseGuard(self._passphrase)
        return partial(by_passphrase.keep, passphrase=await by_passphrase.new(str(self.trouble or "")))

    def _discard(self, record: GuardRecord, recipient: str) -> StorageError | None:
        """Delete an identity from the keyring, if it was there; gives the error that prevented it, or None."""
        if record.guard is Guard.KEYRING and self._keyring:
            try:
                KeyringGuard(self._keyring).discard(recipient)
            except KeyringUnusable as error:
                return error
        return None
