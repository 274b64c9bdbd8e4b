"""Finishing what an earlier run began, in whatever process: forward from where journal and slots say it stands."""

from __future__ import annotations

import asyncio
from asyncio import to_thread
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from a360tui.api import ASSUMED_CALLS, GenerateCall, salvaged_key
from a360tui.secret import Secret
from a360tui.storage import SecretKind
from a360tui.workflow.errors import NothingUnfinished
from a360tui.workflow.rotation.finishing import finish
from a360tui.workflow.rotation.key_in_force import KeyInForce
from a360tui.workflow.rotation.pace import PACE, Pace
from a360tui.workflow.rotation.progress import OnMark, Progress, marks_of
from a360tui.workflow.rotation.record import KeyDates, Record, ReferenceRecord, ReferenceStage, SignInAttempt, Stage
from a360tui.workflow.rotation.result import Ending, RotationResult
from a360tui.workflow.rotation.resuming import resume_under_lock
from a360tui.workflow.rotation.rotation import Rotation
from a360tui.workflow.rotation.safekeeping import OpenEntry, Safekeeping
from a360tui.workflow.rotation.unanswered import not_done, resolve
from a360tui.workflow.rotation.unfinished import Unfinished, recorded_rotations

if TYPE_CHECKING:
    from a360tui.api import ControlRoom
    from a360tui.workflow.destination import Destination

_COUNTED = frozenset({Ending.PENDING, Ending.NOT_VERIFIED})
"""Endings that count as a failure of the rotation itself; before any sign-in, the network is to blame."""


async def recover(
    found: Unfinished,
    keeping: Safekeeping,
    destination: Destination,
    room: ControlRoom | None = None,
    *,
    sign_in_again: bool = False,
    leave: Collection[str] = (),
    on_mark: OnMark = lambda _mark: None,
    pace: Pace = PACE,
) -> RotationResult:
    """Continue a rotation from where it stands, as far as possible; no new key is requested.

    ``room`` is the user's session. Without one, or where nobody is signed in, the session that the rotation itself kept
    is resumed if it is still alive; otherwise the dates of the key cannot be read. ``sign_in_again`` is a person's
    consent to try the new key once more although it was refused; ``leave`` are the ids of references not to be updated
    any more. Raises `LockHeld`, `NothingUnfinished` where another process has finished it, and `StorageError` where
    what was kept cannot be opened.
    """
    binding = found.binding
    lock = None if binding is None else await keeping.lock(binding)
    try:
        if found.set_aside and keeping.journal is not None:
            await to_thread(keeping.journal.put_back, found.name)
        entry = await _entry_now(found, keeping, destination, leave)
        record = entry.record
        marks = marks_of(
            [each.reference for each in record.references], place=keeping.store.place, replaces=record.replaces
        )
        rotation = Rotation(keeping, entry, destination, room, pace, Progress(marks, on_mark))
        result = await _go_on(rotation, again=sign_in_again)
        is_failure = result.ending in _COUNTED and entry.record.sign_in is not SignInAttempt.NOT_BEGUN
        if is_failure and await entry.failed():
            hint = "It failed again and again, and was set aside. To go on with it: a360tui key recover --put-back"
            return replace(result, hint=hint, set_aside=True)
        return result
    finally:
        if lock is not None:
            lock.release()


async def set_aside(found: Unfinished, keeping: Safekeeping) -> None:
    """Keep a rotation but stop offering it: a person's decision that nothing is left to do.

    Raises `LockHeld`, `NothingUnfinished` where nothing can be written down about it, `StorageError`.
    """
    journal = keeping.journal
    lock = None if found.binding is None else await keeping.lock(found.binding)
    try:
        if journal is not None:
            if found.name not in {entry.name for entry in await to_thread(journal.entries)}:
                await OpenEntry(keeping, found.name, _made_up(found)).begin()
            await to_thread(journal.set_aside, found.name)
    finally:
        if lock is not None:
            lock.release()


async def _entry_now(
    found: Unfinished, keeping: Safekeeping, destination: Destination, leave: Collection[str]
) -> OpenEntry:
    """The entry as it is now, under the lock; one that is damaged or gone is rebuilt from the sealed answer."""
    now = {each.name: each for each in await to_thread(recorded_rotations, keeping, found.binding)}.get(found.name)
    if now is None:
        raise NothingUnfinished("That rotation is finished: another process has done it.", "Look at the key's state.")
    if now.record is not None:
        return OpenEntry(keeping, now.name, _without(now.record, leave))
    entry = OpenEntry(keeping, now.name, _made_up(now, destination.known_calls().generate))
    await entry.begin()  # so that a sign-in that fails is counted
    return entry


def _made_up(found: Unfinished, call: GenerateCall = ASSUMED_CALLS.generate) -> Record:
    """A record for a rotation of which only the sealed answer is left."""
    if found.binding is None:
        raise NothingUnfinished(f"{found.happened} {found.known}", f"Next: {found.next}")
    return Record(found.binding, datetime.now(UTC), KeyDates.of(None), call, replaces=True, stage=Stage.RECEIVED)


def _without(record: Record, leave: Collection[str]) -> Record:
    return msgspec.structs.replace(
        record,
        references=tuple(
            ReferenceRecord(each.reference, each.seen, ReferenceStage.LEFT, "It was left as it is.")
            if each.stage is ReferenceStage.PENDING and each.reference.id in leave
            else each
            for each in record.references
        ),
    )


async def _go_on(rotation: Rotation, *, again: bool) -> RotationResult:
    record = rotation.record
    if record.stage is Stage.DONE:
        await rotation.entry.close()
        return RotationResult(Ending.DONE, "The new key was in use already; it was cleared up.")
    if record.stage is Stage.LOST:
        return RotationResult(
            Ending.LOST,
            "A new key was made, and its text is not known.",
            "Make another one with: a360tui key regenerate",
            answer=await rotation.keeping.answer(rotation.entry.name),
            unfinished=rotation.entry.journal_name,
        )
    if record.stage is Stage.CONFLICT:
        return RotationResult(
            Ending.CONFLICT,
            "Someone else has made another key since; the one made here is dead.",
            "For a key here again: a360tui key regenerate",
            unfinished=rotation.entry.journal_name,
        )
    if rotation.room is not None and rotation.room.signed_in is None:
        await resume_under_lock(rotation.entry, rotation.keeping, rotation.room)
    key = await _key(rotation)
    if key is None:
        return await resolve(rotation)
    await rotation.open_old_key()
    if record.stage is not Stage.RECEIVED:
        await rotation.entry.mark(stage=Stage.RECEIVED)
    result = await finish(rotation, key, again=again)
    if result.ending is Ending.NOT_VERIFIED and await _was_none(rotation):
        await rotation.forget(SecretKind.PENDING_API_KEY, key)
        return await not_done(rotation)
    return result


async def _was_none(rotation: Rotation) -> bool:
    """Whether what was taken for a key is none: it was refused, and two looks show the old key still in force.

    Where there was no key before, or its date was hidden, this cannot be told.
    """
    record, room = rotation.record, rotation.room
    if record.sign_in is not SignInAttempt.REFUSED or record.before.created_on is None:
        return False
    if room is None or room.now() - record.asked_on < rotation.pace.late:
        return False
    for pause in (0.0, rotation.pace.between_looks):
        await asyncio.sleep(pause)
        in_force, _ = await rotation.look()
        if in_force is not KeyInForce.UNCHANGED:
            return False
    return True


async def _key(rotation: Rotation) -> Secret | None:
    """The new key, from the store or the sealed answer; the dates in the answer are recorded too."""
    kept = await rotation.keeping.kept_key(rotation.record)
    answer = await rotation.keeping.answer(rotation.entry.name)
    made = None if answer is None else salvaged_key(answer.reveal(), rotation.record.call)
    # The store may hold the key of a later rotation; the sealed answer is certainly this one's.
    rotation.is_stored = rotation.record.stored and kept is not None and (made is None or made.key == kept)
    if made is None:
        rotation.answer = answer
        return kept
    rotation.was_sealed = True
    if rotation.record.created_on is None and made.created_on is not None:
        dates = KeyDates.of(made)
        await rotation.entry.mark(progress=False, created_on=dates.created_on, expiration_time=dates.expiration_time)
    return made.key
