"""The app's terminal: whether there is one, which variables are removed from the environment, and its signals."""

import asyncio
import codecs
import os
import signal
import sys
from collections.abc import Awaitable, Callable

from a360tui.errors import InvalidInput

LEAST_COLUMNS, LEAST_LINES = 60, 20
"""The smallest terminal that shows a screen."""

_TAKEN_OUT = (
    *("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEVTOOLS_HOST", "TEXTUAL_DEVTOOLS_PORT", "TEXTUAL_DEBUG"),
    *("TEXTUAL_SCREENSHOT", "TEXTUAL_SCREENSHOT_LOCATION", "TEXTUAL_SCREENSHOT_FILENAME", "TEXTUAL_PRESS"),
)
"""Variables that Textual must not see.

With them it writes every change of a field, passwords too, to a file or a socket, saves a picture of what is shown, or
presses keys that nobody pressed.
"""


def require_terminal() -> None:
    """Refuse to start without a terminal for input and output; Textual would start, and never end."""
    if os.environ.get("TERM") == "dumb":
        raise InvalidInput("TERM is dumb: this terminal cannot show screens.", "Use the commands: a360tui --help")
    # Textual draws on stderr, so that stdout stays free; on Windows it is stdout.
    drawn_on = sys.stdout if sys.platform == "win32" else sys.stderr
    # Python has None for a stream that is closed from the start.
    if any(stream is None or not stream.isatty() for stream in (sys.stdin, drawn_on)):
        raise InvalidInput("There is no terminal to show the screens on.", "Use the commands: a360tui --help")
    # Python takes the locales C and POSIX, which say nothing of the terminal, for UTF-8.
    charset = drawn_on.encoding
    if codecs.lookup(charset).name != "utf-8":
        raise InvalidInput(
            f"The locale says that this terminal shows {charset}, and the screens need UTF-8.",
            "Where it does show UTF-8, start with LC_ALL=C.UTF-8; else use the commands: a360tui --help",
        )


def prepare_environment() -> None:
    """Remove the variables that make Textual log or draw more; call it before Textual is imported."""
    for name in _TAKEN_OUT:
        os.environ.pop(name, None)
    if "SSH_CONNECTION" in os.environ:
        os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")


def on_signals(answer: Callable[[int], None]) -> None:
    """Call ``answer`` in the running loop with the number of a signal that ends programs.

    Textual handles only suspend, continue and resize itself; any other signal would leave the terminal unrestored.
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


def on_stop(before: Callable[[], Awaitable[None]]) -> None:
    """Await ``before`` when the program is to be suspended; then suspend it, and resume it, as Textual does.

    Both run in the event loop: a handler of Python's own could interrupt Textual while it holds its writer's lock.
    """
    number, going_on = getattr(signal, "SIGTSTP", None), getattr(signal, "SIGCONT", None)
    if number is None or going_on is None:
        return
    stop, go_on = signal.getsignal(number), signal.getsignal(going_on)
    stopping: set[asyncio.Task[None]] = set()

    async def prepare() -> None:
        await before()
        if callable(stop):
            stop(number, None)

    def answer() -> None:
        if not stopping:
            task = asyncio.create_task(prepare())
            stopping.add(task)
            task.add_done_callback(stopping.discard)

    try:
        asyncio.get_running_loop().add_signal_handler(number, answer)
        if callable(go_on):
            asyncio.get_running_loop().add_signal_handler(going_on, go_on, going_on, None)
    except (NotImplementedError, RuntimeError, ValueError):
        # As above: there the handler of Textual stays.
        return
