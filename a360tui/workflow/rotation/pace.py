"""How long a rotation waits, for what, and how often."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """The product's own is `PACE`; tests make it quick. Plain numbers are seconds."""

    token: timedelta = timedelta(minutes=5)
    """What the session's token has to last at least when the key is asked for."""
    back_off: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
    """Before each repetition of a sign-in that was not sent."""
    new_date: tuple[float, ...] = (0.5, 1.0, 2.0)
    """Before each look for the date of a key that was just made."""
    looks: tuple[float, ...] = (0.0, 3.0, 7.0)
    """Before each look at the dates after an answer was lost."""
    late: timedelta = timedelta(minutes=2)
    """How long after the request a key may still be made: the request's own deadline, and half a minute for proxies."""
    between_looks: float = 3.0
    """Before the second look, without which nothing is taken for not done."""


PACE = Pace()
