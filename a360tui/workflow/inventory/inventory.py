"""`Inventory`: the entries, sorted by their end, and the counts of them."""

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
"""For how many weeks ahead the ending keys are counted."""
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Inventory:
    """What is known of the keys of the users who may generate one.

    Only keys of users who can sign in are counted: the end of a disabled user's key changes nothing.
    """

    roles: tuple[RoleGrant, ...]
    """The roles that grant *Generate API-Key*, by name."""
    entries: tuple[Entry, ...]
    """The users read so far, sorted by the end of their key."""
    expected: int
    """How many users have one of the roles."""
    deleted: int
    """How many of them had been deleted when they were read."""
    now: datetime
    """The Control Room's time at the last read."""
    within: timedelta
    """A key that ends within this time is *ending*."""

    @property
    def complete(self) -> bool:
        """Whether every user was asked for."""
        return len(self.entries) + self.deleted >= self.expected

    @property
    def unknown(self) -> int:
        """How many users there are whose key is not known: not visible, not read, or not asked for yet."""
        return self.expected - self.deleted - sum(entry.is_known for entry in self.entries)

    def count(self, *states: KeyState) -> int:
        """How many keys are in one of these states."""
        return sum(entry.counts and entry.state in states for entry in self.entries)

    @property
    def with_key(self) -> int:
        """How many of those who may generate a key have one, alive or ended."""
        return sum(entry.may_generate and entry.has_key for entry in self.entries)

    @cached_property
    def weeks(self) -> tuple[int, ...]:
        """How many keys end in each of the next `WEEKS` spans of seven days."""
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
        """The inventory after ``role`` was given to these users, or taken from them."""

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
