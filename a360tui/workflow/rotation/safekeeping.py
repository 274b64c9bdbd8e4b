"""`Safekeeping`: where a rotation keeps what must outlive it; `OpenEntry`: its journal entry while it runs."""

from __future__ import annotations

import asyncio
from asyncio import to_thread
from typing import Any

import msgspec

from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.storage import (
    Binding,
    Guard,
    Journal,
    Locations,
    Lock,
    RawAnswer,
    Recipient,
    Sealed,
    SecretKind,
    Slot,
    Slots,
    Store,
    discard_slots,
    find_slots,
    lock_key,
)
from a360tui.storage.errors import MemoryOnly, NotOurs, StorageError
from a360tui.workflow.references import Fingerprints
from a360tui.workflow.rotation.record import Record, Stage, is_name_of, journal_of
from a360tui.workflow.uncancelled import to_the_end

_WAY_BACK = (
    "Where secrets were set aside, as by a360tui secrets start-over, rename that folder back. "
    "To do without the answer: a360tui key recover --set-aside"
)


class Safekeeping:
    """The store of secrets, and the folders for lock, journal and slots. There is one for each session.

    Without folders there is neither a lock nor a journal nor slots; with a store in memory there are no slots, and
    nothing in the journal can be sealed. `RotationPlan.warnings` tells people what is missing then.
    """

    def __init__(self, store: Store, locations: Locations | None = None) -> None:
        self.store = store
        self.locations = locations
        self.journal: Journal[Record] | None = None if locations is None else journal_of(locations)
        self._peppers: dict[str, Secret] = {}

    async def lock(self, binding: Binding) -> Lock | None:
        """Keep every other process on this machine from rotating this key; raises `LockHeld`."""
        if self.locations is None:
            return None
        taking = asyncio.ensure_future(to_thread(lock_key, self.locations, binding))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            taking.add_done_callback(_let_go)  # the thread goes on, and nobody else would release what it takes
            raise

    async def recipient(self) -> Recipient | None:
        """The recipient to seal for; None where nothing can be sealed.

        Unlocks the store for the steps that follow, which may ask a person for a passphrase. Raises `StorageError`.
        """
        if self.locations is None or await self.store.choose_guard() is Guard.MEMORY:
            return None
        await self.store.unlock()
        return await self.store.recipient()

    async def open_slots(self, name: str, binding: Binding, recipient: Recipient) -> Slots | None:
        """Two durable, empty slots for the answer; raises `StorageError`."""
        if self.locations is None:
            return None
        return await to_thread(Slots.open, self.locations.slots, name, binding, recipient)

    async def slots(self, name: str) -> list[Slot]:
        """The slots of a rotation that are on disk."""
        return [] if self.locations is None else await to_thread(find_slots, self.locations.slot_folders, name)

    async def answer(self, name: str) -> RawAnswer | None:
        """The longest answer that a slot of a rotation holds; None where none holds anything. Raises `StorageError`."""
        answers: list[RawAnswer] = []
        trouble: StorageError | None = None
        for slot in await self.slots(name):
            if slot.frames:
                try:
                    answers.append(slot.open(await self.store.unlock()))
                except StorageError as error:
                    trouble = error
        if trouble and not answers:
            raise _with_way_back(trouble)
        return max(answers, key=len, default=None)

    async def discard_slots(self, name: str) -> None:
        """Delete the slots of a rotation; raises `StorageError`."""
        if self.locations is not None:
            await to_thread(discard_slots, self.locations.slot_folders, name)

    async def clear_up(self, binding: Binding) -> None:
        """Delete empty slots left by rotations of this key that ended before their request. Call it under the lock.

        Raises `StorageError`.
        """
        if self.locations is None or self.journal is None:
            return
        known = {entry.name for entry in (*self.journal.entries(), *self.journal.aside())}
        slots = await to_thread(find_slots, self.locations.slot_folders)
        kept = known | {slot.rotation for slot in slots if slot.frames}
        for name in {slot.rotation for slot in slots} - kept:
            if is_name_of(name, binding):
                await self.discard_slots(name)

    def new_fingerprints(self, name: str) -> tuple[Fingerprints, Secret]:
        """Fingerprints under a new pepper, and the pepper; this session remembers it even where it cannot be sealed."""
        pepper = self._peppers[name] = Fingerprints.new_pepper()
        return Fingerprints(pepper), pepper

    async def fingerprints(self, name: str, record: Record) -> Fingerprints:
        """The fingerprints of a rotation. If its pepper is gone they match nothing, so that nothing is overwritten."""
        pepper = self._peppers.get(name) or await self.opened(record.pepper)
        return Fingerprints(pepper or Fingerprints.new_pepper())

    async def opened(self, sealed: Sealed | None) -> Secret | None:
        """A sealed value of the journal, opened; None where there is none. Raises `StorageError`."""
        return None if sealed is None else sealed.open(await self.store.unlock())

    async def kept_key(self, record: Record) -> Secret | None:
        """The new key of a rotation, if it has reached the store; raises `StorageError`."""
        if record.stored:
            return await self.store.get(record.binding, SecretKind.API_KEY)
        return await self.store.get(record.binding, SecretKind.PENDING_API_KEY) if record.held_back else None


class OpenEntry:
    """The journal entry of a rotation under way, and the disk errors since its request."""

    def __init__(self, keeping: Safekeeping, name: str, record: Record) -> None:
        self._keeping = keeping
        self.name = name
        self.record = record
        self.troubles: list[A360Error] = []

    @property
    def journal_name(self) -> str:
        """Its name in the journal; empty where there is none."""
        return "" if self._keeping.journal is None else self.name

    async def begin(self) -> None:
        """Make it durable; raises `StorageError`."""
        if self._keeping.journal is not None:
            await to_the_end(to_thread(self._keeping.journal.write, self.name, self.record))

    async def mark(self, *, progress: bool = True, **changes: Any) -> None:
        """Change the record, durable when this returns; a disk error is noted, since there is no way back.

        With ``progress`` the rotation has come closer to its end, and failures to finish it are counted from zero.
        """
        self.record = msgspec.structs.replace(self.record, **changes)
        if self._keeping.journal is not None:
            try:
                # Uncancelled: a cancel releases the lock, and a late write could overwrite what another process wrote.
                await to_the_end(to_thread(self._keeping.journal.write, self.name, self.record, progress=progress))
            except StorageError as error:
                self.troubles.append(error)

    async def close(self, **changes: Any) -> None:
        """End the rotation and delete all of it but what the store holds; a disk error is noted."""
        await self.mark(stage=Stage.DONE, **changes)
        try:
            # The slots first: an answer without a journal entry would look like one that nobody has read yet.
            await to_the_end(self._keeping.discard_slots(self.name))
            if self._keeping.journal is not None:
                await to_the_end(to_thread(self._keeping.journal.purge, self.name))
        except StorageError as error:
            self.troubles.append(error)

    async def failed(self) -> bool:
        """Count a failure to finish; True where it was one too many, and the entry was set aside."""
        if self._keeping.journal is None:
            return False
        try:
            return await to_thread(self._keeping.journal.failed, self.name)
        except StorageError as error:
            self.troubles.append(error)
            return False


def _let_go(taking: asyncio.Future[Lock]) -> None:
    if not taking.cancelled() and taking.exception() is None:
        taking.result().release()


def _with_way_back(trouble: StorageError) -> StorageError:
    """The error with what helps where the answer was sealed for other secrets than there are now."""
    if isinstance(trouble, MemoryOnly):
        trouble = MemoryOnly("The answer is kept, sealed, and the secrets that open it are not here.", trouble.hint)
    if isinstance(trouble, MemoryOnly | NotOurs):
        trouble.hint = f"{trouble.hint} {_WAY_BACK}".lstrip()
    return trouble
