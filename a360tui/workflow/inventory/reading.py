"""Read the inventory: the list of roles, each custom role, then the users of those that grant the permission.

The list of users is never read: its rows may lack the dates of keys (``control-room-api.md §4``), and the roles say who
may generate one. So at a Control Room of 100,000 users of whom 500 may generate a key, it takes the pages of the roles,
one request for each custom role, and 500 more.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from a360tui.api import User
from a360tui.api.errors import ConnectionLost, Forbidden, NotFound, NotReachable, SignInFailed
from a360tui.errors import A360Error
from a360tui.workflow.errors import MayNotLook
from a360tui.workflow.few_at_a_time import few_at_a_time
from a360tui.workflow.inventory.entry import Entry
from a360tui.workflow.inventory.inventory import Inventory, inventory_of
from a360tui.workflow.key import ENDING_WITHIN, KeyState, key_state
from a360tui.workflow.permissions import VIEW_ROLES, VIEW_USERS
from a360tui.workflow.role_overview import RoleGrant, granting_roles

if TYPE_CHECKING:
    from a360tui.api import ControlRoom

AT_ONCE = 8
"""Reads under way at a time."""

ASK_FOR_USERS = "Ask an administrator for a role that grants Users › View users."

_MOST_FAILURES = 3
"""Rounds of failures in a row after which the rest is not read: the fault is not with single users."""


@dataclass(frozen=True)
class Progress:
    """How far the reading has come."""

    read: int
    """Users who were asked for, with whatever result."""
    expected: int
    """Users who have a role that grants the permission."""


class InventoryReading:
    """Reads everything once; after an interruption it keeps what was read and can be resumed.

    `inventory` is what is known so far, at any time. A user who is deleted meanwhile is counted and left out; one whose
    record is refused (403) is *not visible*; one whose read fails is *not read*, with the reason. An error that affects
    everybody, such as the end of the session, is raised.
    """

    def __init__(self, room: ControlRoom, *, within: timedelta = ENDING_WITHIN, at_once: int = AT_ONCE) -> None:
        self._room = room
        self._within = within
        self._at_once = at_once
        self._roles: tuple[RoleGrant, ...] | None = None
        self._holders: dict[str, tuple[RoleGrant, ...]] = {}
        """User id → the roles that let the user generate a key."""
        self._read: dict[str, Entry | None] = {}
        """User id → the entry; ``None`` for a user who was deleted."""
        self._failures = 0
        self._now = room.now()

    @property
    def begun(self) -> bool:
        """Whether the roles are known; before that the inventory is empty."""
        return self._roles is not None

    @property
    def inventory(self) -> Inventory:
        """What is known so far."""
        entries = [entry for entry in self._read.values() if entry is not None]
        return inventory_of(
            self._roles or (),
            entries,
            expected=len(self._holders),
            deleted=len(self._read) - len(entries),
            now=self._now,
            within=self._within,
        )

    async def progress(self) -> AsyncGenerator[Progress, None]:
        """Read, and give the progress once the roles are known and after each user.

        Raises `MayNotLook` where the roles cannot be viewed, and any error that affects every read. Can be called again
        to resume.
        """
        if self._roles is None:
            await self._read_roles()
        yield self._so_far
        self._failures = 0
        waiting = [user_id for user_id in self._holders if user_id not in self._read]
        async with aclosing(few_at_a_time((partial(self._take, each) for each in waiting), self._at_once)) as reads:
            async for _ in reads:
                yield self._so_far

    async def read_all(self) -> Inventory:
        """Read to the end."""
        async with aclosing(self.progress()) as steps:
            async for _ in steps:
                pass
        return self.inventory

    @property
    def _so_far(self) -> Progress:
        return Progress(len(self._read), len(self._holders))

    async def _read_roles(self) -> None:
        signed_in = self._room.require_signed_in()
        if not signed_in.may(VIEW_ROLES):
            raise MayNotLook(
                f"{signed_in.user.username} may not view roles, and they say who may generate an API key.",
                "Ask an administrator for a role that grants Roles › View roles.",
            )
        roles = await granting_roles(self._room, self._at_once)
        self._now = self._room.now()
        for grant in roles:
            for user_id in grant.role.user_ids if grant.role is not None else ():
                self._holders[user_id] = (*self._holders.get(user_id, ()), grant)
        self._roles = roles

    async def _take(self, user_id: str) -> None:
        try:
            entry = await self._entry(user_id)
        except NotFound:
            entry = None
        except Forbidden as error:
            entry = self._unknown(user_id, KeyState.NOT_VISIBLE, error.server_message or error.message)
        except (SignInFailed, NotReachable) as error:
            if not isinstance(error, ConnectionLost):
                raise
            entry = self._failed(user_id, error)
        except A360Error as error:
            entry = self._failed(user_id, error)
        else:
            self._failures = 0
        self._read[user_id] = entry
        self._now = self._room.now()

    def _failed(self, user_id: str, error: A360Error) -> Entry:
        self._failures += 1
        if self._failures > _MOST_FAILURES * self._at_once:
            raise error
        return self._unknown(user_id, KeyState.NOT_READ, error.message)

    def _unknown(self, user_id: str, state: KeyState, problem: str) -> Entry:
        return Entry(user_id, state, roles=self._holders[user_id], problem=problem)

    async def _entry(self, user_id: str) -> Entry | None:
        signed_in = self._room.require_signed_in()
        if user_id == signed_in.user.id:
            user = await self._room.own_user()
        elif signed_in.may(VIEW_USERS):
            user = await self._room.user(user_id)
        else:
            return self._unknown(
                user_id, KeyState.NOT_VISIBLE, f"{signed_in.user.username} may not view users. {ASK_FOR_USERS}"
            )
        if user.deleted:
            return None
        return Entry(user_id, key_state(user, self._room.now(), self._within), user, self._roles_of(user_id, user))

    def _roles_of(self, user_id: str, user: User) -> tuple[RoleGrant, ...]:
        """The roles that the record names too, since it is newer than the roles; a record without roles is ignored."""
        has = {role.id for role in user.roles}
        return tuple(grant for grant in self._holders[user_id] if not has or grant.row.id in has)
