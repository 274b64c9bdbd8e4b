"""How far a reading is: a bar, its numbers, and how it is stopped."""

from typing import ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

_STOPS = "esc stops"
_LONGEST_BAR = 40


class ProgressLine(Widget):
    """While something is read one line of how far it is, else a sentence of its owner, which takes what it needs."""

    DEFAULT_CSS = """
    ProgressLine {
        height: auto;
        min-height: 1;
        color: $text-muted;
        & > .progress-line--done { color: $accent; }
        &.warning { color: $warning; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"progress-line--done"}
    ALLOW_SELECT = False

    progress: reactive[tuple[int, int] | None] = reactive(None)
    """How many of how many; ``None`` where nothing is under way."""
    sentence: reactive[str] = reactive("", layout=True)

    def render(self) -> Content:
        """Draw it."""
        if self.progress is None:
            return Content(self.sentence)
        done, total = self.progress
        words = f"  {done:,} of {total:,} read"
        room = self.content_size.width - cell_len(words) - len(_STOPS) - 2
        size = max(0, min(_LONGEST_BAR, room))
        filled = size * done // total if total else 0
        gap = " " * max(2, self.content_size.width - size - cell_len(words) - len(_STOPS))
        style = self.get_visual_style("progress-line--done")
        return Content.assemble(("▓" * filled, style), "░" * (size - filled), words, gap, _STOPS)
