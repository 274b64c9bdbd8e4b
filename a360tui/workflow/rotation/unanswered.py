"""A request for a key whose answer never came: what became of it is found out by looking, never by sending it again."""

from __future__ import annotations

import asyncio

from a360tui.api.errors import SignInFailed
from a360tui.errors import A360Error
from a360tui.storage import SecretKind
from a360tui.workflow.dates import date_stamp
from a360tui.workflow.key import sign_in_with_key
from a360tui.workflow.plan import StepState
from a360tui.workflow.rotation.key_in_force import KeyInForce, key_in_force, read_key_dates
from a360tui.workflow.rotation.progress import GENERATE
from a360tui.workflow.rotation.record import KeyDates, SignInAttempt, Stage
from a360tui.workflow.rotation.result import Ending, RotationResult
from a360tui.workflow.rotation.rotation import Rotation

_RECOVER = "Wait two minutes, then look with: a360tui key recover"


async def look_at_once(rotation: Rotation) -> RotationResult:
    """Look a few times in the seconds after the answer was lost; so soon, the old key is never taken for alive."""
    for pause in rotation.pace.looks:
        await asyncio.sleep(pause)
        in_force, dates = await rotation.look()
        if in_force not in {KeyInForce.UNSEEN, KeyInForce.UNCHANGED}:
            return await _lost(rotation, dates)
    looks = rotation.record.looks + (in_force is KeyInForce.UNCHANGED)
    await rotation.entry.mark(stage=Stage.UNKNOWN, looks=looks)
    if in_force is KeyInForce.UNCHANGED:
        return _unknown(rotation, "The Control Room shows no new key so far, but it may still make one.", _RECOVER)
    return _unknown(rotation, "Whether a key was made could not be seen just now.", _RECOVER)


async def resolve(rotation: Rotation) -> RotationResult:
    """Look again, later or in another process; at the second look, an unchanged date means that no key was made."""
    if rotation.room is None or rotation.room.signed_in is None:
        return _unknown(rotation, "Whether a key was made is seen only by who is signed in.", "Sign in first.")
    try:
        dates = await read_key_dates(rotation.room)
    except A360Error as error:
        return _unknown(rotation, f"The date of the key could not be read. {error.message}", "Try again.")
    match key_in_force(rotation.record, dates):
        case KeyInForce.UNSEEN:
            return await _probe(rotation)
        case KeyInForce.UNCHANGED:
            return await _seen_unchanged(rotation)
        case _:
            return await _lost(rotation, dates)


async def _seen_unchanged(rotation: Rotation) -> RotationResult:
    """Count a look that showed no change; it settles that no key was made only once a late one can no longer come."""
    record, room = rotation.record, rotation.room
    if room is not None and room.now() - record.asked_on >= rotation.pace.late:
        if record.looks:
            return await not_done(rotation)
        await rotation.entry.mark(stage=Stage.UNKNOWN, looks=1)
        await asyncio.sleep(rotation.pace.between_looks)
        return await resolve(rotation)
    await rotation.entry.mark(stage=Stage.UNKNOWN, looks=record.looks + 1)
    return _unknown(rotation, "The Control Room shows no new key so far, but it may still make one.", _RECOVER)


async def _probe(rotation: Rotation) -> RotationResult:
    """Where the dates cannot be seen, sign in with the old key: that uses up the one sign-in that may fail."""
    record = rotation.record
    key = await rotation.open_old_key()
    ends = record.before.expiration_time
    ended = ends is not None and rotation.room is not None and ends <= rotation.room.now()
    if not record.replaces or key is None or ended or record.probe is SignInAttempt.BEGUN:
        hint = "If a program still signs in with the old key, nothing was made. Else: a360tui key recover --set-aside"
        return _unknown(rotation, "Whether a key was made is not visible to this user.", hint)
    await rotation.entry.mark(stage=Stage.UNKNOWN, probe=SignInAttempt.BEGUN, progress=False)
    try:
        await sign_in_with_key(rotation.destination, record.binding.username, key)
    except SignInFailed:
        await rotation.entry.mark(probe=SignInAttempt.REFUSED)
        return await _lost(rotation, KeyDates.of(None))
    except A360Error as error:
        return _unknown(rotation, f"The old key was tried, and the outcome is not known. {error.message}", "Try again.")
    await rotation.entry.mark(probe=SignInAttempt.ACCEPTED, progress=False)
    return await _seen_unchanged(rotation)


async def _lost(rotation: Rotation, dates: KeyDates) -> RotationResult:
    received = rotation.record.stage is Stage.RECEIVED
    await rotation.entry.mark(stage=Stage.LOST, created_on=dates.created_on, expiration_time=dates.expiration_time)
    if rotation.keeping.store.unlocked:
        await rotation.forget(SecretKind.API_KEY, await rotation.open_old_key())
    when = "" if dates.created_on is None else f" {date_stamp(dates.created_on)}"
    rotation.progress.set(GENERATE, StepState.FAILED, "It was made, and its text is not known.")
    rotation.progress.end()
    if received and rotation.record.pepper is None:
        why = "there was no store to keep it in: only who took it when it was shown has it"
    elif received:
        why = "what was kept of its text is gone"
    else:
        why = "no key was found in the answer" if rotation.answer else "the answer with its text did not arrive"
    return _result(
        rotation,
        Ending.LOST,
        f"A new key was made{when}, but {why}.",
        f"{'The old key no longer works. ' if rotation.record.replaces else ''}"
        "Make another one with: a360tui key regenerate",
    )


async def not_done(rotation: Rotation) -> RotationResult:
    """End a rotation that certainly made no key."""
    await rotation.entry.close()
    kept = "the one from before is still in force" if rotation.record.replaces else "there is none, as before"
    rotation.progress.set(GENERATE, StepState.NOT_RUN, "It was not made.")
    rotation.progress.end()
    return _result(rotation, Ending.NOT_DONE, f"No key was made: {kept}.", left=False)


def _unknown(rotation: Rotation, sentence: str, hint: str) -> RotationResult:
    rotation.progress.set(GENERATE, StepState.UNKNOWN, sentence)
    rotation.progress.end()
    arrived = "No key was found in the answer." if rotation.answer else "The answer did not arrive."
    return _result(rotation, Ending.UNKNOWN, f"{arrived} {sentence}", hint)


def _result(rotation: Rotation, ending: Ending, sentence: str, hint: str = "", *, left: bool = True) -> RotationResult:
    return RotationResult(
        ending,
        sentence,
        hint,
        created_on=rotation.record.created_on,
        expiration_time=rotation.record.expiration_time,
        answer=rotation.answer,
        troubles=tuple(rotation.entry.troubles),
        unfinished=rotation.entry.journal_name if left else "",
    )
