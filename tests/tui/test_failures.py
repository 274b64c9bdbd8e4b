"""What happens when the program itself fails: it is told without what it knew, and ends nothing."""

from collections.abc import Iterator

import pytest

from a360tui.tui.dialogs.new_key import NewKeyDialog
from a360tui.tui.screens import roles, workflow
from a360tui.tui.screens.workflow import WorkflowScreen
from a360tui.workflow.rotation import RotationResult
from tests.tui.stage import Stage, stage

CANARY = "canary-7f3a"


def fails(*_arguments: object) -> Iterator[object]:
    password = CANARY
    raise RuntimeError(f"[red]{password}[/] \x1b]52;c;aGk=\x07")


async def told(it: Stage, place: str) -> None:
    """The toast names kind and place, and the canary is nowhere, not even in what is not in sight."""
    await it.shows("Something failed in a360tui; it is still running.", f"RuntimeError at {place}")
    assert len(it.app.failures) == 1
    it.app.failures.clear()
    assert CANARY not in it.text()
    assert CANARY not in repr([notification.message for notification in it.app._notifications])


async def test_a_worker_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure in a screen's worker is a toast with its place; the other screens go on."""
    async with stage(prepare=lambda witness: witness.admin.allow_keys("creator")) as it:
        await it.be_admin()
        monkeypatch.setattr(roles, "read_grants", fails)
        await it.press("1")
        await told(it, "tui/screens/roles.py:")
        monkeypatch.undo()
        await it.press("escape", "4")
        await it.shows("A key made now")
        await it.press("escape", "1")
        await it.shows("Finance automation")


async def test_a_worker_of_the_app_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure while switching user is told too, and who was signed in still is."""
    async with stage() as it:
        await it.be_admin()
        monkeypatch.setattr(it.app.signing_in, "sign_in_to_demo", fails)
        await it.press("s")
        await told(it, "")
        monkeypatch.undo()
        await it.press("4")
        await it.shows("A key made now")


async def test_a_screen_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that ends with its screen, failing or not, leaves the app as it is."""
    async with stage() as it:
        await it.be_admin()
        monkeypatch.setattr(workflow, "key_status", fails)
        await it.press("r")
        await told(it, "tui/screens/workflow.py:")
        assert isinstance(it.app.screen, WorkflowScreen)


async def test_a_rotation_that_fails() -> None:
    """A failure of our own before a key is made is told, and the dialog that waits for the key goes."""

    async def run(_follow: object) -> RotationResult:
        fails()
        raise AssertionError

    async with stage() as it:
        await it.be_admin()
        it.app.push_screen(NewKeyDialog(it.session, "Your new API key", run))
        await told(it, "")
        await it.until(lambda: isinstance(it.app.screen, WorkflowScreen), "the workflow")
