"""One user of the inventory, and what is known of their key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from a360tui.api import User
from a360tui.workflow.dates import whole_days
from a360tui.workflow.key import KeyState
from a360tui.workflow.role_overview import RoleGrant

_NEVER = datetime.max.replace(tzinfo=UTC)
_WITHOUT_END = (KeyState.VALID, KeyState.NONE, KeyState.NOT_VISIBLE, KeyState.NOT_READ)
"""The order of entries without a known end, which follow all that have one."""


@dataclass(frozen=True)
class Entry:
    """A user who may generate a key, or could when the roles were read."""

    user_id: str
    state: KeyState
    user: User | None = None
    """The user's record; ``None`` where it is not visible or could not be read."""
    roles: tuple[RoleGrant, ...] = ()
    """The roles that let the user generate a key; empty where they have lost them meanwhile."""
    problem: str = ""
    """Why the key's state is not known; empty where it is."""

    @property
    def username(self) -> str:
        """The sign-in name, or the id where the name is not known."""
        return self.user.username if self.user is not None and self.user.username else f"user {self.user_id}"

    @property
    def full_name(self) -> str:
        """First and last name; may be empty."""
        return "" if self.user is None else f"{self.user.first_name} {self.user.last_name}".strip()

    @property
    def created_on(self) -> datetime | None:
        """When the key was made, where that is known."""
        return None if self.user is None else self.user.api_key_created_on

    @property
    def ends_on(self) -> datetime | None:
        """When the key ends or ended, where that is known."""
        return None if self.user is None else self.user.api_key_expiration_time

    @property
    def disabled(self) -> bool:
        """Whether the user cannot sign in, by key or otherwise."""
        return self.user is not None and self.user.disabled

    @property
    def may_generate(self) -> bool:
        """Whether the user could generate a key when they were read."""
        return bool(self.roles)

    @property
    def has_key(self) -> bool:
        """Whether there is a key, alive or ended."""
        return self.state in (KeyState.VALID, KeyState.ENDING, KeyState.ENDED)

    @property
    def is_known(self) -> bool:
        """Whether the state of the user's key is known."""
        return self.state not in (KeyState.NOT_VISIBLE, KeyState.NOT_READ)

    @property
    def counts(self) -> bool:
        """Whether the key's end matters: the user can sign in and may generate."""
        return self.may_generate and not self.disabled

    @property
    def words(self) -> str:
        """The state in words: ``ending``, ``ended, disabled``, ``valid, no role``."""
        also = ["disabled"] if self.disabled else []
        if not self.may_generate:
            also.append("no role")
        return ", ".join((self.state.value, *also))

    def days_left(self, now: datetime) -> int | None:
        """Whole days until the end, negative for the past; ``None`` where no end is known."""
        return None if self.ends_on is None else whole_days(self.ends_on - now)


def by_end(entry: Entry) -> tuple[bool, datetime, int, str]:
    """Sort key: first what has ended, then what ends next, then entries without an end by name.

    Irrelevant ones last.
    """
    rank = _WITHOUT_END.index(entry.state) if entry.state in _WITHOUT_END else 0
    return (not entry.counts, entry.ends_on or _NEVER, rank, entry.username.casefold())
