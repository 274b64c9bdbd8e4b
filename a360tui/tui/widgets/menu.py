"""A short list of things to do next, one of them under the cursor."""

from collections.abc import Callable, Sequence
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

_MARK = 2
"""Cells before a label, for the ``>`` of the cursor."""
_SEEN = 20
"""Cells of the words beside that no label takes away."""


@dataclass(frozen=True)
class Choice:
    """One line: what it is known by, what it says, and dim words beside it."""

    name: str
    label: str
    beside: str = ""
    gap_before: bool = False
    """An empty line above it, to set it apart."""


class Menu(Widget, can_focus=True):
    """Choices one under the other; Enter or a click chooses."""

    DEFAULT_CSS = """
    Menu {
        height: auto;
        & > .menu--cursor { color: $accent; text-style: bold; }
        & > .menu--beside { color: $text-muted; }
        & > .menu--not-now { color: $text-disabled; text-style: dim; }
        &:nocolor > .menu--cursor { text-style: bold underline; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"menu--cursor", "menu--beside", "menu--not-now"}
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "move", key_display="↑↓"),
        Binding("down,j", "move(1)", "move", show=False),
        Binding("enter", "choose", "choose"),
    ]

    cursor: reactive[int] = reactive(0)
    choices: reactive[tuple[Choice, ...]] = reactive((), layout=True)

    @dataclass
    class Chosen(Message):
        """A choice was taken."""

        menu: "Menu"
        choice: Choice

        @property
        def control(self) -> "Menu":
            """The menu."""
            return self.menu

    def __init__(self, choices: Sequence[Choice] = (), *, label_width: int = 26, id: str | None = None) -> None:
        super().__init__(id=id)
        self._label_width = label_width
        self.why_not: Callable[[str], str] = lambda _name: ""
        """Why a choice of this name cannot be taken now; a dimmed one can be taken all the same, to be told that."""
        self.set_reactive(Menu.choices, tuple(choices))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """A line a choice, and the gaps."""
        return sum(1 + choice.gap_before for choice in self.choices)

    def render(self) -> Content:
        """Draw the choices, the one under the cursor marked by ``>`` and the accent."""
        cursor_style = self.get_visual_style("menu--cursor")
        beside_style = self.get_visual_style("menu--beside")
        not_now_style = self.get_visual_style("menu--not-now")
        width = self.content_size.width
        label_width = self._label_column(width - _MARK)
        lines: list[Content] = []
        for index, choice in enumerate(self.choices):
            if choice.gap_before:
                lines.append(Content(""))
            here = index == self.cursor and self.has_focus
            room = label_width - 1 if choice.beside else width
            words = Content(choice.label).truncate(room, ellipsis=True).plain
            label = f"{'> ' if here else '  '}{words}"
            gap = " " * (label_width - cell_len(words)) if choice.beside else ""
            if self.why_not(choice.name):
                line = Content.styled(f"{label}{gap}{choice.beside}", not_now_style)
            else:
                line = Content.assemble((label, cursor_style) if here else label, gap, (choice.beside, beside_style))
            lines.append(line.truncate(width, ellipsis=True))
        return Content("\n").join(lines)

    def _label_column(self, room: int) -> int:
        """Cells for the labels: as wide as they need, but not so wide that short words beside them are not seen."""
        besides = [choice for choice in self.choices if choice.beside]
        needed = max((cell_len(choice.label) + 2 for choice in besides), default=0)
        kept = min(max((cell_len(choice.beside) for choice in besides), default=0), _SEEN)
        return min(max(self._label_width, needed), max(room - kept, room // 2))

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a choice."""
        return max(0, min(cursor, len(self.choices) - 1))

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.cursor += by

    def action_choose(self) -> None:
        """Take the choice under the cursor."""
        if self.choices:
            self.post_message(self.Chosen(self, self.choices[self.cursor]))

    def on_click(self, event: events.Click) -> None:
        """Take the choice that was clicked."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        line = 0
        for index, choice in enumerate(self.choices):
            line += choice.gap_before
            if line == offset.y:
                self.cursor = index
                self.action_choose()
                return
            line += 1
