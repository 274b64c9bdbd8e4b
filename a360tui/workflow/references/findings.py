"""The results of looking at a place and of changing it."""

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
    """The result in words, with the place's name, and what to do where something has to be done."""


@dataclass(frozen=True)
class Preflight:
    """Whether a place can take a new key, as far as can be known before there is one."""

    ready: bool
    sentence: str
    """What would prevent it, and what to do about that; empty where the place is ready."""
    target: str
    """What would be written, in words for people; for a link to a file, that file."""
    seen: Fingerprint | None = None
    """The fingerprint of what the place holds now, to be the ``expected`` of a later `Place.replace`.

    ``None`` where it holds nothing or cannot be read back.
    """


class Result(StrEnum):
    """How a change ended."""

    UPDATED = "updated"
    """It holds the new key."""
    CONFLICT = "conflict"
    """It held neither the expected key nor the new one, and was left alone."""
    FAILED = "failed"
    """It can be tried again; `Outcome.sentence` says what the place holds, where that is known."""


@dataclass(frozen=True)
class Outcome:
    """What `Place.replace` did."""

    result: Result
    sentence: str
    """The outcome in words, with the place's name."""
    read_back: bool = False
    """Whether the new key was read back from the place; true for every update but a command's."""
    exit_code: int | None = None
    """The command's exit status; ``None`` where there is no command, or it did not end by itself."""
    output: str = ""
    """What the command wrote: harmless, shortened, without the keys."""
