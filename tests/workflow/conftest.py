"""Rooms at the embedded Control Room, signed in as the people of the story."""

import pwd
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NoReturn

import pytest

from a360tui.api import ControlRoom, Password, parse_address
from a360tui.demo import Running
from a360tui.secret import Secret
from a360tui.workflow.role_lookup import read_role
from a360tui.workflow.role_setup import RoleSetup, RoleSetupPlan, checked_name, plan_role_setup

SignIn = Callable[[str], AbstractAsyncContextManager[ControlRoom]]

each_release = pytest.mark.parametrize("control_room", ["v40", "v32", "11.3"], indirect=True)


@pytest.fixture
def sign_in(control_room: Running) -> SignIn:
    """Opens a room as one of the accounts."""

    @asynccontextmanager
    async def open_as(username: str) -> AsyncIterator[ControlRoom]:
        async with ControlRoom(parse_address(control_room.url)) as room:
            await room.sign_in(username, Password(Secret(control_room.account(username).password)))
            yield room

    return open_as


async def planned_setup(room: ControlRoom, wanted: RoleSetup) -> RoleSetupPlan:
    """The plan for a role, after a look at what there is of it."""
    return plan_role_setup(room, wanted, await read_role(room, checked_name(wanted.name)))


def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a user without a home: HOME is not set, and passwd does not know them."""

    def unknown(_number: int) -> NoReturn:
        raise KeyError

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
