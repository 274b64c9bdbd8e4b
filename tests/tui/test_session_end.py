"""A session that ends while screens are open: signing in over them, with nothing lost that was typed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from a360tui.api import Password
from a360tui.demo import DemoServer, Running
from a360tui.secret import Secret
from a360tui.tui.dialogs.sign_in_again import SignInAgainDialog
from a360tui.tui.screens.role_set_up import RoleSetUpScreen
from a360tui.tui.screens.roles import RolesScreen
from a360tui.tui.screens.workflow import WorkflowScreen
from a360tui.tui.session import Session
from a360tui.tui.widgets.field import Field
from tests.conftest import MovableClock
from tests.tui.hours import MINUTES, Hours
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


async def type_duration(it: Stage) -> None:
    """31 days in the field, where 45 are in force; the assumed call is agreed to."""
    await it.press("4")
    await it.shows("Use an assumed call?")
    await it.press("tab", "enter")
    await it.shows("45 days")
    await it.press("backspace", "backspace")
    await it.type("31")


async def test_the_idle_lock_comes_over_it(control_room: Running, clock: MovableClock) -> None:
    """Nobody there, it locks all the same: Esc opens nothing, and who signs in there has answered both questions."""
    async with signed_in(control_room) as it:
        hours = Hours(it)
        clock.forward(HALF_AN_HOUR)
        await it.press("r")
        await it.shows("Your session ended")
        hours.pass_idle(16 * MINUTES)
        await it.shows("Locked", "What you typed is kept.")
        await it.press("escape")
        await it.shows("Locked")
        await it.paste(control_room.account("admin").password)
        await it.press("enter")
        await it.gone("Locked", "Your session ended")
        await it.settle()
        assert isinstance(it.app.screen, WorkflowScreen)
        await it.press("1")
        await it.shows("1 role grants")


async def test_over_a_form_nothing_typed_is_lost(control_room: Running, clock: MovableClock) -> None:
    """In the middle of a form, the dialog asks for the password, the read is repeated, and the form is as it was."""
    async with signed_in(control_room) as it:
        await it.begin_second_role("creator")
        clock.forward(HALF_AN_HOUR)
        await it.press("ctrl+f", "backspace")
        await it.shows("Your session ended", "What you typed")
        await it.gone(" token ")
        assert dialogs(it) == 1
        await it.paste(control_room.account("admin").password)
        await it.press("enter")
        await it.shows("1 of 23 match", "■ creator", "1:  creator", "add creator")
        assert isinstance(it.app.screen, RoleSetUpScreen)
        assert it.app.screen.query_one("#search", Input).value == "creato"
        await it.press("ctrl+s")
        await it.shows("Back to the roles")
        assert it.witness.users_of("API key users 2") == ["creator"]


async def test_letters_for_the_field_behind_are_no_password(control_room: Running, clock: MovableClock) -> None:
    """Letters that follow on those in a form are left out and not sent; those after a pause are the password."""
    async with signed_in(control_room) as it:
        await it.begin_second_role("creator")
        await it.press("ctrl+f")
        clock.forward(HALF_AN_HOUR)

        def type_at(second: float, letters: str) -> None:
            for number, letter in enumerate(letters):
                key = events.Key(letter, letter)
                key.time = second + number / 10
                it.app.post_message(key)

        type_at(1000, "jon")
        await it.shows("Your session ended")
        tries = it.calls("/authentication")
        type_at(1000.5, "as.becker")
        await it.press("enter")
        await it.shows("This field is empty.")
        assert it.calls("/authentication") == tries
        type_at(1005, "as")
        await it.until(lambda: it.field("secret").value == "as", "what was typed after a pause")


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
        await it.shows("This field is empty.")
        await it.paste("hunter2")
        await it.press("enter")
        await it.shows("password is wrong", "third")
        assert it.calls("/authentication") == tries + 1
        assert it.app.screen.query_one(Field).value == ""
        await it.paste(control_room.account("admin").password)
        await it.press("enter")
        await it.shows("Finance automation")


async def test_an_overtaken_read_leaves_its_question_to_the_next(control_room: Running, clock: MovableClock) -> None:
    """A read that takes the place of one that asked shares its question, and goes on once that is answered."""
    async with signed_in(control_room) as it:
        await it.press("1")
        await it.shows("Finance automation")
        roles = it.app.screen
        assert isinstance(roles, RolesScreen)
        clock.forward(HALF_AN_HOUR)
        await it.press("r")
        await it.shows("Your session ended")
        first = next(each for each in it.app.workers if each.group == "roles")
        roles.action_reload()
        await it.until(lambda: first.is_finished, "the end of the first read")
        await it.paste(control_room.account("admin").password)
        await it.press("enter")
        await it.until(lambda: not roles.is_working("roles"), "the end of the next read")
        await it.shows("1 role grants Generate API-Key.")
        assert dialogs(it) == 0


async def test_who_signs_in_as_somebody_else_is_asked_for_them(control_room: Running, clock: MovableClock) -> None:
    """A question that another sign-in has overtaken is gone, and the next session that ends asks anew."""
    async with signed_in(control_room) as it:
        clock.forward(HALF_AN_HOUR)
        await it.press("1")
        await it.shows("Your session ended")
        before = it.session
        creator = Password(Secret(control_room.account("creator").password))
        await it.app.signing_in.sign_in(before.destination, before.place, "creator", creator)
        await it.shows("API key workflow", "No key yet.")
        assert dialogs(it) == 0
        clock.forward(HALF_AN_HOUR)
        await it.press("2")
        await it.shows("Your session ended", "Sign in again as creator")


async def test_a_question_that_never_began_is_answered(
    control_room: Running, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another sign-in overtakes a question as it begins, nobody waits for it, and the next one is asked."""

    async def close(_session: Session) -> None:
        """Lets nothing come between."""

    async with signed_in(control_room) as it:
        before = it.session
        with monkeypatch.context() as closing:
            closing.setattr(Session, "close", close)
            asked = asyncio.create_task(it.app.signing_in.sign_in_again())
            await asyncio.gather(asked, it.app.signing_in._begin(before))
        assert asked.result() is False
        clock.forward(HALF_AN_HOUR)
        await it.press("r")
        await it.shows("Your session ended")


@pytest.mark.parametrize("key", ["escape", "button", "palette"])
async def test_not_now(control_room: Running, clock: MovableClock, key: str) -> None:
    """Who does not sign in again stays where they were, with a sentence that says why nothing was read."""
    async with signed_in(control_room) as it:
        clock.forward(HALF_AN_HOUR)
        await it.press("1")
        await it.shows("Your session ended")
        if key == "palette":
            await it.press("ctrl+p")
            await it.shows("Search for commands")
            await it.type("go back")
            await it.shows("esc      Go back")
        await it.click("Not now") if key == "button" else await it.press({"palette": "enter"}.get(key, key))
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


async def ended(it: Stage, control_room: Running, username: str) -> None:
    """The dialog, answered with the password."""
    await it.shows("Your session ended", "What you typed")
    assert dialogs(it) == 1
    await it.paste(control_room.account(username).password)
    await it.press("enter")
    await it.until(lambda: dialogs(it) == 0, "the screen beneath")


async def test_over_a_role_that_is_about_to_be_made(control_room: Running, clock: MovableClock) -> None:
    """The session ends between the plan and its run: signed in again, the role is made, once, as it was typed."""
    async with signed_in(control_room) as it:
        await it.press("1")
        await it.shows("Finance automation")
        await it.press("n")
        await it.shows("Add to the role", "23 users")
        await it.press(*["shift+tab"] * 3, "end")
        await it.type(" 3")
        await it.shows("create the role API key users 3")
        clock.forward(HALF_AN_HOUR)
        await it.press("ctrl+s")
        await ended(it, control_room, "admin")
        await it.shows("Back to the roles")
        assert it.witness.role("API key users 3") is not None
        assert it.calls("/usermanagement/roles") == 1


async def test_over_a_duration(control_room: Running, clock: MovableClock) -> None:
    """The session ends while a duration is typed: signed in again, the question comes, and what was typed is saved."""
    async with signed_in(control_room) as it:
        await type_duration(it)
        clock.forward(HALF_AN_HOUR)
        await it.press("enter")
        await ended(it, control_room, "admin")
        await it.shows("Change the duration?", "will last 31 days")
        await it.press("tab", "enter")
        await it.shows("Saved and read back: new keys last 31 days.")
        assert len([one for one in it.sent("/settings/security") if one.method == "PUT"]) == 1


async def test_over_a_question_that_is_already_answered(control_room: Running, clock: MovableClock) -> None:
    """A write that finds the session ended is not repeated by itself; what was typed stays, and a press goes on."""
    async with signed_in(control_room) as it:
        await type_duration(it)
        await it.press("enter")
        await it.shows("Change the duration?")
        clock.forward(HALF_AN_HOUR)
        await it.press("tab", "enter")
        await it.shows("session has ended")
        assert it.witness.duration["value"] == 45
        assert it.field("duration").value == "31"
        await it.press("ctrl+s")
        await ended(it, control_room, "admin")
        await it.shows("Change the duration?")
        await it.press("tab", "enter")
        await it.shows("Saved and read back: new keys last 31 days.")


async def test_over_the_question_before_a_key_dies(control_room: Running, clock: MovableClock) -> None:
    """The session ends while *Regenerate* is asked: no key is made, the old one lives, and a press begins anew."""
    with Witness(control_room) as witness:
        witness.admin.allow_keys("creator")
        old = witness.make_key("creator")
        async with own_stage(control_room, "creator") as it:
            await it.paste(control_room.account("creator").password)
            await it.press("enter")
            await it.shows("API key workflow", "See your key")
            await it.press("2")
            await it.shows("Regenerate …")
            await it.press("g")
            await it.shows("Use an assumed call?")
            await it.press("tab", "enter")
            await it.click("Keep nothing on disk")
            await it.shows("Keep the old key")
            clock.forward(HALF_AN_HOUR)
            await it.press("tab", "enter")
            await ended(it, control_room, "creator")
            assert witness.signs_in("creator", old)
            assert it.calls("/apikey") == 0
            await it.shows("the session has ended")
            await it.press("g")
            await it.shows("Keep the old key")
            await it.press("tab", "enter")
            await it.shows("never shows it again")
            assert not witness.signs_in("creator", old)


async def test_over_a_place_that_is_typed(control_room: Running, clock: MovableClock, tmp_path: Path) -> None:
    """A place needs no Control Room: it is registered while the session is over, and the next read asks to sign in."""
    bots = tmp_path / "bots.env"
    bots.write_text("A360_API_KEY=old\n")
    with Witness(control_room) as witness:
        witness.admin.allow_keys("creator")
        async with own_stage(control_room, "creator") as it:
            await it.paste(control_room.account("creator").password)
            await it.press("enter")
            await it.shows("Generate your key")
            await it.press("2")
            await it.shows("makes your first key")
            await it.press("a")
            await it.shows("Add a place that uses the key")
            await it.paste(str(bots))
            await it.press("enter")
            await it.type("A360_API_KEY")
            clock.forward(HALF_AN_HOUR)
            await it.press("enter")
            await ended(it, control_room, "creator")
            await it.shows("Used in", "holds another value")
