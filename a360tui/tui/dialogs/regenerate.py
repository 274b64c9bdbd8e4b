"""The regenerate confirmation: what dies, and what nobody but the person knows."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from a360tui.tui.dialogs.confirm import ConfirmDialog, Facts
from a360tui.workflow.dates import age_words, date_stamp
from a360tui.workflow.key import KeyState, KeyStatus


class RegenerateDialog(ConfirmDialog):
    """Asks whether the key that exists may die; the focus is on keeping it."""

    def __init__(self, status: KeyStatus) -> None:
        super().__init__("Regenerate your API key?", "", "Keep the old key", "Regenerate", irreversible=True)
        self._status = status

    def compose_body(self) -> ComposeResult:
        """What happens to the key, in words."""
        yield Static(Content(self._consequence()), markup=False)
        yield Facts(
            ("Stops at once", "every place that holds the old key"),
            ("Not known to us", "which places those are: carry the new key to each of them"),
        )

    def _consequence(self) -> str:
        status = self._status
        if status.state is KeyState.NOT_VISIBLE or status.created_on is None:
            return "If you have an API key, it stops working at once, everywhere it is used. This cannot be undone."
        made = f"The key made {date_stamp(status.created_on)} ({age_words(status.created_on, status.now)})"
        if status.state is KeyState.ENDED:
            return f"{made} has ended already. A new one takes its place. This cannot be undone."
        return f"{made} stops working at once, everywhere it is used. This cannot be undone."
