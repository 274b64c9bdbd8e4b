"""What is found at a place, and what came of changing it."""

from dataclasses import dataclass
from enum import StrEnum

from a360tui.workflow.references.fingerprint import Fingerprint


class Condition(StrEnum):
    """What a place holds; the value is its word on the screen."""

    HOLDS_CURRENT = "holds this key"
    HOLDS_ANOTHER = "holds another value"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    CANNOT_BE_READ_BACK = "cannot be read back"


@dataclass(frozen=True)
class State:
    """What `Place.check` finds."""

    condition: Condition
    sentence: str
    """The same for people, with the place's name and what to do, where something is to be done."""


@dataclass(frozen=True)
class Preflight:
    """Whether a place can take a new key, as far as that can be known before there is one."""

    ready: bool
    sentence: str
    """What would stand in the way, and what to do about it; empty where it is ready."""
    target: str
    """What would be written, for people: of a link to a file, the file."""
    seen: Fingerprint | None = None
    """The fingerprint of what the place holds now, the ``expected`` of a later `Place.replace`; ``None`` where it holds
    nothing or cannot be read back."""


class Result(StrEnum):
    """How a change ended."""

    UPDATED = "updated"
    """It holds the new key."""
    CONFLICT = "conflict"
    """It held neither the expected key nor the new one, and was left alone."""
    FAILED = "failed"
    """It may be tried again; `Outcome.sentence` says what it holds, where that is known."""


@dataclass(frozen=True)
class Outcome:
    """What `Place.replace` did."""

    result: Result
    sentence: str
    """The same for people, with the place's name."""
    read_back: bool = False
    """Whether the new key was read back from the place: always so for an update, but of a command."""
    exit_code: int | None = None
    """The command's; ``None`` where there is no command, or it did not end by itself."""
    output: str = ""
    """What the command wrote: harmless, shortened, the keys left out."""
