"""The root of every error that is meant for a person, and the exit codes.

::

    A360Error             1
    ├── InvalidInput      2  what was typed, pasted or configured cannot be used
    │   └── NobodyToAsk   2  a secret would have to be typed, and there is no terminal
    ├── Declined          1  the person said no
    ├── NotStarted        2  the embedded Control Room cannot start
    ├── OutputFailed      1  what was to be printed could not be
    │   └── OutputClosed  1  nobody reads standard output any more
    └── …                    drawn in the ``errors.py`` of ``api``, ``storage`` and ``workflow``

The number is the exit code. `InvalidInput` is raised everywhere; the others here are the command line's own.
"""

from __future__ import annotations

from enum import IntEnum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar


class ExitCode(IntEnum):
    """What the process says at its end (``design.md`` §7)."""

    DONE = 0
    REFUSED = 1
    """The Control Room, or this machine, refused."""
    USAGE = 2
    """Wrong use or configuration: nothing was changed."""
    NOT_REACHABLE = 3
    TOO_SLOW = 4
    SIGN_IN = 5
    OUTCOME_UNKNOWN = 6
    """A write may or may not have happened: look first."""
    KEYS_ENDING = 7
    """Keys end within the time that was asked for, or have ended: no failure, but for a monitor to act on."""
    INTERRUPTED = 130


class A360Error(Exception):
    """Something a person should read: what is wrong, then what to do.

    Both sentences are safe to print: server text in them is harmless (`a360tui.text`) and no secret is in them.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        """What is wrong: one sentence."""
        self.hint = hint
        """What to do about it; may be empty."""

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InvalidInput(A360Error):
    """Something typed, pasted or configured cannot be used; nothing was changed."""

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, hint: str = "", *, field: str = "") -> None:
        super().__init__(message, hint)
        self.field = field
        """The form field it belongs to, as the workflows name it: ``name``, ``users``, ``duration``, ``address``…"""
