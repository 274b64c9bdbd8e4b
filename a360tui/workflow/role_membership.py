"""Give a role to existing users, and take it from them: read, merge, write, read back.

Nothing else about the role changes, and no system role is written (``control-room-api.md §3``). The API has no
protection against a second writer, so the role is read again before each write: what somebody else has changed since
the plan was made is kept, and reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from msgspec import structs

from a360tui.api import Role, User
from a360tui.workflow.errors import NotAsWritten, RoleConflict
from a360tui.workflow.permissions import grants
from a360tui.workflow.plan import Plan, Step
from a360tui.workflow.role_lookup import check_custom
from a360tui.workflow.role_setup import RoleSetup, is_changed, plan_role_setup

if TYPE_CHECKING:
    from a360tui.api import ControlRoom


class MembershipChange(Protocol):
    """A planned change of who has a role."""

    @property
    def plan(self) -> Plan:
        """The steps."""

    @property
    def role(self) -> Role | None:
        """The role as it was read back; ``None`` before."""

    @property
    def changed_meanwhile(self) -> bool:
        """Whether somebody else has changed the role between plan and run."""


@dataclass
class Revocation:
    """A plan to take a role away, and after its run the result."""

    room: ControlRoom
    existing: Role
    """The role as it was when the plan was made."""
    users: tuple[User, ...]
    """The users who had the role then and are to lose it."""
    plan: Plan
    role: Role | None = None
    changed_meanwhile: bool = False
    _kept: frozenset[str] = field(default=frozenset(), repr=False)

    async def take(self) -> None:
        """Read the role again and write it without the users; write nothing where they are gone already."""
        current = await self.room.role(self.existing.id)
        check_custom(current)
        self.changed_meanwhile = is_changed(self.existing, current)
        leaving = {user.id for user in self.users}
        kept = tuple(user_id for user_id in current.user_ids if user_id not in leaving)
        self._kept = frozenset(kept)
        if len(kept) < len(current.user_ids):
            await self.room.update_role(current.id, structs.replace(current.draft(), user_ids=kept))

    async def read_back(self) -> None:
        """Check that these users have lost the role, and nobody else has."""
        self.role = await self.room.role(self.existing.id)
        still = [user.username for user in self.users if user.id in self.role.user_ids]
        if still:
            raise NotAsWritten(
                f"The role {self.role.name} was saved, and {', '.join(still)} still has it.",
                "Try again; if it stays so, look at the role in the Control Room.",
            )
        lost = self._kept - set(self.role.user_ids)
        if lost:
            raise NotAsWritten(
                f"The role {self.role.name} has lost {len(lost)} of its other users meanwhile.",
                "Someone else may have changed it at the same time: look at the role in the Control Room.",
            )


def plan_revocation(room: ControlRoom, role: Role, users: Sequence[User]) -> Revocation:
    """Plan to take the role from those of the users who have it; sends nothing."""
    check_custom(role)
    having = tuple(user for user in users if user.id in role.user_ids)
    revocation = Revocation(room, role, having, Plan())
    if having:
        lines = tuple(f"remove {user.username} from {role.name}" for user in having)
        revocation.plan.steps = [Step(lines, revocation.take), Step(("read it back",), revocation.read_back)]
    else:
        revocation.role = role
        revocation.plan.nothing_to_do = f"None of them has the role {role.name}."
    return revocation


def plan_giving(room: ControlRoom, role: Role, users: Sequence[User]) -> MembershipChange:
    """Plan to give the role to those of the users who lack it; sends nothing.

    Raises `RoleConflict` where the role no longer grants *Generate API-Key*, so that giving it would be useless.
    """
    check_custom(role)
    if not grants(role.permissions):
        raise RoleConflict(
            f"The role {role.name} no longer grants Generate API-Key: someone has changed it.",
            "Look at it under Roles; there it can be added.",
        )
    giving = plan_role_setup(room, RoleSetup(role.name, tuple(users), role.description, ()), role)
    if giving.plan.changes:
        giving.plan.steps[0].lines = tuple(f"add {user.username} to {role.name}" for user in giving.added_users)
    return giving
