"""Role set-up: it adds and never takes away, is done once, and tells what it cannot do."""

import pytest

from a360tui.api import GENERATE_API_KEY, ControlRoom, Permission, RoleDraft, User
from a360tui.api.errors import OutcomeUnknown
from a360tui.errors import InvalidInput
from a360tui.workflow.errors import NotAsWritten, RoleConflict
from a360tui.workflow.plan import StepState
from a360tui.workflow.role_lookup import find_role, find_users
from a360tui.workflow.role_overview import granting_roles, read_grants
from a360tui.workflow.role_setup import RoleSetup
from tests.api.conftest import room_at
from tests.api.scripted_server import ScriptedServer, Step, answer, refused, reset, rows
from tests.workflow.conftest import SignIn, each_release, planned_setup

NAME = "API key users"
ROLES = "/v2/usermanagement/roles"
VIEW_DASHBOARDS = Permission("view", "dashboard")


async def _set_up(room: ControlRoom, name: str = NAME, *usernames: str) -> RoleSetup:
    return RoleSetup(name, await find_users(room, usernames))


def _role(**changes: object) -> dict[str, object]:
    permission = {"id": 1, "action": "GenerateApiKey", "resourceType": "API"}
    return {"id": "31", "name": NAME, "permissions": [permission], "userIds": ["17"]} | changes


CREATOR = User(id="17", username="creator")


@each_release
async def test_a_role_is_made_and_the_second_time_nothing_is_done(sign_in: SignIn) -> None:
    """In each release: the role grants the permission to the user; set up again, the plan is empty."""
    async with sign_in("admin") as room:
        setup = await planned_setup(room, await _set_up(room, NAME, "creator", "runner"))
        shown = [line for step in setup.plan.steps for line in step.lines]
        assert shown[:4] == [
            "create the role API key users",
            "grant API › Generate API-Key",
            "add creator",
            "add runner",
        ]
        await setup.plan.run()
        assert setup.role is not None
        assert {user.username for user in setup.wanted.users} == {"creator", "runner"}
        again = await planned_setup(room, await _set_up(room, NAME.upper(), "runner", "creator"))
        assert not again.plan.changes
        assert [grant.row.name for grant in await granting_roles(room)] == [NAME]


@each_release
async def test_a_role_that_is_there_keeps_what_it_has(sign_in: SignIn) -> None:
    """Permissions, users and description of an existing role stay; only what is lacking is planned and added."""
    async with sign_in("admin") as room:
        (runner, creator) = await find_users(room, ["runner", "creator"])
        made = await room.create_role(RoleDraft(NAME, "ours", (VIEW_DASHBOARDS,), (runner.id,)))
        setup = await planned_setup(room, RoleSetup(NAME, (creator,), "another description"))
        assert setup.plan.steps[0].lines == ("grant API › Generate API-Key", "add creator")
        await setup.plan.run()
        role = await room.role(made.id)
        assert role.description == "ours"
        assert {runner.id, creator.id} == set(role.user_ids)
        assert all(any(each.matches(one) for one in role.permissions) for each in (VIEW_DASHBOARDS, GENERATE_API_KEY))


async def test_what_was_added_between_plan_and_run_stays(sign_in: SignIn) -> None:
    """A user whom somebody else adds after the plan was shown is not taken away by its run."""
    async with sign_in("admin") as room:
        (runner, creator) = await find_users(room, ["runner", "creator"])
        made = await room.create_role(RoleDraft(NAME))
        setup = await planned_setup(room, RoleSetup(NAME, (creator,)))
        await room.update_role(made.id, RoleDraft(NAME, user_ids=(runner.id,)))
        await setup.plan.run()
        assert {runner.id, creator.id} == set((await room.role(made.id)).user_ids)


async def test_a_hostile_name_goes_back_as_it_was(sign_in: SignIn) -> None:
    """A description with terminal escapes is shown harmless, and written back unchanged by the update."""
    hostile = "clear\x1b[2J\u202edesc"
    async with sign_in("admin") as room:
        made = await room.create_role(RoleDraft(NAME, hostile))
        assert "\x1b" not in (await room.role(made.id)).description
        await (await planned_setup(room, await _set_up(room, NAME, "creator"))).plan.run()
        assert getattr((await room.role(made.id)).description, "original", "") == hostile


async def test_a_duplicate_that_is_the_same_is_adopted(sign_in: SignIn) -> None:
    """The very role that somebody else made between plan and run is used, and that is said."""
    async with sign_in("admin") as room:
        (creator,) = await find_users(room, ["creator"])
        setup = await planned_setup(room, RoleSetup(NAME, (creator,)))
        await room.create_role(RoleDraft(NAME, "", (GENERATE_API_KEY,), (creator.id,)))
        await setup.plan.run()
        assert setup.adopted
        assert len([grant async for grant in read_grants(room) if grant.row.name == NAME]) == 1


async def test_a_duplicate_that_is_another_one_is_reported(sign_in: SignIn) -> None:
    """A role of that name without the permission is neither changed nor taken for ours."""
    async with sign_in("admin") as room:
        setup = await planned_setup(room, await _set_up(room, NAME, "creator"))
        made = await room.create_role(RoleDraft(NAME))
        with pytest.raises(RoleConflict, match="is not the one"):
            await setup.plan.run()
        assert [step.state for step in setup.plan.steps] == [StepState.FAILED, StepState.NOT_RUN]
        assert (await room.role(made.id)).permissions == ()


async def test_a_lost_answer_is_looked_for_and_not_asked_again() -> None:
    """A POST whose answer never came was carried out: the role is found by its name, and one POST was sent."""
    script: dict[str, Step | list[Step]] = {
        f"POST {ROLES}/list": [rows([], 0), rows([{"id": "31", "name": NAME}], 1)],
        f"POST {ROLES}": reset,
        f"GET {ROLES}/31": answer(_role()),
    }
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        setup = await planned_setup(room, RoleSetup(NAME, (CREATOR,)))
        await setup.plan.run()
        assert setup.role is not None
        assert not setup.adopted
        assert server.count(f"POST {ROLES}") == 1


async def test_a_lost_answer_without_a_role_stays_unknown() -> None:
    """Where looking finds no role, the outcome is called unknown, and nothing is sent again."""
    script = {f"POST {ROLES}/list": rows([], 0), f"POST {ROLES}": reset}
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        setup = await planned_setup(room, RoleSetup(NAME, (CREATOR,)))
        with pytest.raises(OutcomeUnknown):
            await setup.plan.run()
        assert setup.plan.steps[0].state is StepState.UNKNOWN
        assert server.count(f"POST {ROLES}") == 1


async def test_a_lost_answer_stays_unknown_where_nobody_can_look() -> None:
    """Where the look for the role fails too, the person is told of the write, not that nothing was changed."""
    script: dict[str, Step | list[Step]] = {
        f"POST {ROLES}/list": [rows([], 0), refused(403, "Not for you.")],
        f"POST {ROLES}": reset,
    }
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        setup = await planned_setup(room, RoleSetup(NAME, (CREATOR,)))
        with pytest.raises(OutcomeUnknown):
            await setup.plan.run()
        assert setup.plan.steps[0].state is StepState.UNKNOWN


async def test_a_role_that_was_saved_without_its_users_is_told() -> None:
    """Reading back shows what the Control Room dropped."""
    script = {
        f"POST {ROLES}/list": rows([], 0),
        f"POST {ROLES}": answer(_role(userIds=[]), 201),
        f"GET {ROLES}/31": answer(_role(userIds=[])),
    }
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        setup = await planned_setup(room, RoleSetup(NAME, (CREATOR,)))
        with pytest.raises(NotAsWritten, match="without creator"):
            await setup.plan.run()


async def test_a_refusal_is_passed_on_as_it_came() -> None:
    """What the Control Room says of a role that it does not take reaches the person."""
    script = {f"POST {ROLES}/list": rows([], 0), f"POST {ROLES}": refused(400, "No more roles.")}
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        setup = await planned_setup(room, RoleSetup(NAME))
        with pytest.raises(Exception, match="No more roles"):
            await setup.plan.run()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("x" * 256, "256 characters"),
        ("<b>", "holds <"),
        ("a\x1bb", "cannot be seen"),
        ("AAE_Admin", "system role"),
        ("aae_admin", "system role"),
    ],
)
async def test_a_name_that_cannot_be_is_refused_at_its_field(sign_in: SignIn, name: str, said: str) -> None:
    """Nothing, blanks, 256 characters, < and >, what cannot be seen, a system role's name: nothing is written."""
    async with sign_in("admin") as room:
        before = [row async for row in room.roles()]
        with pytest.raises(InvalidInput, match=said) as caught:
            await planned_setup(room, RoleSetup(name))
        assert caught.value.field == "name"
        assert before == [row async for row in room.roles()]


@pytest.mark.parametrize(
    ("usernames", "said"),
    [
        (["nobody.such"], "No user is called nobody.such"),
        (["creator", "CREATOR"], "named twice"),
        (["viktor.petrov"], "is disabled"),
        ([""], "is empty"),
        (["creat"], "No user is called creat"),
    ],
)
async def test_users_that_cannot_be_chosen_are_refused(sign_in: SignIn, usernames: list[str], said: str) -> None:
    """Unknown, named twice, disabled, nothing, part of a name: each has its sentence at the field ``users``."""
    async with sign_in("admin") as room:
        with pytest.raises(InvalidInput, match=said) as caught:
            await find_users(room, usernames)
        assert caught.value.field == "users"


async def test_many_users_are_found_with_few_requests(sign_in: SignIn) -> None:
    """Names are looked up together, so that twenty users cost one request."""
    async with sign_in("admin") as room:
        names = [user.username async for user in room.users() if not user.disabled]
        asked: list[str] = []
        room._transport._listener = lambda exchange: asked.append(exchange.path)
        found = await find_users(room, names)
        assert names == [user.username for user in found]
        assert asked == ["/v2/usermanagement/users/list"]


async def test_system_roles_are_not_read_one_by_one(sign_in: SignIn) -> None:
    """No system role grants the permission, so only custom ones cost a request each."""
    async with sign_in("admin") as room:
        grants = [grant async for grant in read_grants(room)]
        assert all((grant.role is None) == grant.row.system_role for grant in grants)
        assert await find_role(room, "Finance automation") is not None
