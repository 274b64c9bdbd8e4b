"""The question before a call that the vendor does not publish is used on somebody's Control Room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from a360tui.errors import A360Error
from a360tui.tui.dialogs.confirm import ConfirmDialog, Facts
from a360tui.tui.widgets.button import Button
from a360tui.workflow.call_words import duration_call_words, generate_call_words
from a360tui.workflow.dates import today

if TYPE_CHECKING:
    from a360tui.api import CallName
    from a360tui.tui.screen import A360Screen


async def agreed_to_calls(screen: A360Screen, *names: CallName) -> bool:
    """Whether calls may be used; where one is assumed, the person is asked, once for a Control Room. In a worker only.

    Raises `StorageError`, and `InvalidInput` where the file of the calls is to be corrected.
    """
    session = screen.session
    if session.may_use(*names):
        return True
    host = session.destination.address.display
    if "generate" in names:
        dialog = AssumedCallDialog("makes the key", generate_call_words(session.room), host)
    else:
        dialog = AssumedCallDialog("reads and sets the duration", duration_call_words(session.room), host)
    if await screen.a360.push_screen_wait(dialog):
        session.book.agree(today())
        return True
    if not dialog.wants_to_learn:
        return False
    from a360tui.tui.screens.calls import CallsScreen

    await screen.a360.push_screen_wait(CallsScreen())
    return session.may_use(*names)


def keep_what_worked(screen: A360Screen) -> None:
    """Keep the assumed calls that did here what they are for; where that fails, it is said and nothing else."""
    session = screen.session
    if session.is_demo:
        return
    try:
        session.book.confirm(session.room, today())
    except A360Error as trouble:
        screen.a360.show_error(trouble)


class AssumedCallDialog(ConfirmDialog):
    """Says which call is assumed, what may come of it, and that there is a way without guessing."""

    def __init__(self, what: str, call: str, host: str) -> None:
        super().__init__("Use an assumed call?", "", "Do not use it", "Use it here", irreversible=True)
        self._what = what
        self._call = call
        self._host = host
        self.wants_to_learn = False
        """The answer was to learn the call from a browser."""

    def compose_body(self) -> ComposeResult:
        """What is assumed, in words."""
        yield Static(
            Content(
                f"The vendor does not publish the call that {self._what}, so a360tui assumes one, by analogy with "
                "the published calls. It has not been tried on your Control Room. If it is wrong, the Control Room "
                "answers that there is no such call, and nothing happens.\n\n"
                "To avoid guessing, press the button once in a browser and let a360tui learn the call.\n\n"
                "You are asked once for this Control Room; to take a yes back, press c on the workflow."
            ),
            markup=False,
        )
        yield Facts(("Control Room", self._host), ("Assumed call", self._call))

    def compose_answers(self) -> ComposeResult:
        """The way without guessing."""
        yield Button("Learn it …", id="learn")

    @on(Button.Pressed, "#learn")
    def _learn_pressed(self) -> None:
        self.wants_to_learn = True
        self.dismiss(False)
