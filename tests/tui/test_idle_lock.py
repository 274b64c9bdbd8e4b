"""The idle lock: after 15 minutes without a key or a click no secret is in reach, and nothing typed is lost."""

import asyncio

import pytest
from textual import events

from a360tui.demo import Running
from a360tui.secret import Secret
from a360tui.storage import PassphraseRequest, SecretKind, find_locations, open_store
from a360tui.tui.dialogs.key import KeyDialog
from a360tui.tui.dialogs.locked import LockedDialog
from a360tui.tui.screens.duration import DurationScreen
from a360tui.tui.screens.role_set_up import RoleSetUpScreen
from a360tui.tui.screens.workflow import WorkflowScreen
from a360tui.tui.stores import Stores
from tests.storage.conftest import PASSPHRASE, vault_under_passphrase
from tests.tui.gate import Gate
from tests.tui.hours import MINUTES, Hours
from tests.tui.stage import Stage, own_stage, stage
from tests.tui.witness import Witness


async def sign_in(it: Stage, password: str) -> None:
    await it.paste(password)
    await it.press("enter")
    await it.shows("API key workflow")


def allow(witness: Witness) -> None:
    witness.admin.allow_keys("creator")


async def test_over_a_form_nothing_typed_is_lost(control_room: Running) -> None:
    """Locked in the middle of a form: the token is dead, only the password goes on, and the form is as it was."""
    with Witness(control_room) as witness:
        allow(witness)
    password = control_room.account("admin").password
    async with own_stage(control_room, "admin") as it:
        hours = Hours(it)
        await sign_in(it, password)
        await it.begin_second_role("kenji.sato")
        session = it.session
        token = session.room.token.reveal()
        hours.pass_idle(14.9 * MINUTES)
        assert not it.app.idle_lock.is_locked
        hours.pass_idle(0.2 * MINUTES)
        await it.shows("Locked", "admin was signed out of", "What you typed is kept.")
        await it.until(lambda: it.calls("/logout") == 1, "the sign-out")
        await it.gone(" token ")
        thief = it.witness.anybody()
        thief.token = token
        assert thief.get("usermanagement/users/1").status_code == 401
        await it.press("escape", "f2", "ctrl+p", "f1")
        await it.shows("Locked")
        assert isinstance(it.app.screen, LockedDialog)
        await it.press("enter")
        await it.shows("This field is empty.")
        await it.paste("hunter2")
        await it.press("enter")
        await it.shows("password is wrong", "third")
        await it.paste(password)
        await it.press("enter")
        await it.gone("Locked")
        await it.shows("API key users 2", "add kenji.sato", "■ kenji.sato")
        assert isinstance(it.app.screen, RoleSetUpScreen)
        await it.press("ctrl+s")
        await it.shows("Back to the roles")
        assert it.witness.users_of("API key users 2") == ["kenji.sato"]


async def test_over_a_question_the_top_line_is_right(control_room: Running) -> None:
    """Behind a question, too, the token's time goes when it locks, and is there again once somebody has signed in."""
    password = control_room.account("admin").password
    async with own_stage(control_room, "admin") as it:
        hours = Hours(it)
        await sign_in(it, password)
        await it.press("4")
        await it.shows("Use an assumed call?", " token ")
        hours.pass_idle(16 * MINUTES)
        await it.shows("Locked")
        await it.gone(" token ")
        await it.paste(password)
        await it.press("enter")
        await it.gone("Locked")
        await it.shows("Use an assumed call?", " token ")


async def test_after_a_sleep_of_the_machine_the_first_key_locks() -> None:
    """Time asleep counts: the first key or click after it does nothing but lock, and the demo goes on by Enter."""
    for wakes in (events.Key("4", "4"), events.MouseDown(None, 5, 5, 0, 0, 1, False, False, False, 5, 5)):
        async with stage() as it:
            hours = Hours(it)
            await it.be_admin()
            hours.forward(8 * 60 * MINUTES)
            it.app.post_message(wakes)
            await it.shows("Locked")
            await it.press("enter")
            await it.gone("Locked")
            await it.settle()
            assert isinstance(it.app.screen, WorkflowScreen)


async def test_nothing_is_reached_while_it_locks() -> None:
    """While the sign-out is on its way, no key reaches a screen that the lock is about to cover."""
    async with Gate() as gate, stage(gate=gate) as it:
        hours = Hours(it)
        await it.be_admin()
        gate.hold("POST /v1/authentication/logout")
        hours.pass_idle(16 * MINUTES)
        await it.until(lambda: gate.held == 1, "the sign-out on its way")
        await it.press("4")
        await it.shows("Locked")
        assert not any(isinstance(each, DurationScreen) for each in it.app.screen_stack)
        gate.open()


async def test_a_token_that_is_just_renewed_is_dropped_too() -> None:
    """Locked while a renewal is under way that takes its time, the session has no token once that has ended."""
    async with Gate() as gate, stage(gate=gate) as it:
        hours = Hours(it)
        await it.be_admin()
        room = it.session.room
        gate.hold("POST /v2/authentication/token")
        await it.press("r")
        await it.until(lambda: gate.held == 1, "the renewal on its way")
        hours.pass_idle(16 * MINUTES)
        await it.shows("Locked")
        gate.open()
        await it.until(lambda: it.calls("/logout") == 1, "the sign-out")
        assert room.token_left() is None


async def test_who_asks_at_once_gets_one_store() -> None:
    """Two who ask for the store while it is opened get the same, which the lock then closes for both."""
    async with own_stage(None) as it:
        stores = Stores(it.app, None)
        one, other = await asyncio.gather(stores.keeping(is_demo=False), stores.keeping(is_demo=False))
        assert one is other


async def test_whoever_is_there_is_not_locked_out() -> None:
    """A key or a click begins the 15 minutes anew; a mouse that only moves does not; 0 minutes never lock."""
    async with stage() as it:
        hours = Hours(it)
        await it.be_admin()
        for _ in range(3):
            hours.forward(14 * MINUTES)
            await it.press("down")
        hours.forward(14 * MINUTES)
        it.app.post_message(events.MouseMove(None, 5, 5, 0, 0, 0, False, False, False, 5, 5))
        await it.pilot.pause()
        hours.pass_idle(2 * MINUTES)
        await it.shows("Locked")
    async with stage() as it:
        hours = Hours(it, after=None)
        await it.be_admin()
        hours.pass_idle(1e6)
        assert not it.app.idle_lock.is_locked


async def test_a_revealed_key_is_hidden() -> None:
    """What is revealed goes out of sight when it locks, and stays hidden after it."""
    async with stage(prepare=allow) as it:
        hours = Hours(it)
        await it.be_admin()
        await it.switch_to_creator()
        await it.generate()
        await it.press("r")
        key = it.known_key
        await it.shows(key)
        hours.pass_idle(16 * MINUTES)
        await it.shows("Locked")
        assert key not in it.text()
        await it.press("enter")
        await it.gone("Locked")
        assert key not in it.text()
        assert isinstance(it.app.screen, KeyDialog)
        assert it.known_key == key


async def test_a_key_at_risk_and_a_write_come_first() -> None:
    """While a write is on its way, or a new key is in memory and nobody took it, it does not lock; then it does."""
    async with stage(prepare=allow) as it:
        hours = Hours(it)
        await it.be_admin()
        done = asyncio.Event()
        writing = asyncio.create_task(it.app.writes.run(done.wait()))
        await it.until(lambda: it.app.writes.under_way, "the write")
        hours.pass_idle(16 * MINUTES)
        assert not it.app.idle_lock.is_locked
        done.set()
        await writing
        hours.pass_idle(0)
        await it.shows("Locked")
        await it.press("enter")
        await it.gone("Locked")
        await it.switch_to_creator()
        await it.generate()
        hours.pass_idle(16 * MINUTES)
        assert not it.app.idle_lock.is_locked
        await it.press("r")
        hours.pass_idle(16 * MINUTES)
        await it.shows("Locked")


async def test_what_a_passphrase_opened_is_closed(control_room: Running) -> None:
    """Locked, the store needs its passphrase again; that opens the lock, or the password does."""
    password = control_room.account("admin").password
    vault_under_passphrase(find_locations())

    async def answer(_: PassphraseRequest) -> Secret:
        return Secret(PASSPHRASE)

    async with own_stage(control_room, "admin") as it:
        hours = Hours(it)
        await sign_in(it, password)
        session = it.session
        store = await open_store(find_locations(), passphrase=answer)
        await store.put(session.binding, SecretKind.PASSWORD, Secret(password))
        hours.pass_idle(16 * MINUTES)
        await it.shows("Locked")
        await it.press("enter")
        await it.shows("Your passphrase")
        await it.press("escape")
        await it.shows("guarded by a passphrase, and none", "Locked")
        await it.press("enter")
        await it.shows("Your passphrase")
        await it.paste(PASSPHRASE)
        await it.press("enter")
        await it.gone("Locked")
        assert session.keeping.store.unlocked
        hours.pass_idle(16 * MINUTES)
        await it.shows("Locked")
        assert not session.keeping.store.unlocked
        await it.press("enter")
        await it.shows("Your passphrase")
        await it.press("escape")
        await it.shows("guarded by a passphrase, and none", "Password")
        await it.press("shift+tab", "shift+tab")
        await it.paste(password)
        await it.press("enter")
        await it.gone("Locked")


async def test_who_signed_in_by_key_is_asked_for_it(control_room: Running) -> None:
    """Where a key signed in and is not remembered, the lock asks for the key, and knows the one that goes on."""
    with Witness(control_room) as witness:
        allow(witness)
        key = witness.make_key("creator")
    async with own_stage(control_room, "creator") as it:
        hours = Hours(it)
        await it.press("tab", "right", "shift+tab")
        await it.shows("(•) API key")
        await it.paste(key)
        await it.press("enter")
        await it.shows("API key workflow")
        hours.pass_idle(16 * MINUTES)
        await it.shows("Locked", "API key")
        await it.paste(key)
        await it.press("enter")
        await it.gone("Locked")
        assert it.sent("/authentication")[-1].status == 200
        hours.pass_idle(16 * MINUTES)
        await it.shows("Locked", "API key")
        await it.press("enter")
        await it.shows("This field is empty.")
        new = it.witness.make_key("creator")
        await it.paste(new)
        await it.gone("This field is empty.")
        await it.press("enter")
        await it.gone("Locked")
        assert it.known_key == new


async def test_a_damaged_store_locks_nobody_out(control_room: Running) -> None:
    """Where what is remembered cannot be read, the lock says so, the password opens it, and the workflow is there."""
    vault_under_passphrase(find_locations())
    async with own_stage(control_room, "admin") as it:
        hours = Hours(it)
        await sign_in(it, control_room.account("admin").password)
        for file in find_locations().secrets.path.iterdir():
            file.write_bytes(b"x")
        hours.pass_idle(16 * MINUTES)
        await it.shows("Locked", "damaged", "Password")
        await it.paste(control_room.account("admin").password)
        await it.press("enter")
        await it.gone("Locked")
        await it.shows("is damaged", "> Set up a role")
        await it.settle()


async def test_quitting_from_the_lock() -> None:
    """ctrl+q and the button end it from there."""
    for quits in ("ctrl+q", "button"):
        async with stage() as it:
            hours = Hours(it)
            await it.be_admin()
            hours.pass_idle(16 * MINUTES)
            await it.shows("Locked")
            await it.press("ctrl+q") if quits == "ctrl+q" else await it.click("Quit")
            await it.until(lambda: it.app._exit, "the end")


@pytest.mark.parametrize("screen", ["start", "sign-in"])
async def test_before_a_sign_in_there_is_nothing_to_lock(control_room: Running, screen: str) -> None:
    """Where nobody is signed in, no dialog comes, and what was typed is still there."""
    async with stage() if screen == "start" else own_stage(control_room, "admin") as it:
        hours = Hours(it)
        before = it.text()
        hours.pass_idle(16 * MINUTES)
        await it.settle()
        assert it.text() == before
        assert not it.app.idle_lock.is_locked
