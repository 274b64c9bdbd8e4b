"""Read a secret: from standard input or a file as it is, or typed without echo."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from a360tui.cli.consent import can_ask, interruptible
from a360tui.cli.output import is_terminal, say
from a360tui.errors import InvalidInput
from a360tui.secret import Secret

if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, NoReturn

    from a360tui.cli.options import CommonOptions

LONGEST = 10_000
"""Bytes; the limit for a secret."""

MOST_READ = LONGEST + len("\r\n") + 1
"""Bytes to read, so that one too many is noticed."""


class NobodyToAsk(InvalidInput):
    """A secret would have to be typed, and there is no terminal for it."""


def from_stdin(what: str, option: str) -> Secret:
    """The secret on standard input; ``what`` and ``option`` name it in errors."""
    if sys.stdin is None:
        raise InvalidInput(f"{option} is given, and standard input is closed.", f"Send the {what} there.")
    if is_terminal(sys.stdin):
        raise InvalidInput(
            f"{option} reads a pipe or a file; on this terminal the {what} would be shown.",
            f"Leave {option} out to be asked for it.",
        )
    try:
        with interruptible():
            raw = sys.stdin.buffer.read(MOST_READ)
    except OSError as error:
        reason = error.strerror
    else:
        return from_bytes(raw, what)
    raise InvalidInput(f"Standard input cannot be read: {reason}.", f"Send the {what} there.")


def from_bytes(raw: bytes, what: str) -> Secret:
    """The secret in these bytes, without the one newline that an editor or ``echo`` adds."""
    text = _decoded(raw, what)
    return _checked(text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text, what)


def asked(options: CommonOptions, what: str, prompt: str, option: str) -> Secret:
    """Ask for the secret on the terminal; ``option`` names the option to use where nobody can be asked."""
    import getpass
    import warnings

    if not can_ask(options):
        raise NobodyToAsk(f"There is no {what}, and nobody can be asked for it here.", f"Send it with {option}.")
    with warnings.catch_warnings(), interruptible(), _echo_given_back(prompt):
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return _checked(getpass.getpass(prompt), what)
        except getpass.GetPassWarning:
            pass
        except EOFError:
            say("")  # ends the line of the prompt
            raise InvalidInput(f"No {what} was given.") from None
    raise InvalidInput(f"On this terminal the {what} would be shown.", f"Send it with {option}.")


@contextmanager
def _echo_given_back(prompt: str) -> Iterator[None]:
    """Have signals end or stop the reading with the echo on again; by default they leave the terminal silent.

    A shell that goes on with a stopped program turns the echo on: the rest of the secret would be shown.
    """
    if sys.platform == "win32":
        yield
        return
    import signal
    import termios

    terminal = sys.stdin.fileno()
    shown = termios.tcgetattr(terminal)
    hidden = [*shown[:3], shown[3] & ~termios.ECHO, *shown[4:]]
    ended_by: list[int] = []

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        ended_by.append(number)
        raise SystemExit

    def be(attributes: list[Any]) -> None:
        try:
            termios.tcsetattr(terminal, termios.TCSADRAIN, attributes)
        except termios.error:  # it is gone, whether SIGHUP says so or comes too late
            ended_by.append(signal.SIGHUP)

    def stop(_number: int, _frame: FrameType | None) -> None:
        be(shown)
        os.kill(os.getpid(), signal.SIGSTOP)

    def go_on(_number: int, _frame: FrameType | None) -> None:
        be(hidden)
        with suppress(OSError):  # or open for reading alone
            os.write(terminal, prompt.encode())

    answers: dict[signal.Signals, Callable[[int, FrameType | None], None]] = {
        **dict.fromkeys((signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT), end),
        signal.SIGTSTP: stop,
        signal.SIGCONT: go_on,
    }
    before = {number: signal.getsignal(number) for number in answers}
    heard = [number for number in answers if before[number] is not signal.SIG_IGN]
    for number in heard:
        signal.signal(number, answers[number])
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, before[number])
        be(shown)
        if ended_by:  # whatever a terminal that is gone has made of it meanwhile
            raise SystemExit(128 + ended_by[0])


def _decoded(raw: bytes, what: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    # Outside of the handler: that error holds what was read.
    raise InvalidInput(f"The {what} is not UTF-8 text.", "Send the text itself.")


def _checked(text: str, what: str) -> Secret:
    if not text:
        raise InvalidInput(f"The {what} is empty.", f"Give the {what} itself.")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise InvalidInput(f"The {what} holds a line end or another control character.", f"Send the {what} alone.")
    if len(text.encode()) > LONGEST:
        raise InvalidInput(f"The {what} has more than {LONGEST} bytes.", f"Send the {what} alone.")
    return Secret(text)
