"""The token of a session and how long it lasts (``control-room-api.md`` §1).

A token is a JWT that says, by the server's clock, when it was issued and when it ends; the difference is its lifetime,
whatever this machine's clock says. From then on its age is measured by a clock that cannot be set and does not stop
while the machine sleeps.
"""

import base64
import json
import re
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from a360tui.secret import Secret

DEFAULT_LIFE = timedelta(minutes=20)
"""A token's lifetime where neither it nor the answer says."""
RENEWED_BEFORE_END = timedelta(minutes=2)
"""A token with less time left is renewed; one with a short lifetime, in its last quarter."""

_LONGEST_LIFE = timedelta(days=3650)
_HEADER_VALUE = re.compile(r"[\x21-\x7e]+")


def elapsed() -> float:
    """Seconds from some point in the past, time asleep included where the system counts it."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class Token:
    """A token, its lifetime, and when it came, by the `elapsed` clock."""

    secret: Secret
    life: timedelta
    had_at: float

    def left(self, now: float) -> timedelta:
        """How much time is left; zero or less where it has ended."""
        return self.life - timedelta(seconds=now - self.had_at)

    def is_due(self, now: float) -> bool:
        """Whether it is time to renew it."""
        return self.left(now) < min(RENEWED_BEFORE_END, self.life / 4)


def is_sendable(token: Secret) -> bool:
    """Whether it can be sent in a header: visible ASCII only."""
    return _HEADER_VALUE.fullmatch(token.reveal()) is not None


def token_life(token: Secret, ttl_seconds: object, server_time: datetime | None) -> timedelta:
    """A token's lifetime: by its own times, else by ``ttlSeconds``, else 20 minutes."""
    for seconds in (_jwt_life(token, server_time), _seconds(ttl_seconds)):
        if seconds is not None and seconds > 0:
            return min(timedelta(seconds=min(seconds, _LONGEST_LIFE.total_seconds())), _LONGEST_LIFE)
    return DEFAULT_LIFE


def _jwt_life(token: Secret, server_time: datetime | None) -> float | None:
    """``exp`` minus ``iat``; a token without ``iat`` counts as issued when the server sent it."""
    try:
        _header, payload, _signature = token.reveal().split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        end, start = _seconds(claims.get("exp")), _seconds(claims.get("iat"))
    except (ValueError, AttributeError, RecursionError):
        return None
    if start is None and server_time is not None:
        start = server_time.timestamp()
    return None if end is None or start is None else end - start


def _seconds(value: object) -> float | None:
    """A finite number, whether it came as a number or as a string."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None
