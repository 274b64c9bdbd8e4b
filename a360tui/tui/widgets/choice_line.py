"""One of a few, side by side: ``Sign in with   (•) password   ( ) API key``."""

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

_LABEL_WIDTH = 14
_GAP = 3


class ChoiceLine(Widget, can_focus=True):
    """Options side by side, those that do not fit beneath the others; left and right, space or a click choose."""

    DEFAULT_CSS = """
    ChoiceLine {
        height: auto;
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
        self.options = options
        self.set_reactive(ChoiceLine.index, index)

    @property
    def value(self) -> str:
        """The chosen option."""
        return self.options[self.index]

    def choose(self, value: str) -> None:
        """Choose an option by its words."""
        self.index = self.options.index(value)

    def _pieces(self) -> list[str]:
        return [f"({'•' if index == self.index else ' '}) {option}" for index, option in enumerate(self.options)]

    def _rows(self, width: int) -> list[list[int]]:
        """The options, by their index, that stand in each line of this width."""
        rows: list[list[int]] = [[]]
        left = width - _LABEL_WIDTH
        for index, piece in enumerate(self._pieces()):
            if rows[-1] and cell_len(piece) > left:
                rows.append([])
                left = width - _LABEL_WIDTH
            rows[-1].append(index)
            left -= cell_len(piece) + _GAP
        return rows

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's signature
        """All options in one line."""
        return _LABEL_WIDTH + sum(map(cell_len, self._pieces())) + _GAP * (len(self.options) - 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - as above
        """As many lines as the options need."""
        return len(self._rows(width))

    def render(self) -> Content:
        """Draw the label and the options."""
        label_style = self.get_visual_style("choice-line--label")
        chosen_style = self.get_visual_style("choice-line--cursor" if self.has_focus else "choice-line--chosen")
        parts = [
            Content.assemble((piece, chosen_style) if index == self.index else piece)
            for index, piece in enumerate(self._pieces())
        ]
        lines = [
            Content.assemble(
                (self._label if not number else "").ljust(_LABEL_WIDTH),
                Content(" " * _GAP).join([parts[index] for index in row]),
            )
            for number, row in enumerate(self._rows(self.content_size.width))
        ]
        return Content("\n").join(lines).stylize(label_style, 0, _LABEL_WIDTH)

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
        self.index = (self.index + by) % len(self.options)

    def on_click(self, event: events.Click) -> None:
        """Choose the option that was clicked."""
        offset = event.get_content_offset(self)
        rows = self._rows(self.content_size.width)
        if offset is None or offset.y >= len(rows):
            return
        start, pieces = _LABEL_WIDTH, self._pieces()
        for index in rows[offset.y]:
            if start <= offset.x < start + cell_len(pieces[index]):
                self.index = index
                return
            start += cell_len(pieces[index]) + _GAP
