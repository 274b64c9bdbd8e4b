"""Hand over the result of a rotation: the key on stdout, everything else on stderr; no key is lost silently."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from a360tui.cli.output import OutputFailed, is_terminal, put, put_json, say, say_trouble
from a360tui.errors import A360Error
from a360tui.text import harmless
from a360tui.workflow.dates import moment_json

if TYPE_CHECKING:
    from a360tui.cli.connection import Session
    from a360tui.cli.options import CommonOptions
    from a360tui.secret import Secret
    from a360tui.storage import RawAnswer
    from a360tui.workflow.rotation import Mark, RotationResult


def tell(mark: Mark) -> None:
    """Report how a line of the rotation ended, in the form of a plan's step."""
    from a360tui.workflow.plan import StepState

    if mark.state is not StepState.RUNNING:
        say(": ".join(filter(None, (mark.state.value, mark.words, mark.note))))


async def hand_over(session: Session, result: RotationResult) -> None:
    """Print the key, report what failed on the way, and raise the rotation's error if it has one."""
    for trouble in result.troubles:
        say_trouble(trouble)
    key = living_key(result)
    if key is not None:
        await _put_key(session, result, key)
    elif result.answer is not None:
        _put_unread(session.options, result.answer)
    problem = problem_of(result)
    if problem is not None:
        raise problem


def problem_of(result: RotationResult) -> A360Error | None:
    """The rotation's error, with its exit code; None where all is well."""
    from a360tui.workflow.errors import RotationPending
    from a360tui.workflow.rotation import Ending, Kept, ReferenceStage

    problem = result.error
    if problem is None:
        # Done, as far as it can be; a script that looks at the exit code only has to learn of a place left alone.
        stale = any(each.stage is ReferenceStage.CONFLICT for each in result.references)
        return RotationPending(result.sentence, "See which: a360tui reference check") if stale else None
    if result.kept is Kept.MEMORY and result.ending in {Ending.PENDING, Ending.NOT_VERIFIED}:
        problem.hint = (
            "The key is on standard output and nowhere else. Once it is in place: a360tui key recover --api-key-stdin"
        )
    return problem


def living_key(result: RotationResult) -> Secret | None:
    """The key, unless it is known to be invalid, so that nothing uses it."""
    from a360tui.workflow.rotation import Ending

    return None if result.ending is Ending.CONFLICT else result.key


def key_json(result: RotationResult) -> dict[str, Any]:
    """The key and its dates, under the Control Room's own field names."""
    key = living_key(result)
    return {
        "apiKey": None if key is None else key.reveal(),
        "apiKeyCreatedOn": moment_json(result.created_on),
        "apiKeyExpirationTime": moment_json(result.expiration_time),
    }


def answer_text(answer: RawAnswer) -> str:
    """An answer in which no key was found, as it came, but harmless; it may hold the only copy."""
    return "\n".join(harmless(line) for line in answer.reveal().decode("utf-8", "backslashreplace").splitlines())


def put_key_text(text: str) -> None:
    """Print a key: as it is to a file or a pipe, and made harmless to a terminal."""
    put(harmless(text) if is_terminal(sys.stdout) else text)


async def _put_key(session: Session, result: RotationResult, key: Secret) -> None:
    try:
        if session.options.json:
            put_json(key_json(result))
        else:
            put_key_text(key.reveal())
    except OutputFailed as failure:
        problem = failure.message
    else:
        return
    await _save(session, result, key, problem)


async def _save(session: Session, result: RotationResult, key: Secret, problem: str) -> None:
    """Raise where the key is instead, or that it is lost, after it could not be printed."""
    from a360tui.cli.safekeeping import rescued
    from a360tui.workflow.errors import KeyMadeButLost
    from a360tui.workflow.rotation import Kept

    in_memory = result.kept is Kept.MEMORY
    if in_memory and is_terminal(sys.stderr):
        say(f"a360tui: {problem} The new key is shown here instead, this once:")
        say(harmless(key.reveal()))
        raise OutputFailed("The new key was made, and was shown on the terminal only.", "Keep it now.")
    place = await rescued(session.options, session.binding, key) if in_memory else result.place
    if place:
        command = "recover" if result.kept is Kept.SLOT else "show"
        raise OutputFailed(
            f"{problem} The new key was made, and is kept: {place}.", f"To print it: a360tui key {command}"
        )
    raise KeyMadeButLost(
        f"The new key was made and is lost. {problem}",
        "Any older key no longer works. Make another one with: a360tui key regenerate",
    )


def _put_unread(options: CommonOptions, answer: RawAnswer) -> None:
    """Print an answer in which no key was found."""
    text = answer_text(answer)
    with suppress(OutputFailed):
        if options.json:
            put_json({"answer": text})
        else:
            put(text)
        say("a360tui: no key was found in the answer; as it came, it is on standard output.")
