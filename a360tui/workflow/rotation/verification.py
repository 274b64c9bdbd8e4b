"""Whether the new key works: one sign-in with it, and the Control Room's dates.

A refused key counts as a failed sign-in, and three of those disable the user. So one sign-in of a rotation may fail,
and it is recorded in the journal before it is sent. After a refusal, or where it is not known whether there was one,
only the dates decide, until a person asks for another sign-in.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum

from a360tui.api.errors import ConnectionRefused, NameNotFound, NotReachable, SignInFailed, TooManyRequests
from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.workflow.key import KeySignIn, sign_in_with_key
from a360tui.workflow.rotation.key_in_force import KeyInForce
from a360tui.workflow.rotation.record import SignInAttempt
from a360tui.workflow.rotation.rotation import Rotation


class Verdict(Enum):
    """What is known about the new key."""

    WORKS = "works"
    NOT_KNOWN = "not known"
    REPLACED = "replaced"
    """Another key was made after it, so it is dead."""


@dataclass(frozen=True)
class Verification:
    """A verdict and the evidence for it."""

    verdict: Verdict
    sentence: str
    sign_in: KeySignIn | None = None


async def verify(rotation: Rotation, key: Secret, *, again: bool = False) -> Verification:
    """Find out whether the new key is in force.

    ``again`` is a person's consent to one more sign-in that may fail.
    """
    in_force, dates = await rotation.look_for_new_key()
    attempt = rotation.record.sign_in
    if attempt is SignInAttempt.ACCEPTED and in_force is KeyInForce.OURS:
        return Verification(Verdict.WORKS, "It signed in before, and is still the key in force.")
    if in_force is KeyInForce.OTHERS and attempt is not SignInAttempt.NOT_BEGUN:
        return _replaced()
    if attempt in {SignInAttempt.NOT_BEGUN, SignInAttempt.ACCEPTED} or again:
        outcome = await _sign_in(rotation, key)
        if isinstance(outcome, KeySignIn):
            # Read before the sign-in, these are the dates of the key that signed in, whoever makes one from now on.
            is_new = in_force in {KeyInForce.CHANGED, KeyInForce.OTHERS}
            changes = {"created_on": dates.created_on, "expiration_time": dates.expiration_time} if is_new else {}
            is_first = attempt is not SignInAttempt.ACCEPTED
            await rotation.entry.mark(sign_in=SignInAttempt.ACCEPTED, progress=is_first, **changes)
            return Verification(Verdict.WORKS, "It signs in.", outcome)
        in_force, dates = await rotation.look()
        if isinstance(outcome, SignInFailed):
            await rotation.entry.mark(sign_in=SignInAttempt.REFUSED, progress=False)
            return _replaced() if in_force is KeyInForce.OTHERS else _refused(outcome)
        if rotation.record.sign_in is SignInAttempt.NOT_BEGUN:
            return Verification(Verdict.NOT_KNOWN, f"It could not be tried. {outcome.message}")
    return _by_date(rotation, in_force)


async def _sign_in(rotation: Rotation, key: Secret) -> KeySignIn | A360Error:
    """Sign in once; again only after attempts that never reached the sign-in."""
    before = rotation.record.sign_in
    await rotation.entry.mark(sign_in=SignInAttempt.BEGUN, progress=False)
    problem: A360Error
    for pause in (0.0, *rotation.pace.back_off):
        await asyncio.sleep(pause)
        try:
            return await sign_in_with_key(rotation.destination, rotation.record.binding.username, key)
        except A360Error as error:
            problem = error
        if not _not_carried_out(problem):
            return problem
    await rotation.entry.mark(sign_in=before, progress=False)
    return problem


def _not_carried_out(error: A360Error) -> bool:
    """Whether the Control Room certainly did not look at the key, so that it cannot have refused it."""
    return isinstance(error, ConnectionRefused | NameNotFound | TooManyRequests) or type(error) is NotReachable


def _by_date(rotation: Rotation, in_force: KeyInForce) -> Verification:
    if in_force is KeyInForce.OTHERS:
        return _replaced()
    if in_force is KeyInForce.OURS and rotation.record.sign_in is not SignInAttempt.REFUSED:
        return Verification(Verdict.WORKS, "The Control Room shows it as the key in force.")
    tried = "refused" if rotation.record.sign_in is SignInAttempt.REFUSED else "begun, and its outcome is not known"
    return Verification(Verdict.NOT_KNOWN, f"The sign-in with it was {tried}; it was not repeated.")


def _replaced() -> Verification:
    return Verification(Verdict.REPLACED, "The Control Room shows a key that was made after it.")


def _refused(refusal: SignInFailed) -> Verification:
    return Verification(Verdict.NOT_KNOWN, f"{refusal.message} It was not repeated.")
