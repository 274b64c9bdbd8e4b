"""The sentence over everything where the terminal is smaller than any screen of ours."""

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

LEAST = Size(60, 20)
"""The smallest terminal that shows a screen."""


class TooSmall(Static):
    """Covers a screen below `LEAST`; while it does, the app lets no key through but the one that quits.

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
        here, least = (f"{size.width}x{size.height}" for size in (event.size, LEAST))
        self.update(Content(f"This terminal is {here}.\na360tui needs {least}.\n\nMake it larger, or quit: ctrl+q"))
