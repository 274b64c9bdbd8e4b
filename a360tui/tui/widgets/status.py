"""The line in which a form says how it stands."""

from textual.visual import VisualType
from textual.widgets import Static


class Status(Static):
    """Comes into sight when it says something, as long as that is."""

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Say something, or nothing."""
        super().update(content, layout=layout)
        if content:
            self.call_after_refresh(self.scroll_visible, animate=False)

    def on_resize(self) -> None:
        """Show all of it: how many lines it takes is known later where a dialog is still before the form."""
        if self.content:
            self.scroll_visible(animate=False)
