"""A rotation that was begun and not finished: what happened, what is known, and finishing it."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from a360tui.tui.dialogs.confirm import ConfirmDialog, Facts
from a360tui.workflow.rotation import Unfinished


class UnfinishedDialog(ConfirmDialog):
    """Asks whether to finish it now; that asks for no other key and loses nothing."""

    BEGINS_ON = "other"

    def __init__(self, found: Unfinished) -> None:
        super().__init__("An unfinished rotation", "", "Later", "Finish it")
        self._found = found

    def compose_body(self) -> ComposeResult:
        """The three sentences of it."""
        yield Static(Content(self._found.happened), markup=False)
        yield Facts(("Known", self._found.known), ("Next", self._found.next))
