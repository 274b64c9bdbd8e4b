"""The clock of the idle lock, put forward instead of waiting."""

from datetime import timedelta

from a360tui.tui.idle_lock import IdleLock
from tests.tui.stage import Stage

MINUTES = 60.0
"""In seconds."""


class Hours:
    """The clock of the lock, put forward instead of waiting."""

    def __init__(self, it: Stage, *, after: timedelta | None = timedelta(minutes=15)) -> None:
        self._now = 0.0
        self._app = it.app
        it.app.idle_lock = IdleLock(it.app, after, lambda: self._now)

    def forward(self, seconds: float) -> None:
        self._now += seconds

    def pass_idle(self, seconds: float) -> None:
        """Nobody is there for so long, and the app looks at the clock as it does by itself."""
        self.forward(seconds)
        self._app._look_at_clock()
