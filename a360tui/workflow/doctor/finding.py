"""`Finding`: what a step came to."""

from dataclasses import dataclass
from enum import Enum

from a360tui.errors import ExitCode


class Outcome(Enum):
    """How a step ended; the value is its word."""

    LOOKING = "looking"
    FINE = "fine"
    NOTE = "note"
    """Nothing is broken, and a person should know."""
    FAILED = "failed"
    NOT_TRIED = "not tried"

    @property
    def allows_next(self) -> bool:
        """Whether the steps that need this one can be taken."""
        return self in {Outcome.FINE, Outcome.NOTE}


@dataclass(frozen=True)
class Seen:
    """What a step has found, before the examination adds its name and its duration."""

    said: str
    facts: tuple[tuple[str, str], ...] = ()
    """Facts by name."""
    todo: str = ""
    """What to do about it; empty where nothing is."""
    outcome: Outcome = Outcome.FINE
    exit_code: ExitCode = ExitCode.REFUSED
    """The exit code where it failed."""


@dataclass(frozen=True)
class Finding:
    """One step: what it is called, how it ended, and how long it took."""

    step: str
    outcome: Outcome
    said: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    todo: str = ""
    milliseconds: float | None = None
    """``None`` where it was not tried."""
    exit_code: ExitCode = ExitCode.DONE
    """The exit code where it failed."""

    @property
    def took(self) -> str:
        """The time in words: ``12 ms``; empty where it was not tried."""
        return "" if self.milliseconds is None else f"{self.milliseconds:.0f} ms"
