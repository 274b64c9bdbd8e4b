"""A request for a key whose answer never came: what became of it is found out by looking, never by asking again."""

from __future__ import annotations

import asyncio

from a360tui.api.errors import SignInFailed
from a360tui.errors import A360Error
from a360tui.storage import SecretKind
from a360tui.workflow.dates import date_stamp
from a360tui.workflow.key import sign_in_with_key
from a360tui.workflow.plan import StepState
from a360tui.workflow.rotation.course import Course
from a360tui.workflow.rotation.progress import GENERATE
from a360tui.workflow.rotation.record import KeyDates, Stage, Trial
from a360tui.workflow.rotation.result import Ending, RotationResult
from a360tui.workflow.rotation.sight import Sight, key_dates, sight_of

_RECOVER = "Wait two minutes, then look with: a360tui key recover"


async def look_at_once(course: Course) -> RotationResult:
    """Look a few times in the seconds after the answer was lost; the old key is never taken for alive so soon."""
    for pause in course.pace.looks:
        await asyncio.sleep(pause)
        sight, dates = await course.dates()
        if sight not in {Sight.UNSEEN, Sight.UNCHANGED}:
            return await _lost(course, dates)
    looks = course.record.looks + (sight is Sight.UNCHANGED)
    await course.entry.mark(stage=Stage.UNKNOWN, looks=looks)
    if sight is Sight.UNCHANGED:
        return _unknown(course, "The Control Room shows no new key so far, but it may still make one.", _RECOVER)
    return _unknown(course, "Whether a key was made could not be seen just now.", _RECOVER)


async def resolve(course: Course) -> RotationResult:
    """Look again, later or in another process: the second look at the old key's date says that nothing was done."""
    if course.room is None or course.room.signed_in is None:
        return _unknown(course, "Whether a key was made is seen only by who is signed in.", "Sign in first.")
    try:
        dates = await key_dates(course.room)
    except A360Error as error:
        return _unknown(course, f"The date of the key could not be read. {error.message}", "Try again.")
    match sight_of(course.record, dates):
        case Sight.UNSEEN:
            return await _probe(course)
        case Sight.UNCHANGED:
            return await _seen_unchanged(course)
        case _:
            return await _lost(course, dates)


async def _seen_unchanged(course: Course) -> RotationResult:
    """Count a look at which nothing had changed; the answer is no only where a late one cannot come any more."""
    record, room = course.record, course.room
    if room is not None and room.now() - record.asked_on >= course.pace.late:
        if record.looks:
            return await not_done(course)
        await course.entry.mark(stage=Stage.UNKNOWN, looks=1)
        await asyncio.sleep(course.pace.between_looks)
        return await resolve(course)
    await course.entry.mark(stage=Stage.UNKNOWN, looks=record.looks + 1)
    return _unknown(course, "The Control Room shows no new key so far, but it may still make one.", _RECOVER)


async def _probe(course: Course) -> RotationResult:
    """Where the dates are not to be seen: sign in with the old key, which may be the one sign-in that fails."""
    record = course.record
    key = await course.open_old_key()
    ends = record.before.expiration_time
    ended = ends is not None and course.room is not None and ends <= course.room.now()
    if not record.replaces or key is None or ended or record.probe is Trial.BEGUN:
        hint = "If a program still signs in with the old key, nothing was made. Else: a360tui key recover --set-aside"
        return _unknown(course, "Whether a key was made is not visible to this user.", hint)
    await course.entry.mark(stage=Stage.UNKNOWN, probe=Trial.BEGUN, progress=False)
    try:
        await sign_in_with_key(course.destination, record.binding.username, key)
    except SignInFailed:
        await course.entry.mark(probe=Trial.REFUSED)
        return await _lost(course, KeyDates.of(None))
    except A360Error as error:
        return _unknown(course, f"The old key was tried, and the outcome is not known. {error.message}", "Try again.")
    await course.entry.mark(probe=Trial.ACCEPTED, progress=False)
    return await _seen_unchanged(course)


async def _lost(course: Course, dates: KeyDates) -> RotationResult:
    received = course.record.stage is Stage.RECEIVED
    await course.entry.mark(
        stage=Stage.LOST, created_on=dates.created_on, expiration_time=dates.expiration_time, looks=course.record.looks
    )
    if course.keeping.store.unlocked:
        await course.forget(SecretKind.API_KEY, await course.open_old_key())
    when = "" if dates.created_on is None else f" {date_stamp(dates.created_on)}"
    course.progress.set(GENERATE, StepState.FAILED, "It was made, and its text is not known.")
    course.progress.end()
    if received and course.record.pepper is None:
        why = "there was no store to keep it in: only who took it when it was shown has it"
    elif received:
        why = "what was kept of its text is gone"
    else:
        why = "no key was found in the answer" if course.answer else "the answer with its text did not arrive"
    return _result(
        course,
        Ending.LOST,
        f"A new key was made{when}, but {why}.",
        f"{'The old key no longer works. ' if course.record.replaces else ''}"
        "Make another one with: a360tui key regenerate",
    )


async def not_done(course: Course) -> RotationResult:
    """End a rotation of which it is sure that it made no key."""
    await course.entry.close()
    kept = "the one from before is still in force" if course.record.replaces else "there is none, as before"
    course.progress.set(GENERATE, StepState.NOT_RUN, "It was not made.")
    course.progress.end()
    return _result(course, Ending.NOT_DONE, f"No key was made: {kept}.", left=False)


def _unknown(course: Course, sentence: str, hint: str) -> RotationResult:
    course.progress.set(GENERATE, StepState.UNKNOWN, sentence)
    course.progress.end()
    arrived = "No key was found in the answer." if course.answer else "The answer did not arrive."
    return _result(course, Ending.UNKNOWN, f"{arrived} {sentence}", hint)


def _result(course: Course, ending: Ending, sentence: str, hint: str = "", *, left: bool = True) -> RotationResult:
    return RotationResult(
        ending,
        sentence,
        hint,
        created_on=course.record.created_on,
        expiration_time=course.record.expiration_time,
        answer=course.answer,
        troubles=tuple(course.entry.troubles),
        unfinished=course.entry.journal_name if left else "",
    )
