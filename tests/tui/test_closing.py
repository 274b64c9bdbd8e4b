"""A screen that closes by itself takes away itself, never what lies over it."""

import asyncio
from typing import Any

import pytest

from a360tui.errors import A360Error
from a360tui.tui.dialogs.locked import LockedDialog
from a360tui.tui.dialogs.new_key import NewKeyDialog
from a360tui.tui.screens.profiles import ProfilesScreen
from a360tui.tui.screens.requests import RequestsScreen
from a360tui.tui.screens.workflow import WorkflowScreen
from tests.tui.stage import own_stage, stage


@pytest.mark.parametrize("above", [RequestsScreen, LockedDialog])
async def test_a_rotation_that_fails_under_another_screen(above: type[Any]) -> None:
    """The requests, or the lock, stay where they are; once they are gone, the dialog of the rotation goes too."""
    answered = asyncio.Event()

    async def refused(_follow: object) -> Any:
        await answered.wait()
        raise A360Error("The Control Room refused.", "")

    async with stage() as it:
        await it.be_admin()
        session = it.session
        rotation = NewKeyDialog(session, "Your new API key", refused, ())
        it.app.push_screen(rotation)
        await it.shows("Your new API key")
        over = RequestsScreen() if above is RequestsScreen else LockedDialog(session)
        it.app.push_screen(over)
        await it.until(lambda: it.app.screen is over, "the screen over it")
        answered.set()
        await it.until(lambda: rotation.error is not None, "the refusal")
        await it.pilot.pause()
        assert it.app.screen is over
        over.dismiss()
        await it.until(lambda: isinstance(it.app.screen, WorkflowScreen), "the workflow")


@pytest.mark.parametrize("turns", [0, 1, 4, 8])
async def test_leaving_while_a_screen_opens(turns: int) -> None:
    """A signal that comes some turns of the loop after a screen began to open: the exit code is its, nothing failed."""
    async with own_stage(None) as it:
        it.app.push_screen(ProfilesScreen())
        for _ in range(turns):
            await asyncio.sleep(0)
        it.app.leave(143)
        await it.until(lambda: it.app.return_code is not None, "the end")
    assert it.app.return_code == 143
