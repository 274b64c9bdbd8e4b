"""The inventory as it stands: its entries by end, and what can be counted of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from msgspec import structs

from a360tui.api import RoleRef
from a360tui.workflow.inventory.entry import Entry, by_end
from a360tui.workflow.key import KeyState
from a360tui.workflow.role_overview import RoleGrant

WEEKS = 12
"""Weeks ahead whose ends are counted one by one."""
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Inventory:
    """What is known of the keys of those who may generate one.

    A key is counted where its user may sign in: the end of a disabled user's key changes nothing.
    """

    roles: tuple[RoleGrant, ...]
    """The roles that grant *Generate API-Key*, by name."""
    entries: tuple[Entry, ...]
    """Those who were read so far, by the end of their key."""
    expected: int
    """How many users have one of the roles."""
    deleted: int
    """How many of them were deleted when they were asked for."""
    now: datetime
    """The Control Room's time at the last of the reads."""
    within: timedelta
    """How much time makes a key one that is ending."""

    @property
    def complete(self) -> bool:
        """Whether everybody was asked for."""
        return len(self.entries) + self.deleted >= self.expected

    @property
    def unknown(self) -> int:
        """How many there are of whose key nothing is known: not visible, not read, or not asked for yet."""
        return self.expected - self.deleted - sum(entry.is_known for entry in self.entries)

    def count(self, *states: KeyState) -> int:
        """How many keys that count are in one of these states."""
        return sum(entry.counts and entry.state in states for entry in self.entries)

    @property
    def with_key(self) -> int:
        """How many of those who may generate a key have one, alive or ended."""
        return sum(entry.may_generate and entry.has_key for entry in self.entries)

    @cached_property
    def weeks(self) -> tuple[int, ...]:
        """How many keys end in each of the next `WEEKS` spans of seven days, the next first."""
        counts = [0] * WEEKS
        for entry in self.entries:
            if entry.counts and entry.ends_on is not None and entry.ends_on > self.now:
                week = (entry.ends_on - self.now) // _WEEK
                if week < WEEKS:
                    counts[week] += 1
        return tuple(counts)

    @property
    def keys_words(self) -> str:
        """``12 of 14 who may generate have one``."""
        may = sum(entry.may_generate for entry in self.entries)
        if self.complete and not may:
            return "nobody may generate one"
        return f"{self.with_key:,} of {may:,} who may generate have one"

    def changed(self, role: RoleGrant, user_ids: Collection[str], *, given: bool) -> Inventory:
        """The same after ``role`` was given to these users, or taken from them."""

        def after(entry: Entry) -> Entry:
            if entry.user_id not in user_ids:
                return entry
            others = tuple(each for each in entry.roles if each.row.id != role.row.id)
            user = entry.user
            if user is not None:
                refs = tuple(each for each in user.roles if each.id != role.row.id)
                own = (RoleRef(role.row.id, role.row.name),) if given else ()
                user = structs.replace(user, roles=(*refs, *own))
            return replace(entry, user=user, roles=(*others, role) if given else others)

        roles = tuple(role if each.row.id == role.row.id else each for each in self.roles)
        return replace(self, roles=roles, entries=tuple(after(entry) for entry in self.entries))


def inventory_of(
    roles: tuple[RoleGrant, ...],
    entries: Collection[Entry],
    *,
    expected: int,
    deleted: int,
    now: datetime,
    within: timedelta,
) -> Inventory:
    """The inventory of these entries, in their order."""
    return Inventory(roles, tuple(sorted(entries, key=by_end)), expected, deleted, now, within)
