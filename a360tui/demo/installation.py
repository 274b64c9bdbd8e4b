"""`Installation`: the database, clock and release of one Control Room, and the settings stored with the data."""

import secrets
import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from a360tui.demo.auth_type import AuthType
from a360tui.demo.release import Release
from a360tui.demo.unpublished import Unpublished

Clock = Callable[[], datetime]
"""Gives the time as an aware datetime in UTC."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def wall_clock() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> int:
    """The moment as the database stores it: microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


@dataclass(frozen=True, slots=True)
class Installation:
    """What every call works on. The connection is used by one thread, for one call at a time."""

    database: sqlite3.Connection
    clock: Clock
    release: Release
    auth_type: AuthType = AuthType.DATABASE
    unpublished: Unpublished = Unpublished.ASSUMED

    def now(self) -> int:
        """The current time as the database stores it."""
        return stamp(self.clock())

    def setting(self, name: str) -> Any:
        """A setting: ``signing_key``, ``tenant``, ``duration_value``, ``duration_unit``."""
        return self.database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()[0]

    def keep_setting(self, name: str, value: str | int | bytes) -> None:
        """Store a setting."""
        self.database.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def found(self) -> None:
        """Create the settings of a new installation: a tenant, a signing key, keys that last 45 days."""
        self.keep_setting("tenant", str(uuid.uuid4()))
        self.keep_setting("signing_key", secrets.token_bytes(64))
        self.keep_setting("duration_value", 45)
        self.keep_setting("duration_unit", "DAYS")
