"""The first frame: the top and the bottom line, and the words of the first screen in their places."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

PITCH = (
    "Get an Automation 360 API key from the terminal.",
    "The demo has its own Control Room, on this machine. Nothing leaves it.",
)
STORY = (
    "The story has two people. Start as the administrator, who lets others have",
    "keys; then switch to the bot creator, who makes one.",
)
SIGN_IN = "Sign in to a Control Room"

_LEAST = (78, 24)
"""The columns and lines that it takes for the first screen to look as it is drawn here."""

COLOURS = {
    "text": ("#dfe3ea", 188),
    "muted": ("#97a1b0", 247),
    "background": ("#11141a", 16),
    "surface": ("#1b2029", 16),
    "accent": ("#6cb6ff", 75),
}
"""The colours of the dark theme, with which every start begins: in full, and the nearest of 256."""


class Piece(NamedTuple):
    """Some words on a line, with their SGR parameters."""

    x: int
    y: int
    words: str
    pen: str


class FirstFrame(NamedTuple):
    """What is drawn on the terminal."""

    columns: int
    lines: int
    background: str
    """The SGR parameters of all other cells."""
    pieces: tuple[Piece, ...]

    @property
    def sequence(self) -> str:
        """What is sent to draw it on the alternate screen."""
        cleared = f"\x1b[?1049h\x1b[?25l\x1b[{self.background}m\x1b[2J"
        words = "".join(f"\x1b[{each.y + 1};{each.x + 1}H\x1b[0;{each.pen}m{each.words}" for each in self.pieces)
        return f"{cleared}{words}\x1b[m"


def first_frame(columns: int, lines: int, *, is_demo: bool) -> FirstFrame:
    """The frame for a terminal of this size."""
    background = _pen("background", "background") if erases_in_colour() else ""
    return FirstFrame(columns, lines, background, tuple(_pieces(columns, lines, is_demo=is_demo)))


def erases_in_colour() -> bool:
    """Whether this kind of terminal is known to erase with the current background colour (*bce*)."""
    try:
        import curses

        curses.setupterm(fd=2)
    except (ImportError, OSError, curses.error):
        return False
    return bool(curses.tigetflag("bce") > 0 and curses.tigetstr("ech"))


def _pen(foreground: str, background: str, *attributes: str) -> str:
    """SGR parameters in the colours that this terminal has; without colours, the attributes only."""
    parameters = list(attributes)
    for kind, name in (("38", foreground), ("48", background)):
        full, nearest = COLOURS[name]
        if "NO_COLOR" in os.environ:
            continue
        if os.environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
            parameters += [kind, "2", *(str(int(full[at : at + 2], 16)) for at in (1, 3, 5))]
        elif os.environ.get("TERM", "").endswith("256color"):
            parameters += [kind, "5", str(nearest)]
    return ";".join(parameters)


def _pieces(columns: int, lines: int, *, is_demo: bool) -> Iterator[Piece]:
    """The top and the bottom line, and the words of the first screen in their places."""
    bar = _pen("muted", "surface")
    yield Piece(0, 0, f"{' a360tui':{columns}}"[:columns], bar)
    if is_demo and columns >= _LEAST[0]:
        yield Piece(columns - 7, 0, " DEMO ", _pen("background", "accent", "1"))
    yield Piece(0, lines - 1, " " * columns, bar)
    if columns < _LEAST[0] or lines < _LEAST[1]:
        return
    if is_demo:
        for y, words in enumerate(PITCH, 3):
            yield Piece(3, y, words, _pen("text", "background", "1"))
        for y, words in enumerate(STORY, 6):
            yield Piece(3, y, words, _pen("muted", "background"))
    else:
        yield Piece(3, 2, SIGN_IN, _pen("text", "background", "1"))
