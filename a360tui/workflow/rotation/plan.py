"""`RotationPlan`: making a key, the first or a new one, looked at beforehand and then run."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from a360tui.secret import Secret
from a360tui.storage import Binding, Recipient, Sealed, Slots
from a360tui.workflow.errors import UnfinishedRotation
from a360tui.workflow.key import KeyStatus, check_generate, key_status
from a360tui.workflow.references import Fingerprints, Reference
from a360tui.workflow.rotation.finishing import finish, stopped
from a360tui.workflow.rotation.pace import PACE, Pace
from a360tui.workflow.rotation.preflight import (
    PlannedReference,
    current_key,
    look_at_references,
    require_ready,
    require_same,
    require_space,
    require_token,
)
from a360tui.workflow.rotation.progress import Mark, OnMark, Progress, marks_of
from a360tui.workflow.rotation.receiving import receive
from a360tui.workflow.rotation.record import KeyDates, Record, ReferenceRecord, new_name
from a360tui.workflow.rotation.result import RotationResult
from a360tui.workflow.rotation.rotation import Rotation
from a360tui.workflow.rotation.safekeeping import OpenEntry, Safekeeping
from a360tui.workflow.rotation.unfinished import recorded_rotations
from a360tui.workflow.uncancelled import to_the_end

if TYPE_CHECKING:
    from collections.abc import Iterator

    from a360tui.api import ControlRoom
    from a360tui.workflow.destination import Destination

_SIGNED_IN_BY_KEY = (
    "You are signed in with the key that dies. If the answer is lost, only this session can make another one; "
    "a sign-in with the password is safer."
)
_MEMORY_ONLY = "The new key is kept in memory only: if a360tui is killed before you have taken it, it is gone."
_NOT_VISIBLE = (
    "The dates of the key are not visible to this user: if the answer is lost, they cannot tell what was done."
)


@dataclass(frozen=True)
class _Order:
    """What `prepare` was asked for, as `RotationPlan.run` needs it again."""

    room: ControlRoom
    destination: Destination
    keeping: Safekeeping
    binding: Binding
    replace: bool
    known_key: Secret | None
    signed_in_by_key: bool
    pace: Pace


async def prepare(
    room: ControlRoom,
    destination: Destination,
    keeping: Safekeeping,
    binding: Binding,
    references: Sequence[Reference] = (),
    *,
    replace: bool,
    known_key: Secret | None = None,
    signed_in_by_key: bool = False,
    pace: Pace = PACE,
) -> RotationPlan:
    """Look at everything and change nothing: what `RotationPlan.run` would do, to be shown and agreed to first.

    ``binding`` says under whose name the key will be kept, ``known_key`` is the key in force where this session knows
    it. The store is unlocked, or made, which may ask for a passphrase. Raises `MayNotGenerate`, `NoKey`, `KeyExists`,
    `LockHeld`, `UnfinishedRotation`, `StorageError`, and whatever reading the key's state raises.
    """
    order = _Order(room, destination, keeping, binding, replace, known_key, signed_in_by_key, pace)
    status = await key_status(room)
    check_generate(status, replace=replace)
    await _require_none_unfinished(keeping, binding)
    recipient = await keeping.recipient()
    key = await current_key(keeping, binding, status, known_key, room)
    planned = await look_at_references(references, Fingerprints(Fingerprints.new_pepper()), key)
    marks = marks_of(references, place=keeping.store.place, replaces=status.exists)
    return RotationPlan(
        status, keeping.store.place, planned, tuple(_warnings(order, status, recipient)), tuple(marks), order
    )


def _warnings(order: _Order, status: KeyStatus, recipient: Recipient | None) -> Iterator[str]:
    if order.signed_in_by_key and status.exists:
        yield _SIGNED_IN_BY_KEY
    if recipient is None:
        yield _MEMORY_ONLY
    if not KeyDates.of(status).visible:
        yield _NOT_VISIBLE


@dataclass(frozen=True)
class RotationPlan:
    """A rotation that can be shown, agreed to, and run once."""

    status: KeyStatus
    """The key that dies, if there is one."""
    place: str
    """Where the new key will be kept, for people."""
    references: tuple[PlannedReference, ...]
    """The places that will be updated; if one of them is not ready, `run` refuses."""
    warnings: tuple[str, ...]
    """What a person should know before they agree."""
    marks: tuple[Mark, ...]
    """Its lines, on which `run` reports."""
    _order: _Order = field(repr=False)

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Why `run` would refuse: a sentence for each reference that is not ready."""
        return tuple(each.preflight.sentence for each in self.references if not each.preflight.ready)

    async def run(self, on_mark: OnMark = lambda _mark: None) -> RotationResult:
        """Make the key with one request that is never repeated, and go on to the end.

        An error means that no key was made: `LockHeld`, `UnfinishedRotation`, `KeyChanged`, `NotReady`, `StorageError`
        before the request, or the Control Room's refusal of it. Whatever happens after that is in the result. A cancel
        waits until the answer is in safety; `recover` finishes what is left then.
        """
        order = self._order
        lock = await order.keeping.lock(order.binding)
        try:
            rotation = await self._begin(Progress(self.marks, on_mark))
            with _closing(rotation.slots):
                received = await to_the_end(receive(rotation, order.room))
                if isinstance(received, RotationResult):
                    return received
                key, secured = received
                finishing = finish(rotation, key)
                try:
                    return await (finishing if secured else to_the_end(finishing))
                except Exception as error:  # noqa: BLE001  # whatever it is, the only copy of a key may be in hand
                    return stopped(rotation, key, error)
        finally:
            if lock is not None:
                lock.release()

    async def _begin(self, progress: Progress) -> Rotation:
        """Look at everything again, under the lock, and make the intent durable: the last moment to refuse."""
        order = self._order
        room, keeping, binding = order.room, order.keeping, order.binding
        superseded = await _superseded(keeping, binding)
        await keeping.clear_up(binding)
        await require_token(room, order.pace.token)
        status = await key_status(room)
        check_generate(status, replace=order.replace)
        require_same(self.status, status)
        await require_space(keeping.locations)
        recipient = await keeping.recipient()
        name = new_name(binding)
        fingerprints, pepper = keeping.new_fingerprints(name)
        old_key = await current_key(keeping, binding, status, order.known_key, room)
        planned = await look_at_references([each.reference for each in self.references], fingerprints, old_key)
        require_ready(planned)
        record = Record(
            binding=binding,
            asked_on=room.now(),
            before=KeyDates.of(status),
            call=room.calls.generate,
            replaces=status.exists,
            references=tuple(ReferenceRecord(each.reference, each.preflight.seen) for each in planned),
            pepper=Sealed.of(pepper, recipient) if recipient else None,
            old_key=Sealed.of(old_key, recipient) if recipient and old_key else None,
            token=Sealed.of(room.token, recipient) if recipient and order.signed_in_by_key else None,
        )
        entry = OpenEntry(keeping, name, record)
        slots = await keeping.open_slots(name, binding, recipient) if recipient else None
        try:
            await entry.begin()
        except BaseException:
            if slots is not None:
                slots.close()
            await entry.close()
            raise
        for each in superseded:
            await each.close()
        return Rotation(keeping, entry, order.destination, room, order.pace, progress, slots, old_key=old_key)


async def _require_none_unfinished(keeping: Safekeeping, binding: Binding) -> None:
    """Refuse where an earlier rotation has to be finished first, or another process is busy with one (`LockHeld`)."""
    if not await to_thread(recorded_rotations, keeping, binding):
        return
    lock = await keeping.lock(binding)
    try:
        await _superseded(keeping, binding)
    finally:
        if lock is not None:
            lock.release()


async def _superseded(keeping: Safekeeping, binding: Binding) -> list[OpenEntry]:
    """The earlier rotations that a new one closes; `UnfinishedRotation` where one has to be finished first."""
    superseded = []
    for each in await to_thread(recorded_rotations, keeping, binding):
        if each.record is None or not each.record.superseded:
            raise UnfinishedRotation(
                f"An earlier rotation of this key is not finished. {each.happened} {each.known}",
                "No key was made. Finish it with: a360tui key recover",
            )
        superseded.append(OpenEntry(keeping, each.name, each.record))
    return superseded


@contextmanager
def _closing(slots: Slots | None) -> Iterator[None]:
    try:
        yield
    finally:
        if slots is not None:
            slots.close()
