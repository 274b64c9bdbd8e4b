"""The terminal the app runs in: whether there is one, what is taken out of its environment, and its signals."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

from a360tui.errors import InvalidInput

_TELLTALE = ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEVTOOLS_HOST", "TEXTUAL_DEVTOOLS_PORT", "TEXTUAL_DEBUG")
"""With these set, Textual writes each change of a field to a file or a socket, passwords too."""


def require_terminal() -> None:
    """Refuse to start without a terminal to read keys from and draw on; Textual would start, and never end."""
    if os.environ.get("TERM") == "dumb":
        raise InvalidInput("TERM is dumb: this terminal cannot show screens.", "Use the commands: a360tui --help")
    # Textual draws on stderr, so that stdout stays free; on Windows it is stdout.
    drawn_on = sys.stdout if sys.platform == "win32" else sys.stderr
    if not (sys.stdin.isatty() and drawn_on.isatty()):
        raise InvalidInput("There is no terminal to show the screens on.", "Use the commands: a360tui --help")


def prepare_environment() -> None:
    """Take out what makes Textual log or draw more than is wanted; call it before Textual is imported."""
    for name in _TELLTALE:
        os.environ.pop(name, None)
    if "SSH_CONNECTION" in os.environ:
        os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")


def on_signals(answer: Callable[[int], None]) -> None:
    """Have ``answer`` called in the running loop with the number of a signal that ends programs.

    Textual itself handles only suspend, continue and resize; any other would leave the terminal as it is.
    """
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"):
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, answer, int(number))
        except (NotImplementedError, RuntimeError, ValueError):
            # Windows has no handlers in the loop, and a loop outside the main thread may not set them.
            return
