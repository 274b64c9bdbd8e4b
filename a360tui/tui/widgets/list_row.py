"""The columns and rows of a `PagedList`."""

from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size


@dataclass(frozen=True)
class Column:
    """A column: its title, its width in cells (``None`` takes what is left), and the list's width it is shown from."""

    title: str
    width: int | None = None
    shown_from: int = 0


@dataclass(frozen=True)
class Row:
    """A row: what it is known by, its cells, and whatever its owner wants back."""

    key: str
    cells: tuple[str, ...]
    value: object = None
    dimmed: bool = False


def cell(text: str, width: int) -> str:
    """The text in exactly ``width`` cells, a cut shown as ``…``."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, max(width - 1, 0)) + "…"
