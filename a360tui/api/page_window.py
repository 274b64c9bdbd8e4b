"""How many pages of a list may be on the way at a time: as many as the line carries and the Control Room likes.

It is found as TCP finds how much to send: from the quickest round trip, and from the pages that come in one. What comes
in the time of the quickest is what was on the way without waiting anywhere, and three times that may be. So the number
trebles from round trip to round trip while the line is what takes the time; where the Control Room is, two pages wait
there for each that it works on.

However long the line, there are never more than `MOST_AHEAD`, as from eight browsers, and these only where dozens are
answered as quickly as one: who is kept busy by a few is asked for a few, on premises too, with one server and one
database. A Control Room that says that it is too much is asked for half as many at once.
"""

import math
import time
from dataclasses import dataclass

MOST_AHEAD = 48
"""Pages on the way at a time, and the connections for them."""
MOST_BYTES = 8 * 1024 * 1024
"""Of the answers on the way and of those that wait for their turn, if they are like the largest so far."""
_GAIN = 3
"""Times as many pages as were on the way without waiting: with no more, the line never shows what it could carry."""
_SPARE = 2
"""Pages besides: one is answered while another one is read here."""
_FORGETTING = 1 / 8
"""How much one slower page counts for the rate: they come in bursts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that was asked for."""

    at: float
    """Seconds, by the clock that measures spans."""
    arrived: int
    """Pages that had come by then."""


class PageWindow:
    """Hears of each page that is asked for and comes; knows how many more may be asked for."""

    def __init__(self) -> None:
        self._arrived = 0
        self._quickest = math.inf
        """Seconds from a request to its page, at best: that one waited for the line and for itself alone."""
        self._rate = 0.0
        """Pages a second."""
        self._largest = 1
        """Bytes of a page."""
        self._ceiling = float(MOST_AHEAD)
        self._refused_at = -math.inf

    @property
    def width(self) -> int:
        """Pages that may be on the way."""
        if not self._arrived:
            return 1
        wanted = _GAIN * self._rate * self._quickest + _SPARE
        return max(1, int(min(wanted, self._ceiling, self._most_held)))

    @property
    def held(self) -> int:
        """Pages that may be on the way or wait for their turn: who uses the rows may be what takes the time."""
        return max(1, min(2 * self.width, self._most_held))

    @property
    def _most_held(self) -> int:
        return MOST_BYTES // self._largest

    def ask(self) -> Asked:
        """Note that a page is asked for."""
        return Asked(time.perf_counter(), self._arrived)

    def came(self, asked: Asked, size: int) -> None:
        """Note that a page came, an answer of so many bytes."""
        took = max(time.perf_counter() - asked.at, 1e-6)  # a coarse clock may see none
        self._arrived += 1
        self._quickest = min(self._quickest, took)
        self._largest = max(self._largest, size)
        rate = (self._arrived - asked.arrived) / took
        self._rate = max(rate, self._rate + (rate - self._rate) * _FORGETTING)
        self._ceiling = min(MOST_AHEAD, self._ceiling + 1 / self._ceiling)

    def refused(self, asked: Asked) -> None:
        """Note that the Control Room would rather not be asked so much: half as many, then one more a round trip."""
        if asked.at > self._refused_at:  # what was on the way by then says nothing new
            self._refused_at = time.perf_counter()
            self._ceiling = max(1.0, min(self._ceiling, self.width) / 2)
