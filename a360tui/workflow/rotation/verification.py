"""Whether the new key works: one sign-in with it, and the Control Room's dates.

A refused key is a failed sign-in, and three of them disable the user. So there is one sign-in in a rotation that may
fail, counted in the journal before it is sent: after a refusal, or where nobody knows whether there was one, only the
dates speak, until a person asks for another sign-in.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum

from a360tui.api.errors import ConnectionRefused, NameNotFound, NotReachable, SignInFailed, TooManyRequests
from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.workflow.key import KeySignIn, sign_in_with_key
from a360tui.workflow.rotation.course import Course
from a360tui.workflow.rotation.record import Trial
from a360tui.workflow.rotation.sight import Sight


class Verdict(Enum):
    """What is known of the new key."""

    WORKS = "works"
    NOT_KNOWN = "not known"
    REPLACED = "replaced"
    """Another key was made after it: it is dead."""


@dataclass(frozen=True)
class Verification:
    """A verdict and what it rests on."""

    verdict: Verdict
    sentence: str
    sign_in: KeySignIn | None = None


async def verify(course: Course, key: Secret, *, again: bool = False) -> Verification:
    """Find out whether the new key is in force.

    ``again`` is a person's word that one more sign-in may fail.
    """
    sight, dates = await course.new_date()
    trial = course.record.sign_in
    if trial is Trial.ACCEPTED and sight is Sight.OURS:
        return Verification(Verdict.WORKS, "It signed in before, and is still the key in force.")
    if sight is Sight.OTHERS and trial is not Trial.NOT_BEGUN:
        return _replaced()
    if trial in {Trial.NOT_BEGUN, Trial.ACCEPTED} or again:
        outcome = await _sign_in(course, key)
        if isinstance(outcome, KeySignIn):
            # Read before the sign-in, these are the dates of the key that signed in, whoever makes one from now on.
            if sight in {Sight.CHANGED, Sight.OTHERS}:
                changes = {"created_on": dates.created_on, "expiration_time": dates.expiration_time}
            else:
                changes = {}
            await course.entry.mark(sign_in=Trial.ACCEPTED, progress=trial is not Trial.ACCEPTED, **changes)
            return Verification(Verdict.WORKS, "It signs in.", outcome)
        sight, dates = await course.dates()
        if isinstance(outcome, SignInFailed):
            await course.entry.mark(sign_in=Trial.REFUSED, progress=False)
            return _replaced() if sight is Sight.OTHERS else _refused(outcome)
        if course.record.sign_in is Trial.NOT_BEGUN:
            return Verification(Verdict.NOT_KNOWN, f"It could not be tried. {outcome.message}")
    return _by_date(course, sight)


async def _sign_in(course: Course, key: Secret) -> KeySignIn | A360Error:
    """Sign in, once; again only after what was not sent at all."""
    before = course.record.sign_in
    await course.entry.mark(sign_in=Trial.BEGUN, progress=False)
    problem: A360Error
    for pause in (0.0, *course.pace.back_off):
        await asyncio.sleep(pause)
        try:
            return await sign_in_with_key(course.destination, course.record.binding.username, key)
        except A360Error as error:
            problem = error
        if not _not_carried_out(problem):
            return problem
    await course.entry.mark(sign_in=before, progress=False)
    return problem


def _not_carried_out(error: A360Error) -> bool:
    """Whether it is sure that no key was looked at, so that none can have been refused."""
    return isinstance(error, ConnectionRefused | NameNotFound | TooManyRequests) or type(error) is NotReachable


def _by_date(course: Course, sight: Sight) -> Verification:
    if sight is Sight.OTHERS:
        return _replaced()
    if sight is Sight.OURS and course.record.sign_in is not Trial.REFUSED:
        return Verification(Verdict.WORKS, "The Control Room shows it as the key in force.")
    tried = "refused" if course.record.sign_in is Trial.REFUSED else "begun, and its outcome is not known"
    return Verification(Verdict.NOT_KNOWN, f"The sign-in with it was {tried}; it was not repeated.")


def _replaced() -> Verification:
    return Verification(Verdict.REPLACED, "The Control Room shows a key that was made after it.")


def _refused(refusal: SignInFailed) -> Verification:
    return Verification(Verdict.NOT_KNOWN, f"{refusal.message} It was not repeated.")
