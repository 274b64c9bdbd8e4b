"""The question before a call that the vendor does not publish is used on somebody's Control Room."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from a360tui.tui.dialogs.confirm import ConfirmDialog, Facts


class AssumedCallDialog(ConfirmDialog):
    """Says which call is assumed and what may come of it; asked once a session."""

    def __init__(self, what: str, call: str, host: str) -> None:
        super().__init__("Use an assumed call?", "", "Do not use it", "Use it here", irreversible=True)
        self._what = what
        self._call = call
        self._host = host

    def compose_body(self) -> ComposeResult:
        """What is assumed, in words."""
        yield Static(
            Content(
                f"The vendor does not publish the call that {self._what}. a360tui assumes one, by analogy with "
                "the published calls. It has not been tried on your Control Room."
            ),
            markup=False,
        )
        yield Facts(("Control Room", self._host), ("Assumed call", self._call))
