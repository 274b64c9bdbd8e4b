"""`Course`: one rotation on its way, under its lock: what all parts of it work with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from a360tui.errors import A360Error
from a360tui.storage import SecretKind, Slots
from a360tui.storage.errors import StorageError
from a360tui.workflow.rotation.keeping import Keeping, OpenEntry
from a360tui.workflow.rotation.record import KeyDates, Record
from a360tui.workflow.rotation.sight import Sight, key_dates, sight_of

if TYPE_CHECKING:
    from a360tui.api import ControlRoom
    from a360tui.secret import Secret
    from a360tui.storage import Answer
    from a360tui.workflow.destination import Destination
    from a360tui.workflow.rotation.pace import Pace
    from a360tui.workflow.rotation.progress import Progress


@dataclass
class Course:
    """What a rotation needs from its first request to its end, also when another process ends it."""

    keeping: Keeping
    entry: OpenEntry
    destination: Destination
    """For sign-ins on connections of their own."""
    room: ControlRoom | None
    """The user's session; None where nobody is signed in."""
    pace: Pace
    progress: Progress
    slots: Slots | None = None
    """Open, while the answer is waited for."""
    was_sealed: bool = False
    """In a recovery: whether the key was taken from a sealed answer on disk."""
    is_stored: bool = False
    """In a recovery: whether the key was taken from the store, as the user's."""
    answer: Answer | None = None
    """As it came, where no key was found in it."""
    old_key: Secret | None = None
    """As far as it is known: left out of what commands write."""

    @property
    def record(self) -> Record:
        """The journal's record as it stands."""
        return self.entry.record

    @property
    def in_slots(self) -> bool:
        """Whether the whole answer is sealed on disk."""
        return self.was_sealed or (self.slots is not None and self.slots.durable)

    async def dates(self) -> tuple[Sight, KeyDates]:
        """Which key is in force; unseen also where the Control Room cannot be asked just now."""
        if self.room is None:
            return Sight.UNSEEN, KeyDates.of(None)
        try:
            dates = await key_dates(self.room)
        except A360Error:
            return Sight.UNSEEN, KeyDates.of(None)
        return sight_of(self.record, dates), dates

    async def new_date(self) -> tuple[Sight, KeyDates]:
        """The same, waiting a little for a record that lags behind."""
        sight, dates = await self.dates()
        for pause in self.pace.new_date:
            if sight is not Sight.UNCHANGED:
                break
            await asyncio.sleep(pause)
            sight, dates = await self.dates()
        return sight, dates

    async def put(self, key: Secret, kind: SecretKind) -> bool:
        """Keep the new key in the store; where that fails it is noted, and False."""
        try:
            await self.keeping.store.put(self.record.binding, kind, key)
        except A360Error as error:
            self.entry.troubles.append(error)
            return False
        return True

    async def open_old_key(self) -> Secret | None:
        """The key from before, from the journal where it is not at hand; raises `StorageError`."""
        if self.old_key is None:
            self.old_key = await self.keeping.opened(self.record.old_key)
        return self.old_key

    async def forget(self, kind: SecretKind, *dead: Secret | None) -> None:
        """Forget one of these keys, if it is what the store holds and can be looked at without asking anybody."""
        store, binding = self.keeping.store, self.record.binding
        if store.unlocked:
            try:
                if await store.get(binding, kind) in [key for key in dead if key]:
                    await store.forget(binding, kind)
            except StorageError as error:
                self.entry.troubles.append(error)
