"""`PageWindow`: how many pages of a list may be requested at a time, given the line and the Control Room.

It works as TCP congestion control does (bandwidth × delay): the pages that arrive within the quickest round trip are
those that were under way without queueing anywhere, and three times as many are allowed. So the window trebles with
each round trip as long as the line is the bottleneck; where the Control Room is, two pages queue there for each one in
work. The window never exceeds `MOST_AHEAD`, the connections of eight browsers, and gets there only where dozens of
pages are answered as quickly as one: a Control Room that a few keep busy, on premises with one server and one database,
is asked for a few. One that answers that it is too much is asked for half as many at once.
"""

import math
import time
from dataclasses import dataclass

MOST_AHEAD = 48
"""Pages under way at a time, and connections for them."""
MOST_BYTES = 8 * 1024 * 1024
"""Bytes of the answers under way and of those that wait for their turn, if each is as large as the largest so far."""
_GAIN = 3
"""The window as a multiple of the pages that were under way without queueing; with 1 it could never grow."""
_SPARE = 2
"""Pages added to that: one is answered while another one is read here."""
_FORGETTING = 1 / 8
"""The weight of one slower page in the average rate, since pages come in bursts."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that was requested."""

    at: float
    """Seconds, by the monotonic clock."""
    arrived: int
    """How many pages had come by then."""


class PageWindow:
    """Is told of each page that is requested and of each that comes; knows how many may be requested."""

    def __init__(self) -> None:
        self._arrived = 0
        self._quickest = math.inf
        """Seconds of the quickest round trip, which queued nowhere."""
        self._rate = 0.0
        """Pages a second."""
        self._largest = 1
        """Bytes of the largest page."""
        self._ceiling = float(MOST_AHEAD)
        self._refused_at = -math.inf

    @property
    def width(self) -> int:
        """How many pages may be under way."""
        if not self._arrived:
            return 1
        wanted = _GAIN * self._rate * self._quickest + _SPARE
        return max(1, int(min(wanted, self._ceiling, self._most_held)))

    @property
    def held(self) -> int:
        """How many pages may be under way or wait for their turn, since the bottleneck may be the use of the rows."""
        return max(1, min(2 * self.width, self._most_held))

    @property
    def _most_held(self) -> int:
        return MOST_BYTES // self._largest

    def ask(self) -> Asked:
        """Note that a page is requested."""
        return Asked(time.perf_counter(), self._arrived)

    def came(self, asked: Asked, size: int) -> None:
        """Note that a page came, in an answer of so many bytes."""
        took = max(time.perf_counter() - asked.at, 1e-6)  # a coarse clock may see none
        self._arrived += 1
        self._quickest = min(self._quickest, took)
        self._largest = max(self._largest, size)
        rate = (self._arrived - asked.arrived) / took
        self._rate = max(rate, self._rate + (rate - self._rate) * _FORGETTING)
        self._ceiling = min(MOST_AHEAD, self._ceiling + 1 / self._ceiling)

    def refused(self, asked: Asked) -> None:
        """Note that the Control Room asked for less: halve the window, then add one page with each round trip."""
        if asked.at > self._refused_at:  # what was on the way by then says nothing new
            self._refused_at = time.perf_counter()
            self._ceiling = max(1.0, min(self._ceiling, self.width) / 2)
