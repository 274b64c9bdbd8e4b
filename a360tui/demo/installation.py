"""One Control Room's installation: its database, clock and release, and the settings that are kept with the data."""

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
    """The moment as the database keeps it: microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


@dataclass(frozen=True, slots=True)
class Installation:
    """What every call works on. The connection is used from one thread, one call at a time."""

    database: sqlite3.Connection
    clock: Clock
    release: Release
    auth_type: AuthType = AuthType.DATABASE
    unpublished: Unpublished = Unpublished.ASSUMED

    def now(self) -> int:
        """The time as the database keeps it."""
        return stamp(self.clock())

    def setting(self, name: str) -> Any:
        """A value that is kept with the data: ``signing_key``, ``tenant``, ``duration_value``, ``duration_unit``."""
        return self.database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()[0]

    def keep_setting(self, name: str, value: str | int | bytes) -> None:
        """Keep a value with the data."""
        self.database.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def found(self) -> None:
        """Make what each installation has of its own: a tenant, a signing key, keys that last 45 days."""
        self.keep_setting("tenant", str(uuid.uuid4()))
        self.keep_setting("signing_key", secrets.token_bytes(64))
        self.keep_setting("duration_value", 45)
        self.keep_setting("duration_unit", "DAYS")
