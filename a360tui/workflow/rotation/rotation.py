"""`Rotation`: one rotation under way, held by its lock; what every later step works with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from a360tui.errors import A360Error
from a360tui.storage import SecretKind, Slots
from a360tui.storage.errors import StorageError
from a360tui.workflow.rotation.key_in_force import KeyInForce, key_in_force, read_key_dates
from a360tui.workflow.rotation.record import KeyDates, Record
from a360tui.workflow.rotation.safekeeping import OpenEntry, Safekeeping

if TYPE_CHECKING:
    from a360tui.api import ControlRoom
    from a360tui.secret import Secret
    from a360tui.storage import RawAnswer
    from a360tui.workflow.destination import Destination
    from a360tui.workflow.rotation.pace import Pace
    from a360tui.workflow.rotation.progress import Progress


@dataclass
class Rotation:
    """What a rotation needs from its request to its end, whether the same process ends it or another."""

    keeping: Safekeeping
    entry: OpenEntry
    destination: Destination
    """Where sign-ins with the new key go, on connections of their own."""
    room: ControlRoom | None
    """The user's session; None where nobody is signed in."""
    pace: Pace
    progress: Progress
    slots: Slots | None = None
    """Open while the answer is awaited."""
    was_sealed: bool = False
    """In a recovery: the key was taken from a sealed answer on disk."""
    is_stored: bool = False
    """In a recovery: the key was taken from the store, where it is already the user's key."""
    answer: RawAnswer | None = None
    """The answer as it came, where no key was found in it."""
    old_key: Secret | None = None
    """The key from before, where it is known: it is left out of what commands print."""

    @property
    def record(self) -> Record:
        """The journal's record as it stands now."""
        return self.entry.record

    @property
    def in_slots(self) -> bool:
        """Whether the whole answer is sealed on disk."""
        return self.was_sealed or (self.slots is not None and self.slots.durable)

    async def look(self) -> tuple[KeyInForce, KeyDates]:
        """Read which key is in force; unseen also where the Control Room cannot be asked just now."""
        if self.room is None:
            return KeyInForce.UNSEEN, KeyDates.of(None)
        try:
            dates = await read_key_dates(self.room)
        except A360Error:
            return KeyInForce.UNSEEN, KeyDates.of(None)
        return key_in_force(self.record, dates), dates

    async def look_for_new_key(self) -> tuple[KeyInForce, KeyDates]:
        """The same, but wait a little for a user record that lags behind the new key."""
        in_force, dates = await self.look()
        for pause in self.pace.new_date:
            if in_force is not KeyInForce.UNCHANGED:
                break
            await asyncio.sleep(pause)
            in_force, dates = await self.look()
        return in_force, dates

    async def put(self, key: Secret, kind: SecretKind) -> bool:
        """Keep the new key in the store; a failure is noted, and gives False."""
        try:
            await self.keeping.store.put(self.record.binding, kind, key)
        except A360Error as error:
            self.entry.troubles.append(error)
            return False
        return True

    async def open_old_key(self) -> Secret | None:
        """The key from before, out of the journal where it is not at hand; raises `StorageError`."""
        if self.old_key is None:
            self.old_key = await self.keeping.opened(self.record.old_key)
        return self.old_key

    async def forget(self, kind: SecretKind, *dead: Secret | None) -> None:
        """Delete a dead key from the store, if it is what the store holds and nobody has to be asked to look."""
        store, binding = self.keeping.store, self.record.binding
        if store.unlocked:
            try:
                if await store.get(binding, kind) in [key for key in dead if key]:
                    await store.forget(binding, kind)
            except StorageError as error:
                self.entry.troubles.append(error)
