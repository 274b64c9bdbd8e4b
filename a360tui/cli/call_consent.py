"""The calls that the vendor does not publish, on the command line: which are in use, and consent to assumed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from a360tui.cli.consent import ask
from a360tui.cli.output import say, say_trouble
from a360tui.errors import A360Error

if TYPE_CHECKING:
    from a360tui.api import CallName
    from a360tui.cli.connection import Session


def agree_to_calls(session: Session, *names: CallName) -> None:
    """Let the session use the calls as they are known; where one is assumed, ask for consent once for a Control Room.

    ``--yes`` consents for this run only, and is not stored.
    """
    from a360tui.workflow.call_words import duration_call_words, generate_call_words
    from a360tui.workflow.dates import today

    known, options, room = session.book.known(), session.options, session.room
    room.calls = known.calls
    if not known.assumed(names):
        return
    if "generate" in names:
        say(f"The call that makes it is assumed, as the vendor does not publish it: {generate_call_words(room)}")
    else:
        say(f"The calls for the duration are assumed, as the vendor does not publish them: {duration_call_words(room)}")
    if known.agreed_on is not None:
        say(f"You agreed to that on {known.agreed_on:%Y-%m-%d}; to take it back: a360tui calls forget")
        return
    if options.yes:
        say("--yes allows assumed calls to be tried there, this once.")
        return
    ask(
        options,
        f"May assumed calls be tried on {room.address.display}? This is asked once for it. The way without guessing is "
        "a360tui calls learn.",
    )
    if not options.settings.read_only.value:
        session.book.agree(today())


def keep_what_worked(session: Session) -> None:
    """Store the assumed calls that have worked; a failure to do so is only reported."""
    from a360tui.workflow.dates import today

    if session.options.settings.read_only.value:
        return
    try:
        session.book.confirm(session.room, today())
    except A360Error as trouble:
        say_trouble(trouble)
