"""The lines of a rotation, each ticked off as it is done."""

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from a360tui.tui.widgets.plan_view import STEP_WORDS
from a360tui.workflow.plan import StepState
from a360tui.workflow.rotation import Mark

_WORDS = STEP_WORDS | {StepState.PLANNED: "·"}
_WIDTH = 12


class MarksView(Static):
    """One line a step; where something went wrong, what it was beneath it."""

    DEFAULT_CSS = """
    MarksView {
        height: auto;
        & > .marks-view--word { color: $text-muted; }
        & > .marks-view--wrong { color: $warning; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"marks-view--word", "marks-view--wrong"}

    marks: reactive[tuple[Mark, ...]] = reactive((), always_update=True, layout=True)

    def follow(self, mark: Mark) -> None:
        """Take a mark's new state; one that is not known yet is added."""
        known = {each.id: each for each in self.marks}
        known[mark.id] = mark
        self.marks = tuple(known.values())

    def render(self) -> Content:
        """Draw the lines."""
        return Content("\n").join(_lines(self, self.marks))


def _lines(view: MarksView, marks: Sequence[Mark]) -> list[Content]:
    lines: list[Content] = []
    for mark in marks:
        wrong = mark.state in (StepState.FAILED, StepState.UNKNOWN)
        style = view.get_visual_style("marks-view--wrong" if wrong else "marks-view--word")
        lines.append(Content.assemble((f"{_WORDS[mark.state]:<{_WIDTH}}", style), mark.words))
        if mark.note and wrong:
            lines.append(Content.assemble(" " * _WIDTH, (mark.note, style)))
    return lines
