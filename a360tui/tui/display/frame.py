"""What the terminal shows, and the shortest way from there to what it should show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from a360tui.tui.display.cells import PLAIN, Cell, Pen, cells_of, drawn, on_blanks

if TYPE_CHECKING:
    from rich.color import ColorSystem
    from textual.geometry import Size
    from textual.strip import Strip

    from a360tui.tui.first_frame import FirstFrame

_BRIDGE = 4
"""Cells that stand as they should and are sent once more, where that is no longer than to pass over them."""

_ERASED_FROM = 9
"""Blanks in a row from which on erasing and passing over them is shorter than to send them."""

_TO_THE_END = "\x1b[K"

_DOUBTED = (range(0x2000, 0x2E80), range(0x1F000, 0x20000))
"""Symbols of which terminals differ how wide they are: after a wide one the cursor's place is said, not assumed."""

Patch = tuple[int, int, "Strip"]
"""Column and line of its first cell, from 0, and what is to stand there."""


class Frame:
    """The cells that the terminal shows, as far as is known."""

    def __init__(self, *, erases_in_colour: bool) -> None:
        """``erases_in_colour``: the terminal fills what is erased with the background of the pen."""
        self._erases_in_colour = erases_in_colour
        self._lines: list[list[Cell | None]] = []
        self._width = 0

    def forget(self) -> None:
        """Nothing is known any more: another size, or somebody else drew."""
        self._lines = []

    def begin_with(self, there: FirstFrame) -> None:
        """Know what the first frame left on the terminal."""
        self._width = there.columns
        (blank,) = drawn(" ", there.background)
        self._lines = [[blank] * there.columns for _ in range(there.lines)]
        for piece in there.pieces:
            cells = list(drawn(piece.words, piece.pen))
            self._lines[piece.y][piece.x : piece.x + len(cells)] = cells

    def take(self, size: Size, patches: Iterable[Patch], color_system: ColorSystem) -> str:
        """What to send so that the patches stand on a terminal of this size; empty where they do already."""
        begin = ""
        if (self._width, len(self._lines)) != (size.width, size.height):
            self._width = size.width
            self._lines = [[None] * size.width for _ in range(size.height)]
        wanted: dict[int, list[Cell | None]] = {}
        for x, y, strip in patches:
            if 0 <= y < size.height:
                line = wanted.setdefault(y, list(self._lines[y]))
                new: list[Cell | None] = list(islice(cells_of(strip, color_system), max(0, size.width - x)))
                line[x : x + len(new)] = new
        if self._erases_in_colour and self._lines and all(line.count(None) == size.width for line in self._lines):
            begin = self._clear(wanted)
        drawing = _Drawing(size.width, erases=self._erases_in_colour)
        for y, line in sorted(wanted.items()):
            if line != self._lines[y]:
                drawing.line(y, self._lines[y], line)
                self._lines[y] = line
        return begin + drawing.text()

    def _clear(self, wanted: dict[int, list[Cell | None]]) -> str:
        """Fill the whole terminal with the blank that most cells are to hold."""
        blanks = Counter(cell for line in wanted.values() for cell in line if cell is not None and cell[0] == " ")
        if not blanks:
            return ""
        (blank, _), *_ = blanks.most_common(1)
        if blank[1] != Pen(background=blank[1].background):
            return ""
        for y, line in enumerate(self._lines):
            line[:] = [blank] * self._width
            if y in wanted:
                wanted[y] = [blank if cell is None else cell for cell in wanted[y]]
        return f"{blank[1].after(PLAIN)}\x1b[2J\x1b[0m"


class _Drawing:
    """Escape sequences and letters in the order in which the terminal gets them."""

    def __init__(self, width: int, *, erases: bool) -> None:
        self._width = width
        self._erases = erases
        self._parts: list[str] = []
        self._pen = PLAIN
        self._at: tuple[int, int] | None = None
        """Line and column of the cursor, where that is known."""

    def text(self) -> str:
        """All of it; the pen is put down at the end."""
        if self._parts:
            self._take(PLAIN)
        return "".join(self._parts)

    def line(self, y: int, before: list[Cell | None], after: list[Cell | None]) -> None:
        """Draw what differs in a line."""
        x = 0
        while x < self._width:
            if after[x] is None or after[x] == before[x]:
                x += 1
                continue
            x = self._run(y, x, before, after)

    def _run(self, y: int, x: int, before: list[Cell | None], after: list[Cell | None]) -> int:
        """Draw from a cell that differs to the last one before a stretch that does not; return where that begins."""
        start, pen = x, PLAIN
        while start and (cell := after[start]) is not None and not cell[0]:
            start -= 1
        end, same = x, 0
        while end < self._width and (cell := after[end]) is not None:
            if cell != before[end] or not cell[0]:
                same = 0
            elif same == _BRIDGE or (cell[1] is not pen and cell != (" ", on_blanks(pen))):
                break
            else:
                same += 1
            if cell[0] != " ":
                pen = cell[1]
            end += 1
        end -= same
        self._go(y, start)
        self._cells(y, start, [cell for cell in after[start:end] if cell is not None])
        return max(end, x + 1)

    def _cells(self, y: int, x: int, cells: list[Cell]) -> None:
        """Draw cells from where the cursor is."""
        index, length = 0, len(cells)
        while index < length:
            text, pen = cell = cells[index]
            start = index
            index += 1
            if text == " ":
                if pen is not self._pen and pen is not on_blanks(self._pen):
                    self._take(pen)
                if self._erases and pen.is_background:
                    while index < length and cells[index] == cell:
                        index += 1
                    self._blanks(index - start, to_the_end=x + index == self._width, last=index == length)
                else:
                    self._parts.append(text)
                continue
            self._take(pen)
            self._parts.append(text)
            if (index < length and not cells[index][0]) or len(text) > 1:
                while index < length and not cells[index][0]:
                    index += 1
                if len(text) > 1 or any(ord(text) in symbols for symbols in _DOUBTED):
                    self._at = None
                    self._go(y, min(x + index, self._width - 1))
        self._at = None if cells[-1][0] == " " else (y, x + length)

    def _blanks(self, length: int, *, to_the_end: bool, last: bool) -> None:
        if to_the_end and length >= len(_TO_THE_END):
            self._parts.append(_TO_THE_END)
        elif length < _ERASED_FROM:
            self._parts.append(" " * length)
        else:
            self._parts.append(f"\x1b[{length}X")
            if not last:
                self._parts.append(f"\x1b[{length}C")

    def _go(self, y: int, x: int) -> None:
        if self._at == (y, x):
            return
        if self._at is not None and self._at[0] == y and self._at[1] < x:
            by = x - self._at[1]
            self._parts.append(f"\x1b[{by if by > 1 else ''}C")
        else:
            self._parts.append(f"\x1b[{y + 1};{x + 1}H")
        self._at = (y, x)

    def _take(self, pen: Pen) -> None:
        if pen is not self._pen:
            self._parts.append(pen.after(self._pen))
            self._pen = pen
