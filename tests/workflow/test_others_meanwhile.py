"""Somebody else changes what a plan rests on, between its making and its run."""

from collections.abc import Awaitable, Callable

import pytest

from a360tui.api import ControlRoom, RoleDraft
from a360tui.api.request import Effect, Request
from a360tui.errors import A360Error
from a360tui.workflow.plan import StepState
from a360tui.workflow.role_lookup import find_users
from a360tui.workflow.role_setup import RoleSetup
from tests.workflow.conftest import SignIn, planned_setup

Change = Callable[[ControlRoom, str], Awaitable[object]]


async def delete_user(room: ControlRoom, role_id: str) -> None:  # noqa: ARG001 - as the other changes are called
    [user] = await find_users(room, ["creator"])
    await room._session.send(
        Request("delete the user", "DELETE", f"/v2/usermanagement/users/{user.id}", effect=Effect.WRITE)
    )


async def delete_role(room: ControlRoom, role_id: str) -> None:
    await room.delete_role(role_id)


async def empty_role(room: ControlRoom, role_id: str) -> None:
    await room.update_role(role_id, RoleDraft("Mine", "Theirs now"))


async def rename_role(room: ControlRoom, role_id: str) -> None:
    await room.update_role(role_id, RoleDraft("Theirs", user_ids=(await room.role(role_id)).user_ids))


async def test_a_role_that_somebody_empties_is_filled_with_what_was_planned(sign_in: SignIn) -> None:
    """Their description stays, what the plan adds is added, and that it was changed meanwhile is known."""
    async with sign_in("admin") as room, sign_in("admin") as other:
        made = await room.create_role(RoleDraft("Mine"))
        [creator] = await find_users(room, ["creator"])
        planned = await planned_setup(room, RoleSetup("Mine", (creator,)))
        await empty_role(other, made.id)
        await planned.plan.run()
        role = await room.role(made.id)
        assert (role.description, role.user_ids) == ("Theirs now", (creator.id,))
        assert planned.changed_meanwhile


async def test_a_role_that_somebody_renames_keeps_its_name(sign_in: SignIn) -> None:
    """The role is known by its id: what was planned is added under the name that it has now."""
    async with sign_in("admin") as room, sign_in("admin") as other:
        made = await room.create_role(RoleDraft("Mine"))
        [creator] = await find_users(room, ["creator"])
        planned = await planned_setup(room, RoleSetup("Mine", (creator,)))
        await rename_role(other, made.id)
        await planned.plan.run()
        assert (await room.role(made.id)).name == "Theirs"
        assert planned.changed_meanwhile


@pytest.mark.parametrize("change", [delete_role, delete_user])
async def test_what_somebody_deletes_is_told(sign_in: SignIn, change: Change) -> None:
    """A role or a user that is gone is a refusal with the Control Room's words; nothing else is written."""
    async with sign_in("admin") as room, sign_in("admin") as other:
        made = await room.create_role(RoleDraft("Mine"))
        [creator] = await find_users(room, ["creator"])
        planned = await planned_setup(room, RoleSetup("Mine", (creator,)))
        await change(other, made.id)
        with pytest.raises(A360Error) as told:
            await planned.plan.run()
        assert told.value.exit_code == 1
        assert told.value.message
        assert [step.state for step in planned.plan.steps] == [StepState.FAILED, StepState.NOT_RUN]
        names = [row.name async for row in room.roles()]
        assert ("Mine" in names) == (change is delete_user)


async def test_a_user_who_is_deleted_from_a_list_that_is_read(sign_in: SignIn) -> None:
    """Rows that go away while a list is read shift the rest: nobody is given twice, and who was there stays in it."""
    async with sign_in("admin") as room, sign_in("admin") as other:
        everybody = [user.username async for user in room.users()]
        seen: list[str] = []
        async for user in room.users():
            if not seen:
                await delete_user(other, "")
            seen.append(user.username)
        assert len(seen) == len(set(seen))
        assert set(everybody) - {"creator"} <= set(seen)
