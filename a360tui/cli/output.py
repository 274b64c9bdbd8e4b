"""Output: data on stdout, messages on stderr.

All text that comes here is harmless already (`a360tui.text`): server text is made so when it is decoded, and what was
typed or read from a file when the sentence about it is made.
"""

from __future__ import annotations

import io
import os
import stat
import sys
from contextvars import ContextVar

from a360tui.errors import A360Error

TYPE_CHECKING = False  # to import typing takes half as long as all else that --version does
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TextIO

_USUAL_WIDTH = 80
"""The width of a terminal that does not report one."""
_MOST_DIGITS = 9
"""Digits of a width; Python refuses to read a number of thousands."""
_WIDEST_HELP = 100
"""Longer lines are hard to read."""


class OutputFailed(A360Error):
    """What was to be printed could not be, or not all of it."""


class OutputClosed(OutputFailed):
    """Nothing reads standard output any more."""


def prepare_streams() -> None:
    """Read and write what the terminal's encoding lacks as escapes, instead of failing."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def silence_logs() -> None:
    """Keep the failure reports of Python, asyncio and libraries off stderr: they would show local values."""
    import logging
    import threading

    logging.getLogger().addHandler(logging.NullHandler())
    # A thread that fails, and what fails where nobody can be told, as in a destructor.
    threading.excepthook = sys.unraisablehook = _say_nothing


def _say_nothing(_failure: object) -> None:
    pass


def discard_unwritten(stream: TextIO | None) -> None:
    """Discard buffered output that cannot be written, on which Python would fail again when the program ends."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def require_stdout() -> None:
    """Raise `OutputFailed` where it is clear in advance that nothing can be printed."""
    if sys.stdout is None:
        raise _closed()
    number = sys.stdout.fileno()
    mode = os.fstat(number).st_mode
    if stat.S_ISREG(mode) and not os.fstatvfs(number).f_bavail:
        raise OutputFailed("There is no space left for standard output.", "Nothing was changed.")
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        import select

        poll = select.poll()
        poll.register(number, 0)
        if any(event & select.POLLERR for _, event in poll.poll(0)):
            raise OutputFailed("Nothing reads standard output any more.", "Nothing was changed.")


def put(text: str) -> None:
    """Write to stdout and flush; raises `OutputFailed`."""
    if sys.stdout is None:
        raise _closed()
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise OutputClosed("Nothing reads standard output any more.") from None
    except OSError as error:
        raise OutputFailed(f"Standard output cannot be written: {error.strerror}.") from None


def put_json(document: Any) -> None:
    """Write one JSON document to stdout: safe on a terminal, with escapes for what its encoding lacks."""
    import json

    from a360tui.text import harmless_json

    has_all_letters = sys.stdout is not None and sys.stdout.encoding.lower().startswith("utf")
    put(harmless_json(json.dumps(document, indent=2, ensure_ascii=not has_all_letters)))


def camel_case(name: str) -> str:
    """A field's name as JSON has it: ``key_path`` is ``keyPath``."""
    first, *rest = name.split("_")
    return first + "".join(map(str.title, rest))


def put_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns as wide as their content."""
    from rich.cells import cell_len

    lines = [headings, *rows]
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(headings))]
    padded = (
        [cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)] for line in lines
    )
    put("\n".join("  ".join(cells).rstrip() for cells in padded))


def put_facts(facts: Sequence[tuple[str, str]]) -> None:
    """Print names and values, one pair a line; an empty name continues the one before.

    On a narrower terminal a line is folded below its value.
    """
    from a360tui.text import folded

    names, width = max(len(name) for name, _ in facts), terminal_width(sys.stdout)
    put("\n".join(line for name, value in facts for line in folded(f"{name:{names}}  ", value, width)))


def terminal_width(stream: TextIO | None) -> int | None:
    """The width of the terminal that a stream writes to; None where it writes elsewhere, so that nothing is folded.

    Each stream is asked for itself: stdout may be a file while stderr is a terminal.
    """
    return _columns(stream) if is_terminal(stream) else None


def help_width() -> int:
    """The columns that a line of help may have: those of the terminal less two, 98 at most; as click reckons it.

    click, left to itself, asks shutil, which imports every compressor for that.
    """
    return max(min(_columns(sys.stdout), _WIDEST_HELP) - 2, 50)


def _columns(stream: TextIO | None) -> int:
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdecimal() and len(wanted) <= _MOST_DIGITS and int(wanted):
        return int(wanted)
    try:
        return (os.get_terminal_size(stream.fileno()).columns if stream is not None else 0) or _USUAL_WIDTH
    except OSError:
        return _USUAL_WIDTH


speaking_for: ContextVar[str] = ContextVar("speaking_for", default="")
"""The profile that messages are about, where several are worked on at once; empty where it is one."""


def say(text: str) -> None:
    """Write to stderr; a failure to write is ignored, so that it does not stop the work."""
    _tell(f"{_whose()}{text}")


def say_error(message: str, hint: str = "") -> None:
    """Say what is wrong and, on a line of its own, what to do about it."""
    _tell(f"a360tui: {_whose()}{message}")
    if hint:
        say(hint)


def say_trouble(trouble: A360Error) -> None:
    """Say what went wrong without stopping the work."""
    say_error(trouble.message, trouble.hint)


def _whose() -> str:
    name = speaking_for.get()
    return f"{name}: " if name else ""


def _tell(text: str) -> None:
    from contextlib import suppress

    from a360tui.text import folded

    width = terminal_width(sys.stderr)
    lines = [part for line in text.split("\n") for part in folded("", line, width)]
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write("".join(f"{line}\n" for line in lines))
            sys.stderr.flush()


def is_terminal(stream: TextIO | None) -> bool:
    """Whether ``sys.stdin``, ``sys.stdout`` or ``sys.stderr``, any of which may be closed, is a terminal."""
    return stream is not None and stream.isatty()


def _closed() -> OutputFailed:
    return OutputFailed("Standard output is closed.", "Run it with standard output open, or sent to a file.")
