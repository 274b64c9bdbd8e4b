"""A session that ends while screens are open: signing in over them, with nothing lost that was typed."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta

import pytest
from textual.widgets import Input

from a360tui.demo import DemoServer, Running
from a360tui.tui.dialogs.sign_in_again import SignInAgainDialog
from a360tui.tui.screens.role_set_up import RoleSetUpScreen
from a360tui.tui.screens.workflow import WorkflowScreen
from a360tui.tui.widgets.field import Field
from tests.conftest import MovableClock
from tests.tui.stage import NOON, Stage, own_stage, stage
from tests.tui.witness import Witness

HALF_AN_HOUR = timedelta(minutes=30)


@asynccontextmanager
async def signed_in(control_room: Running) -> AsyncIterator[Stage]:
    """As administrator of somebody's own Control Room that has a role for keys, on the workflow."""
    with Witness(control_room) as witness:
        witness.admin.allow_keys("runner")
    async with own_stage(control_room, "admin") as it:
        await it.paste(control_room.account("admin").password)
        await it.press("enter")
        await it.shows("API key workflow", "See roles")
        yield it


def dialogs(it: Stage) -> int:
    return sum(isinstance(screen, SignInAgainDialog) for screen in it.app.screen_stack)


async def test_over_a_form_nothing_typed_is_lost(control_room: Running, clock: MovableClock) -> None:
    """In the middle of a form, the dialog asks for the password, the read is repeated, and the form is as it was."""
    async with signed_in(control_room) as it:
        await it.press("1")
        await it.shows("Finance automation")
        await it.press("n")
        await it.shows("Add to the role", "23 users")
        await it.paste("creator")
        await it.shows("1 of 23 match")
        await it.press("enter", "space", *["shift+tab"] * 4, "end")
        await it.type(" 2")
        await it.shows("create the role", "add creator")
        clock.forward(HALF_AN_HOUR)
        await it.press("ctrl+f", "backspace")
        await it.shows("Your session ended", "What you typed")
        assert dialogs(it) == 1
        await it.paste(control_room.account("admin").password)
        await it.press("enter")
        await it.shows("1 of 23 match", "■ creator", "1:  creator", "add creator")
        assert isinstance(it.app.screen, RoleSetUpScreen)
        assert it.app.screen.query_one("#search", Input).value == "creato"
        await it.press("ctrl+s")
        await it.shows("Back to the workflow")
        assert it.witness.users_of("API key users 2") == ["creator"]


async def test_many_reads_ask_once(control_room: Running, clock: MovableClock) -> None:
    """The workflow reads several things at once; their common end of the session is one dialog."""
    async with signed_in(control_room) as it:
        clock.forward(HALF_AN_HOUR)
        await it.press("1")
        await it.shows("Your session ended")
        assert dialogs(it) == 1
        await it.paste(control_room.account("admin").password)
        await it.press("enter")
        await it.shows("Finance automation")
        clock.forward(HALF_AN_HOUR)
        await it.press("escape")
        await it.shows("Your session ended")
        await it.pilot.pause(0.1)
        assert dialogs(it) == 1
        await it.paste(control_room.account("admin").password)
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, WorkflowScreen), "the workflow")
        await it.settle()
        assert dialogs(it) == 0


async def test_a_wrong_password_stays_in_the_dialog(control_room: Running, clock: MovableClock) -> None:
    """The server's words stand at the field, one try is one request, and the right password goes on."""
    async with signed_in(control_room) as it:
        clock.forward(HALF_AN_HOUR)
        await it.press("1")
        await it.shows("Your session ended")
        tries = it.calls("/authentication")
        await it.press("enter")
        await it.shows("Nothing is typed here.")
        await it.paste("hunter2")
        await it.press("enter")
        await it.shows("password is wrong", "third")
        assert it.calls("/authentication") == tries + 1
        assert it.app.screen.query_one(Field).value == ""
        await it.paste(control_room.account("admin").password)
        await it.press("enter")
        await it.shows("Finance automation")


@pytest.mark.parametrize("key", ["escape", "button"])
async def test_not_now(control_room: Running, clock: MovableClock, key: str) -> None:
    """Who does not sign in again stays where they were, with a sentence that says why nothing was read."""
    async with signed_in(control_room) as it:
        clock.forward(HALF_AN_HOUR)
        await it.press("1")
        await it.shows("Your session ended")
        await it.press("escape") if key == "escape" else await it.click("Not now")
        await it.shows("the session has ended")
        assert dialogs(it) == 0


async def test_after_a_restart_of_the_server(control_room: Running, clock: MovableClock) -> None:
    """A Control Room that was restarted knows no token of before: the same dialog, and on with it."""
    passwords = {account.username: account.password for account in control_room.accounts}
    with ExitStack() as before, ExitStack() as after:
        running = before.enter_context(DemoServer(clock=clock, passwords=passwords).on_loopback())
        async with signed_in(running) as it:
            before.close()
            again = DemoServer(clock=clock, passwords=passwords)
            after.enter_context(again.on_loopback(int(running.url.rpartition(":")[2])))
            await it.press("1")
            await it.shows("Your session ended")
            await it.paste(passwords["admin"])
            await it.press("enter")
            await it.shows("Finance automation")


async def test_the_demo_signs_in_again_by_itself() -> None:
    """The demo knows its passwords, so that a session that ended is renewed without a word."""
    now = [NOON]
    async with stage(clock=lambda: now[0], prepare=lambda witness: witness.admin.allow_keys("runner")) as it:
        await it.be_admin()
        now[0] += HALF_AN_HOUR
        await it.press("1")
        await it.shows("Finance automation")
        assert dialogs(it) == 0
