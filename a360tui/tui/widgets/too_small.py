"""The sentence over everything where the terminal is smaller than any screen of ours."""

from textual import events
from textual.content import Content
from textual.widgets import Static

from a360tui.tui.terminal import LEAST_COLUMNS, LEAST_LINES


class TooSmall(Static):
    """Covers a screen that has less room than it needs; the app lets no key through then but the one that quits.

    ``app.tcss`` shows it by the breakpoints of the app.
    """

    DEFAULT_CSS = """
    TooSmall {
        layer: cover;
        display: none;
        width: 100%;
        height: 100%;
        content-align: center middle;
        text-align: center;
        background: $background;
        color: $foreground;
    }
    """

    def on_resize(self, event: events.Resize) -> None:
        """Say how large the terminal is, and how large it has to be."""
        here, least = f"{event.size.width}x{event.size.height}", f"{LEAST_COLUMNS}x{LEAST_LINES}"
        self.update(Content(f"This terminal is {here}.\na360tui needs {least}.\n\nMake it larger, or quit: ctrl+q"))
