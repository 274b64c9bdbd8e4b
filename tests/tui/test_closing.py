"""A screen that closes by itself takes away itself, never what lies over it."""

import asyncio
from typing import Any

import pytest

from a360tui.errors import A360Error
from a360tui.tui.dialogs.locked import LockedDialog
from a360tui.tui.dialogs.new_key import NewKeyDialog
from a360tui.tui.screens.requests import RequestsScreen
from a360tui.tui.screens.workflow import WorkflowScreen
from tests.tui.stage import stage


@pytest.mark.parametrize("above", [RequestsScreen, LockedDialog])
async def test_a_rotation_that_fails_under_another_screen(above: type[Any]) -> None:
    """The requests, or the lock, stay where they are; once they are gone, the dialog of the rotation goes too."""
    answered = asyncio.Event()

    async def refused(_follow: object) -> Any:
        await answered.wait()
        raise A360Error("The Control Room refused.", "")

    async with stage() as it:
        await it.be_admin()
        session = it.app.session
        assert session is not None
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
