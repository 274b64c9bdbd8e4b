"""The Control Room's time, as its answers tell it; this machine's clock may be wrong by years."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class ServerClock:
    """Time at the server: its last ``Date`` header plus the time since then."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._heard: tuple[datetime, float] | None = None
        self.skew: timedelta | None = None
        """How far the server is ahead of this machine; ``None`` until an answer has told its time."""

    def hear(self, server_time: datetime | None) -> None:
        """Take the time from an answer that has just come."""
        if server_time is not None:
            self._heard = server_time, self._elapsed()
            self.skew = server_time - datetime.now(UTC)

    def now(self) -> datetime:
        """The time at the server; this machine's time until an answer has told it."""
        if self._heard is None:
            return datetime.now(UTC)
        server_time, heard_at = self._heard
        return server_time + timedelta(seconds=self._elapsed() - heard_at)
