"""Whose keys end when, as bars: those that have ended, then the next weeks one by one, each with its number."""

from datetime import timedelta
from typing import ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from a360tui.workflow.inventory import WEEKS, Inventory
from a360tui.workflow.key import KeyState

_WEEK = timedelta(days=7)
EIGHTHS = " ▁▂▃▄▅▆▇█"
_ENDED = 7
"""Cells of the column of those that have ended; its word is the longest."""
_WEEKS_COLUMN = (7, 5)
"""Cells of the column of a week, where there is room and where there is less; odd, so that a bar has a middle."""
_WORD = 5
"""Cells of the word after a line."""


def spark(counts: tuple[int, ...]) -> str:
    """The counts in one line, a cell each; the number stands beside it, since a cell says only more or less."""
    most = max(counts, default=0)
    return "".join(EIGHTHS[1 + (count * 7 + most - 1) // most if count else 1] for count in counts) if most else ""


class KeyWeeks(Widget):
    """Bars over their numbers over their weeks; where there is little room one line of them."""

    DEFAULT_CSS = """
    KeyWeeks {
        height: auto;
        text-wrap: nowrap;
        & > .key-weeks--bar { color: $success; }
        & > .key-weeks--ended { color: $warning; }
        & > .key-weeks--ending { color: $accent; }
        & > .key-weeks--word { color: $text-muted; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "key-weeks--bar",
        "key-weeks--ended",
        "key-weeks--ending",
        "key-weeks--word",
    }
    ALLOW_SELECT = False

    inventory: reactive[Inventory | None] = reactive(None)
    bar_height: reactive[int] = reactive(2, layout=True)
    """Lines of the highest bar; with none the bars are one line, beside their words."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """The bars, their numbers and their weeks."""
        return self.bar_height + 2 if self.bar_height and _column(width) else 1

    def render(self) -> Content:
        """Draw the bars."""
        inventory = self.inventory
        if inventory is None:
            return Content("")
        ended, weeks, word = inventory.count(KeyState.ENDED), inventory.weeks, self._style("word")
        column = _column(self.content_size.width)
        if not self.bar_height or not column:
            words = f"ended {ended:,}   next {WEEKS} weeks {sum(weeks):,}   "
            return Content.assemble((words, word), (spark(weeks), self._style("bar")))
        counts, sizes = (ended, *weeks), (_ENDED, *(column for _ in weeks))
        ending = [self._style("ending" if week * _WEEK < inventory.within else "bar") for week in range(WEEKS)]
        styles = (self._style("ended"), *ending)
        most = max(counts) or 1
        lines: list[Content] = []
        for line in reversed(range(self.bar_height)):
            levels = [-(-count * self.bar_height * 8 // most) - 8 * line for count in counts]
            bars = [EIGHTHS[max(0, min(8, level))] * (column - 2) for level in levels]
            cells = [(bar.center(size), style) for bar, size, style in zip(bars, sizes, styles, strict=True)]
            lines.append(Content.assemble(*cells))
        numbers = [
            (f"{count:,}".center(size), "" if count else word) for count, size in zip(counts, sizes, strict=True)
        ]
        names = ("ended", *(str(week) for week in range(1, WEEKS + 1)))
        named = "".join(name.center(size) for name, size in zip(names, sizes, strict=True))
        lines += [Content.assemble(*numbers, ("keys", word)), Content.assemble((f"{named}weeks", word))]
        return Content("\n").join(lines)

    def _style(self, name: str) -> Style:
        return self.get_visual_style(f"key-weeks--{name}")


def _column(width: int) -> int:
    """Cells of the column of a week; 0 where there is no room for columns."""
    return next((column for column in _WEEKS_COLUMN if _ENDED + column * WEEKS + _WORD <= width), 0)
