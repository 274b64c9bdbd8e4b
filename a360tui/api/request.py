"""One request to a Control Room, before it is sent."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from a360tui.api.call_map import Call


class Effect(Enum):
    """What sending it may change; that decides whether it is retried, and what its failure means."""

    READ = "read"
    """Nothing: it is retried where that may help."""
    SESSION = "session"
    """A session, or a count of failed sign-ins: it is sent once."""
    WRITE = "write"
    """What the Control Room holds: it is sent once, and no answer means an unknown outcome."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to send, and what for."""

    purpose: str
    """Completes *Could not …*: ``list the users``."""
    method: str
    path: str
    body: Any = field(default=None, repr=False)
    """JSON to send, secrets in it as `Secret`; ``None`` for no body."""
    effect: Effect = Effect.READ
    authorized: bool = True
    """Whether it carries the token; only the probe and the sign-in do not."""
    unpublished: Call | None = None
    """The entry of the call map that it comes from; ``None`` for a call that the vendor documents."""
    makes_secret: bool = False
    """Whether the answer holds a secret in a place that only the call map knows."""

    @property
    def is_write(self) -> bool:
        """Whether a lost answer leaves the outcome unknown."""
        return self.effect is Effect.WRITE
