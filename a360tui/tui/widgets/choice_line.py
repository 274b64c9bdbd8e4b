"""One of a few, on one line: ``Sign in with   (•) password   ( ) API key``."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

_LABEL_WIDTH = 14


class ChoiceLine(Widget, can_focus=True):
    """Options side by side; left and right, space or a click choose."""

    DEFAULT_CSS = """
    ChoiceLine {
        height: 1;
        text-wrap: nowrap;
        & > .choice-line--label { color: $text-muted; }
        & > .choice-line--chosen { text-style: bold; }
        & > .choice-line--cursor { color: $accent; text-style: bold; }
        &:nocolor > .choice-line--cursor { text-style: bold underline; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice-line--label", "choice-line--chosen", "choice-line--cursor"}
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "move(-1)", "choose", show=False),
        Binding("right,down,space", "move(1)", "choose", show=False),
    ]

    index: reactive[int] = reactive(0)

    @dataclass
    class Changed(Message):
        """Another option is chosen."""

        choice_line: "ChoiceLine"
        value: str

        @property
        def control(self) -> "ChoiceLine":
            """The widget."""
            return self.choice_line

    def __init__(self, label: str, options: tuple[str, ...], *, index: int = 0, id: str | None = None) -> None:
        super().__init__(id=id)
        self._label = label
        self._options = options
        self.set_reactive(ChoiceLine.index, index)

    @property
    def value(self) -> str:
        """The chosen option."""
        return self._options[self.index]

    def choose(self, value: str) -> None:
        """Choose an option by its words."""
        self.index = self._options.index(value)

    def _pieces(self) -> list[str]:
        return [f"({'•' if index == self.index else ' '}) {option}" for index, option in enumerate(self._options)]

    def render(self) -> Content:
        """Draw the label and the options."""
        label_style = self.get_visual_style("choice-line--label")
        chosen_style = self.get_visual_style("choice-line--cursor" if self.has_focus else "choice-line--chosen")
        parts: list[Content] = []
        for index, piece in enumerate(self._pieces()):
            parts.append(Content.assemble((piece, chosen_style) if index == self.index else piece))
        label = self._label + " " * (_LABEL_WIDTH - cell_len(self._label))
        return Content.assemble((label, label_style), Content("   ").join(parts))

    def watch_index(self) -> None:
        """Tell the owner."""
        self.post_message(self.Changed(self, self.value))

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def action_move(self, by: int) -> None:
        """Choose the next or the previous option, around the end."""
        self.index = (self.index + by) % len(self._options)

    def on_click(self, event: events.Click) -> None:
        """Choose the option that was clicked."""
        offset = event.get_content_offset(self)
        start = _LABEL_WIDTH
        for index, piece in enumerate(self._pieces()):
            if offset is not None and start <= offset.x < start + cell_len(piece):
                self.index = index
                return
            start += cell_len(piece) + 3
