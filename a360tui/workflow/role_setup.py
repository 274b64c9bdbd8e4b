"""Role set-up: a custom role that grants *Generate API-Key*, and the users who have it (``control-room-api.md §3``).

Set-up is idempotent and only adds: permissions and users that a role has stay. What was written is read back. If a role
of that name has appeared meanwhile, it is adopted if it is as wanted, and reported if it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec import structs

from a360tui.api import GENERATE_API_KEY, Permission, Role, RoleDraft, User
from a360tui.api.errors import BadRequest, Conflict, OutcomeUnknown
from a360tui.errors import A360Error, InvalidInput
from a360tui.text import harmless, shortened
from a360tui.workflow.errors import NotAsWritten, RoleConflict
from a360tui.workflow.permissions import permission_label
from a360tui.workflow.plan import Plan, Step
from a360tui.workflow.role_lookup import check_enabled, find_role

if TYPE_CHECKING:
    from a360tui.api import ControlRoom

LONGEST_TEXT = 255
"""Characters that a name or a description may have (``control-room-api.md §3``)."""


@dataclass(frozen=True)
class RoleSetup:
    """What is wanted: a role of this name with at least these permissions and users."""

    name: str
    users: tuple[User, ...] = ()
    description: str = ""
    permissions: tuple[Permission, ...] = (GENERATE_API_KEY,)


@dataclass
class RoleSetupPlan:
    """A planned set-up, and after its run the result."""

    room: ControlRoom
    wanted: RoleSetup
    existing: Role | None
    """The role as it was found; ``None`` where it has to be created."""
    plan: Plan
    role: Role | None = None
    """The role as it was read back, or as it was found where nothing had to be done."""
    adopted: bool = False
    """Whether somebody else created the same role between plan and run."""
    changed_meanwhile: bool = False
    """Whether somebody else changed the role between plan and run; their change was kept."""
    _role_id: str = field(default="", repr=False)

    @property
    def added_permissions(self) -> tuple[Permission, ...]:
        """The permissions that the role lacks so far."""
        return _missing_permissions(self.existing, self.wanted)

    @property
    def added_users(self) -> tuple[User, ...]:
        """The users who do not have the role so far."""
        return _missing_users(self.existing, self.wanted)

    async def create(self) -> None:
        """Create the role; a duplicate or a lost answer is resolved by looking, never by another POST."""
        draft = RoleDraft(
            name=self.wanted.name,
            description=self.wanted.description,
            permissions=self.wanted.permissions,
            user_ids=tuple(user.id for user in self.wanted.users),
        )
        try:
            self._role_id = (await self.room.create_role(draft)).id
        except (BadRequest, Conflict, OutcomeUnknown) as error:
            try:
                found = await find_role(self.room, self.wanted.name)
                role = None if found is None else await self.room.role(found.id)
            except A360Error:  # says nothing of the request for the role, which may have been carried out
                role = None
            if role is None:
                raise
            self._adopt(role, error)

    async def extend(self) -> None:
        """Read the role again, add what it still lacks, and write it."""
        if self.existing is None:
            await self.create()
            return
        current = await self.room.role(self.existing.id)
        self._role_id = current.id
        self.changed_meanwhile = is_changed(self.existing, current)
        permissions = _missing_permissions(current, self.wanted)
        users = _missing_users(current, self.wanted)
        if not permissions and not users:
            return
        extended = structs.replace(
            current.draft(),
            permissions=(*current.permissions, *permissions),
            user_ids=(*current.user_ids, *(user.id for user in users)),
        )
        await self.room.update_role(current.id, extended)

    async def read_back(self) -> None:
        """Compare the role with what was wanted."""
        self.role = await self.room.role(self._role_id)
        lacking = [permission_label(one) for one in _missing_permissions(self.role, self.wanted)]
        lacking += [user.username for user in _missing_users(self.role, self.wanted)]
        if lacking:
            raise NotAsWritten(
                f"The role {self.role.name} was saved without {', '.join(lacking)}.",
                "Run the set-up again; if it stays so, look at the role in the Control Room.",
            )

    def _adopt(self, found: Role, error: BadRequest | Conflict | OutcomeUnknown) -> None:
        if found.system_role or _missing_permissions(found, self.wanted) or _missing_users(found, self.wanted):
            raise RoleConflict(
                f"A role called {found.name} exists now and is not the one that was to be made.",
                "Run the set-up again to see what it would add to that role, or choose another name.",
            ) from None
        self._role_id = found.id
        self.adopted = not isinstance(error, OutcomeUnknown)


def checked_name(name: str) -> str:
    """The name without blanks around it; raises `InvalidInput` on the field ``name`` where no role can have it."""
    return _checked_text(name, "name", required=True)


def checked_description(description: str) -> str:
    """The description without blanks around it; raises `InvalidInput` on the field ``description``."""
    return _checked_text(description, "description", required=False)


def _checked_text(text: str, what: str, *, required: bool) -> str:
    text = text.strip()
    if required and not text:
        raise InvalidInput(f"The {what} is empty.", "Give the role a name of your own.", field=what)
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(
            f"The {what} has {len(text)} characters.", f"At most {LONGEST_TEXT} are possible.", field=what
        )
    if "<" in text or ">" in text:
        raise InvalidInput(f"The {what} holds < or >.", "A Control Room does not take these two.", field=what)
    if harmless(text) != text:
        raise InvalidInput(
            f"The {what} holds characters that cannot be seen: {shortened(harmless(text), 60)}.",
            "Type it instead of pasting it.",
            field=what,
        )
    return text


def plan_role_setup(room: ControlRoom, wanted: RoleSetup, existing: Role | None) -> RoleSetupPlan:
    """Plan what ``existing`` lacks, or the whole role where there is none; sends nothing.

    Raises `InvalidInput` for a name or a description that is not allowed, and for a user who is disabled.
    """
    wanted = RoleSetup(
        checked_name(wanted.name), wanted.users, checked_description(wanted.description), wanted.permissions
    )
    setup = RoleSetupPlan(room, wanted, existing, Plan())
    check_enabled(setup.added_users)
    if existing is None:
        lines = (f"create the role {wanted.name}", *_lines(wanted.permissions, wanted.users))
        setup.plan.steps = [Step(lines, setup.create), Step(("read it back",), setup.read_back)]
    elif setup.added_permissions or setup.added_users:
        lines = _lines(setup.added_permissions, setup.added_users)
        setup.plan.steps = [Step(lines, setup.extend), Step(("read it back",), setup.read_back)]
    else:
        setup.role = existing
        to_whom = " to these users" if wanted.users else ""
        setup.plan.nothing_to_do = f"The role {existing.name} grants this{to_whom} already."
    return setup


def _lines(permissions: Sequence[Permission], users: Sequence[User]) -> tuple[str, ...]:
    grant = tuple(f"grant {permission_label(permission)}" for permission in permissions)
    return grant + tuple(f"add {user.username}" for user in users)


def is_changed(before: Role, after: Role) -> bool:
    """Whether the role's texts, permissions or users differ from those before."""

    def content(role: Role) -> tuple[object, ...]:
        pairs = {(one.action.casefold(), one.resource_type.casefold()) for one in role.permissions}
        return role.name, role.description, pairs, set(role.user_ids)

    return content(before) != content(after)


def _missing_permissions(role: Role | None, wanted: RoleSetup) -> tuple[Permission, ...]:
    have = role.permissions if role else ()
    return tuple(one for one in wanted.permissions if not any(one.matches(other) for other in have))


def _missing_users(role: Role | None, wanted: RoleSetup) -> tuple[User, ...]:
    have = role.user_ids if role else ()
    return tuple(user for user in wanted.users if user.id not in have)
