"""Which roles grant *Generate API-Key*, and to how many users."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from a360tui.api import Role, RoleRow
from a360tui.api.errors import NotFound
from a360tui.workflow.few_at_a_time import few_at_a_time
from a360tui.workflow.permissions import grants

if TYPE_CHECKING:
    from a360tui.api import ControlRoom

AT_ONCE = 8
"""How many roles are read at a time; the list has no permissions, so each custom role is one more read."""


@dataclass(frozen=True)
class RoleGrant:
    """A role, and whether it grants *Generate API-Key*."""

    row: RoleRow
    role: Role | None
    """The whole role; ``None`` for a system role, which is not read since none of them grants it."""

    @property
    def grants_api_key(self) -> bool:
        """Whether its users may generate a key."""
        return self.role is not None and grants(self.role.permissions)

    @property
    def user_count(self) -> int | None:
        """How many users have it; ``None`` where the Control Room does not say."""
        return len(self.role.user_ids) if self.role is not None else self.row.count_principals


async def read_grants(room: ControlRoom, at_once: int = AT_ONCE) -> AsyncIterator[RoleGrant]:
    """Every role: system roles first, then the custom ones as their reads come in.

    A role that is deleted between the list and its read is left out.
    """
    custom: list[RoleRow] = []
    async for row in room.roles():
        if row.system_role:
            yield RoleGrant(row, None)
        else:
            custom.append(row)

    async def read(row: RoleRow) -> RoleGrant | None:
        try:
            return RoleGrant(row, await room.role(row.id))
        except NotFound:
            return None

    async with aclosing(few_at_a_time((partial(read, row) for row in custom), at_once)) as grants_read:
        async for grant in grants_read:
            if grant is not None:
                yield grant


async def granting_roles(room: ControlRoom, at_once: int = AT_ONCE) -> tuple[RoleGrant, ...]:
    """The roles that grant *Generate API-Key*, by name."""
    found = [grant async for grant in read_grants(room, at_once) if grant.grants_api_key]
    return tuple(sorted(found, key=lambda grant: grant.row.name.casefold()))
