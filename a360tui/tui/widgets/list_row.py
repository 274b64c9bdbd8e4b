"""The columns and rows of a `PagedList`, and how columns share its width."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

Tone = Literal["", "warning", "accent"]
"""What the toned columns of a row are drawn in."""

_GAP = 2
_LEAST = 4


@dataclass(frozen=True)
class Column:
    """A column: its title, its width in cells (``None`` takes what is left), and the list's width it is shown from."""

    title: str
    width: int | None = None
    shown_from: int = 0
    toned: bool = False
    """Drawn in the tone of the row, if that has one."""


@dataclass(frozen=True)
class Row:
    """A row: what it is known by, its cells, and whatever its owner wants back."""

    key: str
    cells: tuple[str, ...]
    value: object = None
    dimmed: bool = False
    tone: Tone = ""


def column_widths(columns: Sequence[Column], width: int, indent: int) -> list[tuple[int, int]]:
    """Index and width of the columns that a list of ``width`` shows; the flexible ones share what is left."""
    shown = [(index, column) for index, column in enumerate(columns) if width >= column.shown_from]
    room = width - indent - _GAP * (len(shown) - 1)
    room -= sum(column.width for _, column in shown if column.width is not None)
    flexible = sum(column.width is None for _, column in shown) or 1
    return [(index, max(_LEAST, room // flexible) if column.width is None else column.width) for index, column in shown]


def cell(text: str, width: int) -> str:
    """The text in exactly ``width`` cells, a cut shown as ``…``."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, max(width - 1, 0)) + "…"


def line(segments: list[Segment], width: int, style: Style) -> Strip:
    """The segments as a line of exactly ``width`` cells."""
    return Strip(segments).adjust_cell_length(width, style)
