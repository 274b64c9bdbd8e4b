"""Draw the first frame before anything heavy is imported; what is typed meanwhile waits for the screens.

Imports only the lightest modules of the standard library and nothing of the product. `begin` draws and keeps what is
typed in the terminal's queue, `Handover` tells the driver what was drawn, `end` restores the terminal where no driver
did.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from types import FrameType
from typing import Any, NamedTuple, NoReturn

PITCH = (
    "Get an Automation 360 API key from the terminal.",
    "The demo has its own Control Room, on this machine. Nothing leaves it.",
)
STORY = (
    "The story has two people. Start as the administrator, who lets others have",
    "keys; then switch to the bot creator, who makes one.",
)
SIGN_IN = "Sign in to a Control Room"

_WITH_VALUE = {"--control-room", "--username", "--ca-file", "--profile"}
_DEMO_WITH_VALUE = {"--users", "--release"}

_LEAST = (78, 24)
"""The columns and lines that it takes for the first screen to look as it is drawn here."""

_MOST = (1000, 500)
"""More columns and lines than any terminal has; of one that says it has, the upper left part is drawn on."""

COLOURS = {
    "text": ("#dfe3ea", 188),
    "muted": ("#97a1b0", 247),
    "background": ("#11141a", 16),
    "surface": ("#1b2029", 16),
    "accent": ("#6cb6ff", 75),
}
"""The colours of the dark theme, with which every start begins: in full, and the nearest of 256."""

_BACK = "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[<u\x1b[?7h\x1b[m\x1b[?1049l\x1b[?25h"
"""Resets whatever the driver may have set; a terminal where it is not set ignores this."""


class Piece(NamedTuple):
    """Some words on a line, with their SGR parameters."""

    x: int
    y: int
    words: str
    pen: str


class Handover(NamedTuple):
    """What was drawn on the terminal, and how the terminal was before."""

    columns: int
    lines: int
    background: str
    """The SGR parameters of all other cells."""
    pieces: tuple[Piece, ...]
    attributes: list[Any]
    """The result of ``tcgetattr`` before the first frame."""


_lit: Handover | None = None
_taken = False


def opens_screens(arguments: Sequence[str]) -> bool:
    """Whether these arguments open the screens, as far as can be told without parsing them."""
    left = list(arguments)
    with_value = _WITH_VALUE
    if left[:1] == ["demo"]:
        del left[0]
        with_value = _DEMO_WITH_VALUE
    while left and left[0] in with_value:
        del left[:2]
    return not left


def believed(columns: int, lines: int) -> tuple[int, int]:
    """The size of a terminal, as far as what it says of that can be."""
    return min(columns, _MOST[0]), min(lines, _MOST[1])


def begin(arguments: Sequence[str]) -> None:
    """Draw the first frame where the arguments open the screens and there is a terminal for them."""
    global _lit  # noqa: PLW0603 - there is one terminal
    if not opens_screens(arguments) or sys.platform == "win32" or os.environ.get("TERM", "dumb") == "dumb":
        return
    import termios

    try:
        columns, lines = believed(*os.get_terminal_size(2))
        before = termios.tcgetattr(0)
        raw = termios.tcgetattr(0)
    except (OSError, termios.error):
        return
    if not (columns and lines):
        return  # a terminal that does not know its size
    if sys.stderr.encoding.lower() not in {"utf-8", "utf8"}:
        return  # the screens will not open there
    # As the driver will have it: no echo, no lines, no signals by key; the bytes wait in the queue.
    raw[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    raw[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    pieces = tuple(_pieces(columns, lines, is_demo=arguments[:1] == ["demo"]))
    background = _pen("background", "background") if erases_in_colour() else ""
    _lit = Handover(columns, lines, background, pieces, before)
    for name in ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"):
        signal.signal(getattr(signal, name), _ended)
    cleared = f"\x1b[?1049h\x1b[?25l\x1b[{background}m\x1b[2J"
    words = "".join(f"\x1b[{each.y + 1};{each.x + 1}H\x1b[0;{each.pen}m{each.words}" for each in pieces)

    def draw() -> None:
        termios.tcsetattr(0, termios.TCSANOW, raw)
        _put(f"{cleared}{words}\x1b[m")

    def stop(_number: int, _frame: FrameType | None) -> None:
        _put(_BACK)
        termios.tcsetattr(0, termios.TCSANOW, before)
        os.kill(os.getpid(), signal.SIGSTOP)
        draw()

    signal.signal(signal.SIGTSTP, stop)
    draw()


def standing() -> Handover | None:
    """What is on the terminal now; ``None`` without a first frame."""
    return _lit


def take() -> Handover | None:
    """Hand over what was drawn to the driver that continues from it; once."""
    global _taken  # noqa: PLW0603 - there is one terminal
    handover = None if _taken else _lit
    _taken = True
    return handover


def given_back() -> None:
    """Note that the driver has restored the terminal itself."""
    global _lit  # noqa: PLW0603 - there is one terminal
    _lit = None


def end() -> None:
    """Restore the terminal, unless that is done; call it before anything is printed."""
    if _lit is None:
        return
    import termios

    _put(_BACK)
    with suppress(termios.error):  # the terminal is gone
        termios.tcsetattr(0, termios.TCSANOW, _lit.attributes)
    given_back()


def erases_in_colour() -> bool:
    """Whether this kind of terminal is known to erase with the current background colour (*bce*)."""
    try:
        import curses

        curses.setupterm(fd=2)
    except (ImportError, OSError, curses.error):
        return False
    return bool(curses.tigetflag("bce") > 0 and curses.tigetstr("ech"))


def _ended(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _put(text: str) -> None:
    with suppress(OSError):
        os.write(2, text.encode())


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
