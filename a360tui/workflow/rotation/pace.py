"""How long a rotation waits, for what, and how often."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """The product uses `PACE`; tests use a quicker one. Plain numbers are seconds."""

    token: timedelta = timedelta(minutes=5)
    """How long the session's token must still last when the key is requested."""
    back_off: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
    """Pauses before repeating a sign-in that never reached the Control Room."""
    new_date: tuple[float, ...] = (0.5, 1.0, 2.0)
    """Pauses before looking again for the date of a key that was just made."""
    looks: tuple[float, ...] = (0.0, 3.0, 7.0)
    """Pauses before each look at the dates after an answer was lost."""
    late: timedelta = timedelta(minutes=2)
    """How long after the request a key may still appear: the request's own deadline, plus half a minute for proxies."""
    between_looks: float = 3.0
    """Pause before the second look; only two looks prove that no key was made."""


PACE = Pace()
