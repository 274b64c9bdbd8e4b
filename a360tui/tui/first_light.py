"""Draw the first frame before anything heavy is imported; what is typed meanwhile waits for the screens.

`begin` draws and keeps what is typed in the terminal's queue, `standing` and `take` are for what continues from there,
`end` restores the terminal where no driver did. Every command imports this module, so it needs nothing that Python has
not loaded at its start.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType
    from typing import Any, NoReturn

    from a360tui.tui.first_frame import FirstFrame

_WITH_VALUE = {"--control-room", "--username", "--ca-file", "--profile"}
_DEMO_WITH_VALUE = {"--users", "--release"}

_MOST = (1000, 500)
"""More columns and lines than any terminal has; of one that says it has, the upper left part is drawn on."""

_BACK = "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[<u\x1b[?7h\x1b[m\x1b[?1049l\x1b[?25h"
"""Resets whatever the driver may have set; a terminal where it is not set ignores this."""


_lit: FirstFrame | None = None
_before: list[Any] = []
"""The result of ``tcgetattr`` before the first frame."""
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
    global _lit, _before
    if not opens_screens(arguments) or sys.platform == "win32" or os.environ.get("TERM", "dumb") == "dumb":
        return
    import signal
    import termios

    from a360tui.tui.first_frame import first_frame

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
    frame = first_frame(columns, lines, is_demo=arguments[:1] == ["demo"])
    _lit, _before = frame, before
    for name in ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"):
        signal.signal(getattr(signal, name), _ended)

    def draw() -> None:
        termios.tcsetattr(0, termios.TCSANOW, raw)
        _put(frame.sequence)

    def stop(_number: int, _frame: FrameType | None) -> None:
        _put(_BACK)
        termios.tcsetattr(0, termios.TCSANOW, before)
        os.kill(os.getpid(), signal.SIGSTOP)
        draw()

    signal.signal(signal.SIGTSTP, stop)
    draw()


def standing() -> FirstFrame | None:
    """What is on the terminal now; ``None`` without a first frame."""
    return _lit


def take() -> list[Any] | None:
    """How the terminal was before the first frame, for the driver that continues from it; once."""
    global _taken  # noqa: PLW0603 - there is one terminal
    attributes = None if _taken or _lit is None else _before
    _taken = True
    return attributes


def given_back() -> None:
    """Note that the driver has restored the terminal itself."""
    global _lit  # noqa: PLW0603 - there is one terminal
    _lit = None


def end() -> None:
    """Restore the terminal, unless that is done; call it before anything is printed."""
    if _lit is None:
        return
    import termios
    from contextlib import suppress

    _put(_BACK)
    with suppress(termios.error):  # the terminal is gone
        termios.tcsetattr(0, termios.TCSANOW, _before)
    given_back()


def _ended(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _put(text: str) -> None:
    from contextlib import suppress

    with suppress(OSError):
        os.write(2, text.encode())
