"""Find roles and users by the names that a person gave (``control-room-api.md §3, 4``)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from a360tui.api import Query, Role, RoleRow, User
from a360tui.api.filters import Eq, Or, Substring
from a360tui.errors import InvalidInput
from a360tui.text import harmless

if TYPE_CHECKING:
    from a360tui.api import ControlRoom

_USERNAMES_A_REQUEST = 50


async def find_role(room: ControlRoom, name: str) -> RoleRow | None:
    """The role of that name, compared without case; ``None`` where there is none."""
    async with aclosing(room.roles(Query(filter=Substring("name", name)))) as rows:
        async for row in rows:
            if row.name.casefold() == name.casefold():
                return row
    return None


async def find_users(room: ControlRoom, usernames: Sequence[str], *, also_disabled: bool = False) -> tuple[User, ...]:
    """The users of these names, in that order.

    Raises `InvalidInput` on the field ``users`` for a name that nobody has or that is given twice, and for a disabled
    user unless those are wanted.
    """
    wanted = [name.strip() for name in usernames]
    seen: set[str] = set()
    for name in wanted:
        if not name:
            raise InvalidInput("A user name is empty.", "Give the name that the user signs in with.", field="users")
        if name.casefold() in seen:
            raise InvalidInput(f"{harmless(name)} is named twice.", "Name each user once.", field="users")
        seen.add(name.casefold())
    found: dict[str, User] = {}
    for start in range(0, len(wanted), _USERNAMES_A_REQUEST):
        conditions = [Eq("username", name) for name in wanted[start : start + _USERNAMES_A_REQUEST]]
        matching = conditions[0] if len(conditions) == 1 else Or(*conditions)
        async for user in room.users(Query(filter=matching)):
            found[user.username.casefold()] = user
    unknown = [name for name in wanted if name.casefold() not in found]
    if unknown:
        raise InvalidInput(
            f"No user is called {' or '.join(harmless(name) for name in unknown)}.",
            "Give the name that the user signs in with; nothing was changed.",
            field="users",
        )
    users = tuple(found[name.casefold()] for name in wanted)
    if not also_disabled:
        check_enabled(users)
    return users


def check_enabled(users: Sequence[User]) -> None:
    """Raise `InvalidInput` on the field ``users`` where a user is disabled."""
    for user in users:
        if user.disabled:
            raise InvalidInput(
                f"{user.username} is disabled.", "Enable the user first, or leave the user out.", field="users"
            )


async def read_role(room: ControlRoom, name: str) -> Role | None:
    """The whole custom role of that name, or ``None``; `InvalidInput` on the field ``name`` for a system role."""
    row = await find_role(room, name)
    if row is None:
        return None
    check_custom(row)
    return await room.role(row.id)


def check_custom(role: RoleRow) -> None:
    """Raise `InvalidInput` on the field ``name`` for a system role."""
    if role.system_role:
        raise InvalidInput(
            f"{role.name} is a system role, and those cannot be changed.",
            "Name another role: one of your own, or a new one.",
            field="name",
        )


async def find_users_and_role(
    room: ControlRoom, usernames: Sequence[str], name: str
) -> tuple[tuple[User, ...], Role | None]:
    """The results of `find_users` and `read_role`, run concurrently; where both fail, the users' error is raised."""
    role = asyncio.ensure_future(read_role(room, name))
    try:
        return await find_users(room, usernames), await role
    finally:
        role.cancel()
        await asyncio.gather(role, return_exceptions=True)
