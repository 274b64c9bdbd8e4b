"""The checklist on the home screen: each step with its state, one of them under the cursor."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from a360tui.tui.actions import actions_of, key_name
from a360tui.tui.checklist import ChecklistLine, LineState

_INDENT = 14
_KEYS = {action.name: key_name(action.keys) for action in actions_of("Workflow")}


class ChecklistView(Widget, can_focus=True):
    """Numbered steps; Enter or a click goes where the step's next action is."""

    DEFAULT_CSS = """
    ChecklistView {
        height: auto;
        & > .checklist--title { text-style: bold; }
        & > .checklist--muted { color: $text-muted; }
        & > .checklist--next { color: $accent; text-style: bold; }
        &:nocolor > .checklist--next { text-style: bold underline; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"checklist--title", "checklist--muted", "checklist--next"}
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "step", show=False),
        Binding("down,j", "move(1)", "step", show=False),
        Binding("enter", "choose", "next step"),
    ]

    lines: reactive[tuple[ChecklistLine, ...]] = reactive((), layout=True)
    cursor: reactive[int] = reactive(0)

    @dataclass
    class Chosen(Message):
        """A step was taken."""

        checklist: "ChecklistView"
        line: ChecklistLine

        @property
        def control(self) -> "ChecklistView":
            """The checklist."""
            return self.checklist

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """The lines of each step, and an empty one between two."""
        return sum(self._height(line) for line in self.lines) + max(0, len(self.lines) - 1)

    @staticmethod
    def _height(line: ChecklistLine) -> int:
        return len(line.text.splitlines()) + bool(line.next_label)

    def render(self) -> Content:
        """Draw the steps."""
        width = self.content_size.width
        drawn: list[Content] = []
        for index, line in enumerate(self.lines):
            if index:
                drawn.append(Content(""))
            drawn += self._draw(index, line, width)
        return Content("\n").join(drawn)

    def _draw(self, index: int, line: ChecklistLine, width: int) -> list[Content]:
        muted = self.get_visual_style("checklist--muted")
        head = f"{index + 1}  {line.title:<{_INDENT - 3}}"
        first, *more = line.text.splitlines() or [""]
        done = "✓ done" if line.state is LineState.DONE else ""
        gap = " " * max(1, width - _INDENT - cell_len(first) - len(done))
        text_style = muted if line.state in (LineState.WAITING, LineState.UNKNOWN) else ""
        drawn = [
            Content.assemble(
                (head, self.get_visual_style("checklist--title")), (first, text_style), gap, (done, muted)
            ).truncate(width)
        ]
        drawn += [Content.assemble(" " * _INDENT, (text, text_style)).truncate(width) for text in more]
        if line.next_label:
            here = index == self.cursor and self.has_focus
            label = ("> " if here else "  ") + line.next_label
            key = "enter" if here else _KEYS[line.action] if line.action else ""
            style = self.get_visual_style("checklist--next") if here else muted
            indent = " " * (_INDENT - 2)  # unstyled: without colours the style is a line beneath
            gap = " " * max(1, width - len(indent) - cell_len(label) - len(key))
            drawn.append(Content.assemble(indent, (label, style), gap, (key, style)).truncate(width))
        return drawn

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a step."""
        return max(0, min(cursor, len(self.lines) - 1))

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def to_next_step(self) -> None:
        """Put the cursor on the first step that is open, else on the first that leads somewhere."""
        wanted = [index for index, line in enumerate(self.lines) if line.state is LineState.OPEN and line.action]
        others = [index for index, line in enumerate(self.lines) if line.action]
        self.cursor = next(iter(wanted or others), 0)

    def action_move(self, by: int) -> None:
        """Move to the next step that leads somewhere."""
        index = self.cursor + by
        while 0 <= index < len(self.lines) and not self.lines[index].action:
            index += by
        if 0 <= index < len(self.lines):
            self.cursor = index

    def action_choose(self) -> None:
        """Take the step under the cursor."""
        if self.lines and self.lines[self.cursor].action:
            self.post_message(self.Chosen(self, self.lines[self.cursor]))

    def on_click(self, event: events.Click) -> None:
        """Take the step that was clicked."""
        offset = event.get_content_offset(self)
        start = 0
        for index, line in enumerate(self.lines):
            if offset is not None and start <= offset.y < start + self._height(line):
                self.cursor = index
                self.action_choose()
                return
            start += self._height(line) + 1
