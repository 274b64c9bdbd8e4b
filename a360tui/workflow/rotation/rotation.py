"""Making a key, the first or a new one: what is planned, and carrying it out."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from a360tui.api import GeneratedKey, salvaged_key
from a360tui.api.errors import OutcomeUnknown
from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.storage import Answer, Binding, Sealed, Slots
from a360tui.workflow.errors import UnfinishedRotation
from a360tui.workflow.key import KeyStatus, check_generate, key_status
from a360tui.workflow.plan import StepState
from a360tui.workflow.references import Fingerprints, Reference
from a360tui.workflow.rotation.course import Course
from a360tui.workflow.rotation.finishing import finish, secure, stopped, unexpected
from a360tui.workflow.rotation.keeping import Keeping, OpenEntry
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
from a360tui.workflow.rotation.progress import GENERATE, Mark, OnMark, Progress, marks_of
from a360tui.workflow.rotation.record import KeyDates, Record, ReferenceRecord, Stage, new_name
from a360tui.workflow.rotation.result import RotationResult
from a360tui.workflow.rotation.unanswered import look_at_once
from a360tui.workflow.rotation.unfinished import written_down
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


async def prepare(
    room: ControlRoom,
    destination: Destination,
    keeping: Keeping,
    binding: Binding,
    references: Sequence[Reference] = (),
    *,
    replace: bool,
    known_key: Secret | None = None,
    signed_in_by_key: bool = False,
    pace: Pace = PACE,
) -> RotationPlan:
    """Look at everything and change nothing: what `RotationPlan.run` would do, for the question that comes before it.

    ``binding`` is under whose name the key will be kept, ``known_key`` the key in force where this session knows it.
    The store is unlocked, or made, which may ask for a passphrase. Raises `MayNotGenerate`, `NoKey`, `KeyExists`,
    `Held`, `UnfinishedRotation`, `StorageError`, and what reading the key's state raises.
    """
    status = await key_status(room)
    check_generate(status, replace=replace)
    if await to_thread(written_down, keeping, binding):
        lock = await keeping.lock(binding)  # held: it is not unfinished, another process is at it
        try:
            await _require_finished(keeping, binding)
        finally:
            if lock is not None:
                lock.release()
    recipient = await keeping.recipient()
    key = await current_key(keeping, binding, status, known_key, room)
    planned = await look_at_references(references, Fingerprints(Fingerprints.new_pepper()), key)
    warnings = []
    if signed_in_by_key and status.exists:
        warnings.append(_SIGNED_IN_BY_KEY)
    if recipient is None:
        warnings.append(_MEMORY_ONLY)
    if not KeyDates.of(status).visible:
        warnings.append(_NOT_VISIBLE)
    marks = marks_of(references, place=keeping.store.place, replaces=status.exists)
    return RotationPlan(
        status,
        keeping.store.place,
        planned,
        tuple(warnings),
        tuple(marks),
        _Party(room, destination, keeping, binding),
        replace=replace,
        _known_key=known_key,
        _signed_in_by_key=signed_in_by_key,
        _pace=pace,
    )


@dataclass(frozen=True)
class _Party:
    """Who takes part in a rotation."""

    room: ControlRoom
    destination: Destination
    keeping: Keeping
    binding: Binding


@dataclass(frozen=True)
class RotationPlan:
    """A rotation that can be shown, agreed to, and run once."""

    status: KeyStatus
    """The key that dies, if there is one."""
    place: str
    """Where the new key will be kept, for people."""
    references: tuple[PlannedReference, ...]
    """The places that will be updated; with one that is not ready, `run` refuses."""
    warnings: tuple[str, ...]
    """What a person should know before they agree."""
    marks: tuple[Mark, ...]
    """The lines of it, which `run` reports on."""
    _party: _Party = field(repr=False)
    replace: bool = field(kw_only=True)
    _known_key: Secret | None = field(kw_only=True, repr=False)
    _signed_in_by_key: bool = field(kw_only=True, repr=False)
    _pace: Pace = field(kw_only=True, repr=False)

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Why `run` would refuse, for each reference that is not ready."""
        return tuple(each.preflight.sentence for each in self.references if not each.preflight.ready)

    async def run(self, on_mark: OnMark = lambda _mark: None) -> RotationResult:
        """Make the key with one request that is never repeated, and go on to the end.

        An error means that no key was made: `Held`, `UnfinishedRotation`, `KeyChanged`, `NotReady`, `StorageError`
        before the request, or the Control Room's refusal of it. Whatever happens after that is in the result. A cancel
        waits until the answer is in safety; what is left then is finished by `recover`.
        """
        lock = await self._party.keeping.lock(self._party.binding)
        try:
            course = await self._begin(Progress(self.marks, on_mark))
            with _closing(course.slots):
                received = await to_the_end(self._receive(course))
                if isinstance(received, RotationResult):
                    return received
                key, secured = received
                finishing = finish(course, key)
                try:
                    return await (finishing if secured else to_the_end(finishing))
                except Exception as error:  # noqa: BLE001  # whatever it is, the only copy of a key may be in hand
                    return stopped(course, key, error)
        finally:
            if lock is not None:
                lock.release()

    async def _begin(self, progress: Progress) -> Course:
        """Look at everything again, under the lock, up to the durable intent: the last moment to refuse."""
        party = self._party
        room, keeping, binding = party.room, party.keeping, party.binding
        superseded = await _require_finished(keeping, binding)
        await keeping.clear_up(binding)
        await require_token(room, self._pace.token)
        status = await key_status(room)
        check_generate(status, replace=self.replace)
        require_same(self.status, status)
        await require_space(keeping.locations)
        recipient = await keeping.recipient()
        name = new_name(binding)
        fingerprints, pepper = keeping.new_fingerprints(name)
        old_key = await current_key(keeping, binding, status, self._known_key, room)
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
            token=Sealed.of(room.token, recipient) if recipient and self._signed_in_by_key else None,
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
        return Course(keeping, entry, party.destination, room, self._pace, progress, slots, old_key=old_key)

    async def _receive(self, course: Course) -> tuple[Secret, bool] | RotationResult:
        """The one request, up to where its answer is in safety; without a key in the answer, what is known then."""
        course.progress.set(GENERATE, StepState.RUNNING)
        reception = Reception(course.slots)
        try:
            made = await self._party.room.generate_key(on_chunk=reception.take)
        except OutcomeUnknown:
            found = salvaged_key(bytes(reception.body), course.record.call)
            if found is None:
                course.answer = reception.answer
                return await look_at_once(course)
            made = found
        except A360Error as refusal:
            # Nothing was made, so nothing is kept.
            course.progress.set(GENERATE, StepState.FAILED, refusal.message)
            course.progress.end()
            await course.entry.close()
            raise
        return await self._take(course, made)

    async def _take(self, course: Course, made: GeneratedKey) -> tuple[Secret, bool]:
        """Write down that the key is here, and see that it is not only here."""
        try:
            dates = KeyDates.of(made)
            await course.entry.mark(
                stage=Stage.RECEIVED, created_on=dates.created_on, expiration_time=dates.expiration_time
            )
            secured = await secure(course, made.key)
        except Exception as error:  # noqa: BLE001  # as in `run`
            course.entry.troubles.append(unexpected(error))
            secured = course.in_slots
        return made.key, secured


class Reception:
    """Takes the answer as it arrives: sealed and on disk before anybody looks at it."""

    def __init__(self, slots: Slots | None) -> None:
        self._slots = slots
        self.body = bytearray()

    def take(self, chunk: bytes) -> None:
        """Keep a piece; never raises, since the rest has to be read whatever happens here."""
        self.body += chunk
        if self._slots is not None:
            with suppress(Exception):  # a disk that fails is noted by the slots; anything else must not cost the rest
                self._slots.append(chunk)

    @property
    def answer(self) -> Answer | None:
        """All that came; None where nothing did."""
        return Answer(bytes(self.body), cut=True) if self.body else None


async def _require_finished(keeping: Keeping, binding: Binding) -> list[OpenEntry]:
    """The rotations that a new one closes; `UnfinishedRotation` where there is one that has to be finished first."""
    found = await to_thread(written_down, keeping, binding)
    superseded = []
    for each in found:
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
