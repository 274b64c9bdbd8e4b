"""Who has a role: given and taken by reading, merging, writing and reading back; what others change stays."""

import pytest
from msgspec import structs

from a360tui.api import GENERATE_API_KEY, ControlRoom, Permission, Role, RoleDraft
from a360tui.errors import InvalidInput
from a360tui.workflow.errors import NotAsWritten, RoleConflict
from a360tui.workflow.role_lookup import find_users
from a360tui.workflow.role_membership import plan_giving, plan_revocation
from tests.api.conftest import room_at
from tests.api.scripted_server import answer
from tests.workflow.conftest import SignIn, each_release
from tests.workflow.inventory.scripted import ROLES, control_room, record

VIEW_DASHBOARDS = Permission("view", "dashboard")


async def make_role(room: ControlRoom, *usernames: str) -> Role:
    users = await find_users(room, usernames, also_disabled=True)
    draft = RoleDraft("Keys", "ours", (GENERATE_API_KEY, VIEW_DASHBOARDS), tuple(user.id for user in users))
    return await room.role((await room.create_role(draft)).id)


async def usernames(room: ControlRoom, role: Role) -> set[str]:
    return {(await room.user(user_id)).username for user_id in (await room.role(role.id)).user_ids}


@each_release
async def test_taken_and_given_again(sign_in: SignIn) -> None:
    """In each release: of those who are named only who has it loses it, who lacks it gets it; all else stays."""
    async with sign_in("admin") as room:
        role = await make_role(room, "creator", "runner", "viktor.petrov")
        users = await find_users(room, ["creator", "viktor.petrov", "kenji.sato"], also_disabled=True)
        revocation = plan_revocation(room, role, users)
        assert revocation.plan.steps[0].lines == (
            "remove creator from Keys",
            "remove viktor.petrov from Keys",
        )
        await revocation.plan.run()
        assert await usernames(room, role) == {"runner"}
        assert not revocation.changed_meanwhile
        assert revocation.role is not None
        giving = plan_giving(room, revocation.role, users[:1])
        await giving.plan.run()
        assert await usernames(room, role) == {"runner", "creator"}
        after = await room.role(role.id)
        assert after.description == "ours"
        assert all(any(each.matches(one) for one in after.permissions) for each in role.permissions)
        assert not plan_giving(room, after, users[:1]).plan.changes
        assert not plan_revocation(room, after, users[1:]).plan.changes


async def test_what_others_change_meanwhile_is_kept_and_told(sign_in: SignIn) -> None:
    """A user and a permission that somebody adds between plan and run stay, and it is said that there was a change."""
    async with sign_in("admin") as room:
        role = await make_role(room, "creator", "runner")
        creator, kenji = await find_users(room, ["creator", "kenji.sato"])
        for planned in (plan_revocation(room, role, [creator]), plan_giving(room, role, [kenji])):
            current = await room.role(role.id)
            changed = structs.replace(current.draft(), description=f"{current.description}, by others")
            await room.update_role(role.id, changed)
            await planned.plan.run()
            assert planned.changed_meanwhile
        assert await usernames(room, role) == {"runner", "kenji.sato"}
        assert (await room.role(role.id)).description == "ours, by others, by others"


async def test_what_somebody_else_has_done_already_is_not_written() -> None:
    """Who lost the role meanwhile is not written about again; the plan says that somebody changed it."""
    role = {"id": "31", "name": "Keys", "permissions": [], "userIds": ["40", "41"]}
    gone = answer(role | {"userIds": ["41"]})
    async with (
        control_room({"40": record("first")}, **{f"GET {ROLES}/31": [answer(role), gone]}) as server,
        room_at(server.address) as room,
    ):
        planned = plan_revocation(room, await room.role("31"), [await room.user("40")])
        await planned.plan.run()
        assert planned.changed_meanwhile
        assert server.count(f"PUT {ROLES}/31") == 0


@pytest.mark.parametrize(("left", "said"), [(["40", "41"], "first still has it"), ([], "lost 1 of its other users")])
async def test_what_reading_back_finds(left: list[str], said: str) -> None:
    """A role that was saved with the user still in it, or without somebody else, is told."""
    role = {"id": "31", "name": "Keys", "permissions": [], "userIds": ["40", "41"]}
    script = {
        f"GET {ROLES}/31": [answer(role), answer(role), answer(role | {"userIds": left})],
        f"PUT {ROLES}/31": answer(role, 201),
    }
    async with control_room({"40": record("first")}, **script) as server, room_at(server.address) as room:
        planned = plan_revocation(room, await room.role("31"), [await room.user("40")])
        with pytest.raises(NotAsWritten, match=said):
            await planned.plan.run()


async def test_what_is_never_written(sign_in: SignIn) -> None:
    """A system role, a role that no longer grants it, a user who is disabled: refused while it is planned."""
    async with sign_in("admin") as room:
        role = await make_role(room, "creator")
        system = structs.replace(role, system_role=True)
        (viktor,) = await find_users(room, ["viktor.petrov"], also_disabled=True)
        for plan in (plan_giving, plan_revocation):
            with pytest.raises(InvalidInput, match="system role"):
                plan(room, system, [viktor])
        with pytest.raises(RoleConflict, match="no longer grants"):
            plan_giving(room, structs.replace(role, permissions=(VIEW_DASHBOARDS,)), [viktor])
        with pytest.raises(InvalidInput, match="is disabled"):
            plan_giving(room, role, [viktor])
