"""``a360tui key recover``: describe the rotations that were not finished, and finish them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from a360tui.cli.connection import Session, binding_of, options_for, run, session_of
from a360tui.cli.consent import ask, refuse_read_only, require_answer
from a360tui.cli.credential import Chosen, asked_password, given, stored
from a360tui.cli.handover import answer_text, hand_over, key_json, problem_of, tell
from a360tui.cli.options import Command, CommonOptions
from a360tui.cli.output import put_json, require_stdout, say, say_trouble
from a360tui.cli.safekeeping import is_in_memory, open_safekeeping
from a360tui.errors import A360Error, InvalidInput

if TYPE_CHECKING:
    from a360tui.workflow.rotation import RotationResult, Safekeeping, Unfinished


@click.command(cls=Command)
@click.option("--set-aside", is_flag=True, help="Keep it, but stop offering it, instead of finishing it.")
@click.option("--put-back", is_flag=True, help="Finish what was set aside.")
@click.option(
    "--sign-in-again",
    is_flag=True,
    help="Sign in with the new key again although it was refused; three refusals disable a user.",
)
@click.pass_obj
def recover(options: CommonOptions, *, set_aside: bool, put_back: bool, sign_in_again: bool) -> None:
    """Finish a rotation that was left halfway, and print its key. No new key is made.

    Without --control-room and --username it finishes those of all users. It needs a sign-in only where the key's date
    has to be looked at. A place that was removed from a360tui reference list is left as it is.
    """
    refuse_read_only(options)
    if set_aside and put_back:
        raise InvalidInput("--set-aside and --put-back are both given.", "Give one of them.")
    run(_recover_all(options, set_aside=set_aside, put_back=put_back, again=sign_in_again))


async def _recover_all(options: CommonOptions, *, set_aside: bool, put_back: bool, again: bool) -> None:
    """Finish them one after the other; the failure of one does not stop the next."""
    keeping = await open_safekeeping(options)
    found = _wanted(options, keeping, put_back=put_back)
    if not found:
        say("No rotation is set aside." if put_back else "No rotation is unfinished.")
    else:
        require_answer(options)
        require_stdout()
        _require_one_user(options, found)
    documents, codes = [], []
    for each in found:
        try:
            _say_state(each)
            if set_aside:
                documents.append(await _put_aside(options, keeping, each))
            else:
                result, problem = await _finish(options, keeping, each, again=again)
                documents.append(_document(each, result))
                if problem is not None:
                    raise problem
        except A360Error as error:
            say_trouble(error)
            codes.append(error.exit_code)
    if options.json:
        put_json({"rotations": documents})
    if codes:
        raise click.exceptions.Exit(codes[0])


def _wanted(options: CommonOptions, keeping: Safekeeping, *, put_back: bool) -> list[Unfinished]:
    """The rotations of the Control Room and the user that are given, or of all."""
    from a360tui.api import parse_address
    from a360tui.storage import is_same_user
    from a360tui.workflow.rotation import unfinished

    text, username = options.settings.narrowed_to
    address = None if text is None else parse_address(text)
    if address is not None and username is not None:
        return unfinished(keeping, binding_of(options), set_aside=put_back)
    return [
        each
        for each in unfinished(keeping, set_aside=put_back)
        if (address is None or (each.binding is not None and each.binding.control_room == address.url))
        and (username is None or (each.binding is not None and is_same_user(each.binding.username, username)))
    ]


def _require_one_user(options: CommonOptions, found: list[Unfinished]) -> None:
    if (options.password_stdin or options.api_key_stdin) and len({each.binding for each in found}) > 1:
        raise InvalidInput(
            "There are unfinished rotations of several users, and a credential is for one of them.",
            "Say which: --control-room URL --username NAME",
        )


def _say_state(found: Unfinished) -> None:
    from a360tui.workflow.rotation import SignInAttempt

    whose = "" if found.binding is None else f"{found.binding}: "
    say(f"{whose}{found.happened} {found.known}")
    say(f"Next: {found.next}.")
    if found.record is not None and found.record.sign_in in {SignInAttempt.BEGUN, SignInAttempt.REFUSED}:
        say("The sign-in with the new key is not repeated automatically; --sign-in-again does it once.")


async def _put_aside(options: CommonOptions, keeping: Safekeeping, found: Unfinished) -> dict[str, Any]:
    from a360tui.workflow.rotation import set_aside

    ask(options, "Keep it, but stop offering it?")
    await set_aside(found, keeping)
    say("It was set aside. To go on: a360tui key recover --put-back")
    return {**_whose(found), "setAside": True}


async def _finish(
    options: CommonOptions, keeping: Safekeeping, found: Unfinished, *, again: bool
) -> tuple[RotationResult, A360Error | None]:
    """Resume it and print its result; the second value is its error, if it has one."""
    from a360tui.workflow.errors import NothingUnfinished
    from a360tui.workflow.references.registry import Registry
    from a360tui.workflow.rotation import Ending, recover

    if found.binding is None:
        raise NothingUnfinished("Whose key it is about is not known any more.", f"Next: {found.next}")
    ask(options, "Finish it?")
    async with session_of(options_for(options, found.binding), keeping) as session:
        await _sign_in(session, found)
        await _take_key(session)
        registered = {each.id for each in Registry(keeping.locations).references_of(found.binding)}
        waiting = [each.reference.id for each in found.record.waiting] if found.record is not None else []
        result = await recover(
            found,
            keeping,
            session.destination,
            session.room,
            sign_in_again=again,
            leave=[each for each in waiting if each not in registered],
            on_mark=tell,
        )
        # A session that the rotation kept may be all that is left to sign in with.
        session.keeps_token = session.chosen is None and result.ending in {Ending.UNKNOWN, Ending.LOST}
        if options.json:
            for trouble in result.troubles:
                say_trouble(trouble)
            return result, problem_of(result)
        try:
            await hand_over(session, result)
        except A360Error as problem:
            return result, problem
        say(result.sentence)
        return result, None


async def _sign_in(session: Session, found: Unfinished) -> None:
    """Sign in where that is needed or asked for, but not with a stored key, which may be the one that was replaced."""
    from a360tui.storage import SecretKind
    from a360tui.workflow.rotation import resume

    options, keeping, binding = session.options, session.keeping, session.binding
    sent = given(options)
    if sent is not None:
        await session.sign_in(Chosen(sent))
    elif found.needs_sign_in:
        chosen = await stored(options, keeping, binding, (SecretKind.PASSWORD,))
        if chosen is None and await resume(found, keeping, session.room):
            return
        await session.sign_in(chosen or Chosen(asked_password(options, binding.username)))


async def _take_key(session: Session) -> None:
    """The new key where none was stored on disk: the one that the person has and has signed in with."""
    from a360tui.storage import SecretKind

    if session.known_key is not None and is_in_memory(session.keeping):
        for kind in (SecretKind.API_KEY, SecretKind.PENDING_API_KEY):
            await session.keeping.store.put(session.binding, kind, session.known_key)


def _whose(found: Unfinished) -> dict[str, Any]:
    binding = found.binding
    return {
        "controlRoom": None if binding is None else binding.control_room,
        "username": None if binding is None else binding.username,
        "happened": found.happened,
        "known": found.known,
    }


def _document(found: Unfinished, result: RotationResult) -> dict[str, Any]:
    return {
        **_whose(found),
        "ending": result.ending.value,
        "sentence": result.sentence,
        "next": result.hint,
        **key_json(result),
        **({"answer": answer_text(result.answer)} if result.key is None and result.answer is not None else {}),
        "references": [
            {"id": each.reference.id, "kind": each.reference.kind, "label": each.reference.label}
            | {"state": each.stage.value, "sentence": each.sentence}
            for each in result.references
        ],
        "setAside": result.set_aside,
    }
