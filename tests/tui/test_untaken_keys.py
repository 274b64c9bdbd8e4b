"""A key that nobody has taken: one slip does not lose it, and quitting waits and asks for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from a360tui.demo import Running
from a360tui.storage import RawAnswer
from a360tui.tui.dialogs.new_key import NewKeyDialog
from a360tui.tui.screens.my_key import MyKeyScreen
from a360tui.workflow.rotation import Ending, OnMark, RotationPlan, RotationResult
from tests.tui.gate import Gate
from tests.tui.stage import Stage, own_stage, stage
from tests.tui.test_my_key import GENERATE, allow, be_creator, make_key
from tests.tui.witness import Witness


@asynccontextmanager
async def kept_nowhere(control_room: Running) -> AsyncIterator[Stage]:
    """While a key is made that nothing stores."""
    with Witness(control_room) as witness:
        allow(witness)
    async with own_stage(control_room, "creator") as it:
        await it.begin_own_key(control_room.account("creator").password)
        await it.shows("A passphrase for your secrets")
        await it.press("tab", "tab", "enter")
        yield it


@asynccontextmanager
async def left_untaken(control_room: Running) -> AsyncIterator[Stage]:
    """On *My key*, with a key that nothing stores, and whose dialog was left with neither *Show* nor *Copy*."""
    async with kept_nowhere(control_room) as it:
        await it.shows("never shows it again")
        await it.press("escape", "escape")
        await it.shows("Show it")
        yield it


async def test_one_slip_does_not_leave_an_untaken_key() -> None:
    """Esc on a key that is in memory only warns first; taken by r, it is left at once, and stays known."""
    async with stage(prepare=allow) as it:
        await make_key(it)
        await it.press("escape")
        await it.shows("neither revealed nor copied")
        assert isinstance(it.app.screen, NewKeyDialog)
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, MyKeyScreen), "the screen of the key")
        key = it.known_key
        await it.shows("Show it")
        await it.press("down", "down", "enter")
        await it.shows("stays in memory until")
        await it.press("r")
        await it.shows(key)
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, MyKeyScreen), "the screen of the key")
        assert key not in it.text()


async def test_quitting_with_an_untaken_key_asks() -> None:
    """ctrl+q on a key that nobody has taken yet asks; *Stay* stays, and once it is copied quitting is quitting."""
    async with stage(prepare=allow) as it:
        await make_key(it)
        await it.press("ctrl+q")
        await it.shows("Quit without the key?")
        await it.press("enter")
        await it.gone("Quit without the key?")
        assert it.app.is_running
        await it.press("c")
        await it.shows("Sent to your terminal.")
        await it.press("ctrl+q")
        await it.until(lambda: it.app._exit, "the end")
    assert it.app.return_code == 0


async def test_quitting_with_a_key_that_was_left_untaken_asks(control_room: Running) -> None:
    """Nothing is stored and the dialog was left: quitting asks all the same, until the key was copied."""
    async with left_untaken(control_room) as it:
        await it.press("ctrl+q")
        await it.shows("Quit without the key?", "The new key is not stored")
        await it.press("enter")
        await it.gone("Quit without the key?")
        await it.press("down", "down", "enter")
        await it.shows("stays in memory until")
        await it.press("c")
        await it.shows("Sent to your terminal.")
        await it.press("ctrl+q")
        await it.until(lambda: it.app._exit, "the end")


async def test_quitting_waits_for_the_key() -> None:
    """Quitting in the middle of the POST says that it waits, and ends once the session has the key."""
    async with Gate() as gate, stage(prepare=allow, gate=gate) as it:
        await be_creator(it, "makes your first key")
        creator = it.session
        gate.hold(GENERATE)
        await it.press("g")
        await it.until(lambda: gate.held == 1, "the answer on its way")
        await it.press("ctrl+q")
        await it.shows("Waiting for the Control Room's answer")
        await it.press("ctrl+q")
        await asyncio.sleep(0)
        assert not it.app._exit
        gate.open()
        await it.until(lambda: it.app._exit, "the end")
        assert creator.key_sign_in is not None
    assert it.app.return_code == 0


async def test_quitting_as_another_user_asks_for_an_untaken_key(control_room: Running) -> None:
    """The key of who was signed in before is in memory still: quitting asks, until that user has copied it."""

    async def switch_to(username: str) -> None:
        before = it.session
        await it.press("s")
        await it.shows("Sign in to a Control Room", "stored API key")
        it.app.screen.query_one("#field-username FieldInput").focus()
        await it.paste(username)
        await it.press("tab")
        await it.paste(control_room.account(username).password)
        await it.press("ctrl+s")
        await it.until(lambda: it.app.session is not before, "the other session")
        await it.shows("API key workflow")

    async with left_untaken(control_room) as it:
        await it.press("escape")
        await switch_to("admin")
        await it.press("ctrl+q")
        await it.shows("Quit without the key?")
        await it.press("enter")
        await it.gone("Quit without the key?")
        await switch_to("creator")
        await it.press("2")
        await it.shows("Show it")
        await it.press("down", "down", "enter")
        await it.shows("stays in memory until")
        await it.press("c")
        await it.shows("Sent to your terminal.")
        await it.press("ctrl+q")
        await it.until(lambda: it.app._exit, "the end")


async def test_quitting_before_an_untaken_key_has_come_asks(
    control_room: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ctrl+q while a key is made that nothing stores waits for it, and then asks before it is lost."""
    answered = asyncio.Event()
    run = RotationPlan.run

    async def held(plan: RotationPlan, on_mark: OnMark) -> RotationResult:
        await answered.wait()
        return await run(plan, on_mark)

    monkeypatch.setattr(RotationPlan, "run", held)
    async with kept_nowhere(control_room) as it:
        await it.until(lambda: it.app.writes.under_way, "the write")
        await it.press("ctrl+q")
        await it.shows("Waiting for the Control Room's answer")
        answered.set()
        await it.shows("Quit without the key?")
        await it.press("enter")
        await it.gone("Quit without the key?")
        assert it.app.is_running
        await it.press("c")
        await it.shows("Sent to your terminal.")
        await it.press("ctrl+q")
        await it.until(lambda: it.app._exit, "the end")


async def test_an_answer_without_a_key_is_not_lost_by_one_slip(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer in which no key was found, and that nothing stores, may be its only copy: leaving it warns first."""

    async def unread(_plan: RotationPlan, _on_mark: OnMark) -> RotationResult:
        answer = RawAnswer(b'{"somewhere": "else"}', cut=False)
        return RotationResult(Ending.LOST, "A new key was made, but no key was found in the answer.", answer=answer)

    monkeypatch.setattr(RotationPlan, "run", unread)
    async with stage(prepare=allow) as it:
        await be_creator(it, "makes your first key")
        await it.press("g")
        await it.shows("no key was found", "r reveal")
        await it.press("ctrl+q")
        await it.shows("Quit without the key?")
        await it.press("enter")
        await it.gone("Quit without the key?")
        await it.press("enter")
        await it.shows("neither revealed nor copied the answer")
        await it.press("t")
        await it.shows("No key was found in the answer, so")
        await it.press("r")
        await it.shows("somewhere")
        assert it.calls("/authentication") == 1
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, MyKeyScreen), "the screen of the key")
