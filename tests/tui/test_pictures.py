"""Pictures of every screen, at two sizes, in two themes: they are ``screenshots/``, so README cannot go stale."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from textual.widgets import OptionList

from a360tui.api.token import Token
from a360tui.storage import Profile
from tests.tui.hours import MINUTES, Hours
from tests.tui.stage import Stage, stage

_SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
_WEB_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


class _Picture(SingleFileSnapshotExtension):
    """An SVG in ``screenshots/``, named by the parameters of the test."""

    _write_mode = WriteMode.TEXT
    file_extension = "svg"

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:  # noqa: ARG003 - syrupy's signature
        return str(_SCREENSHOTS)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: object = 0) -> str:  # noqa: ARG003 - as above
        return str(test_location.nodename).partition("[")[2].rstrip("]")


async def _start(it: Stage) -> None:
    await it.shows("Sign in as admin")


async def _sign_in(it: Stage) -> None:
    await it.press("o")
    await it.shows("User name")


async def _workflow(it: Stage) -> None:
    await it.be_admin()


async def _role_set_up(it: Stage) -> None:
    await it.be_admin()
    await it.press("enter")
    await it.shows("create the role API key users", "users")
    await it.type("crea")
    await it.shows("match")
    await it.press("enter", "space")
    await it.shows("add creator")


async def _role_set_up_done(it: Stage) -> None:
    await it.be_admin()
    await it.set_up_role()


async def _roles(it: Stage) -> None:
    await _role_set_up_done(it)
    await it.press("enter")
    await it.shows("grants it to 1 user")
    await it.press("1")
    await it.shows("1 role grants")


async def _workflow_creator(it: Stage) -> None:
    await it.be_creator_who_may()


async def _new_key(it: Stage) -> None:
    await it.be_creator_who_may()
    await it.generate()


async def _my_key(it: Stage) -> None:
    await _new_key(it)
    await it.press("escape", "escape")
    await it.shows("Signs in", "Regenerate")


async def _regenerate(it: Stage) -> None:
    await _my_key(it)
    await it.press("g")
    await it.shows("Keep the old key")


async def _usage(it: Stage) -> None:
    await _my_key(it)
    await it.press("u")
    await it.shows("curl")


async def _duration(it: Stage) -> None:
    await it.be_admin()
    await it.press("4")
    await it.shows("A key made now")


async def _duration_question(it: Stage) -> None:
    await _duration(it)
    await it.press("ctrl+u")
    await it.type("30")
    await it.shows("2026-12-23")
    await it.press("ctrl+s")
    await it.shows("Change the duration")


async def _calls(it: Stage) -> None:
    await it.be_admin()
    await it.press("c")
    await it.shows("Set the duration", "from a file that a browser saved")


async def _capture_steps(it: Stage) -> None:
    await _calls(it)
    await it.press("h")
    await it.shows("Firefox")


async def _learn_calls(it: Stage) -> None:
    await _calls(it)
    await it.press("l")
    await it.shows("Read it")


async def _doctor(it: Stage) -> None:
    await it.be_admin()
    await it.shows("build 29417")
    await it.press("f3")
    await it.shows("All is well")


async def _keys(it: Stage) -> None:
    await it.be_admin()
    await it.press("5")
    await it.shows("11 of 14 who may generate have one", "Read at")


async def _key_users(it: Stage) -> None:
    await _keys(it)
    await it.press("down", "down", "enter")
    await it.shows("svc-hr-sync@", "Remove from API key users")
    await it.press("enter")
    await it.shows("Leave it")


async def _requests(it: Stage) -> None:
    await _role_set_up(it)
    # What was read before came in no fixed order.
    it.app.exchanges.clear()
    await it.press("ctrl+s")
    await it.shows("Back to the workflow")
    await it.press("f2")
    await it.shows("role set-up,")
    await it.press("down")
    await it.shows("generateapikey")


async def _help(it: Stage) -> None:
    await it.be_admin()
    await it.press("question_mark")
    await it.shows("Lists and forms")


async def _palette(it: Stage) -> None:
    await it.be_admin()
    await it.press("ctrl+p")
    await it.shows("Go to your API key")
    # Textual gathers the commands in the background, and shows that it is at it.
    await it.until(lambda: not it.app.screen.query("LoadingIndicator.--visible"), "all commands")
    await it.until(lambda: it.app.screen.query_one(OptionList).highlighted == 0, "the first command under the cursor")


async def _profiles(it: Stage) -> None:
    await it.shows("Sign in as admin")
    for profile in (
        Profile("test", "https://test.my.automationanywhere.digital", "svc-bots", sign_in="api_key"),
        Profile("live", "https://cr.example.com:8443", "admin", production=True),
        Profile("audit", "https://cr.example.com:8443", "auditor", read_only=True),
    ):
        await it.app.profiles.put(profile)
    await it.press("f4")
    await it.shows("enter signs in")


async def _profile(it: Stage) -> None:
    await _profiles(it)
    await it.press("n")
    await it.shows("New profile")


async def _locked(it: Stage) -> None:
    hours = Hours(it)
    await _role_set_up(it)
    hours.pass_idle(16 * MINUTES)
    await it.shows("Locked", "What you typed is kept.")


SCREENS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "start": _start,
    "sign-in": _sign_in,
    "workflow": _workflow,
    "workflow-creator": _workflow_creator,
    "roles": _roles,
    "role-set-up": _role_set_up,
    "role-set-up-done": _role_set_up_done,
    "my-key": _my_key,
    "new-key": _new_key,
    "regenerate": _regenerate,
    "usage": _usage,
    "duration": _duration,
    "duration-question": _duration_question,
    "calls": _calls,
    "capture-steps": _capture_steps,
    "learn-calls": _learn_calls,
    "doctor": _doctor,
    "profiles": _profiles,
    "profile": _profile,
    "keys": _keys,
    "key-users": _key_users,
    "requests": _requests,
    "help": _help,
    "palette": _palette,
    "locked": _locked,
}
_SETTINGS: dict[str, dict[str, Any]] = {name: {"key_users": 14} for name in ("keys", "key-users")}
"""What the Control Room of a picture begins with, besides the company."""
CASES = [
    *(
        pytest.param(name, size, "a360-dark", id=f"{name}-{size[0]}x{size[1]}")
        for name in SCREENS
        for size in ((80, 24), (120, 36))
    ),
    *(
        pytest.param(name, (80, 24), "a360-light", id=f"{name}-light")
        for name in ("workflow", "regenerate", "role-set-up", "keys")
    ),
]


# syrupy wants the module's name in path and name; README wants the picture's.
@pytest.mark.filterwarnings(r"ignore:\s*Can not relate snapshot")
@pytest.mark.parametrize(("name", "size", "theme"), CASES)
async def test_screen_looks_as_in_its_picture(
    name: str, size: tuple[int, int], theme: str, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each screen, reached by keys alone on fixed data at a fixed time, is drawn exactly as in ``screenshots/``."""
    # However long the machine takes to get there, the token is as fresh as in the picture.
    monkeypatch.setattr(Token, "left", lambda token, _now: token.life)
    async with stage(size, theme=theme, **_SETTINGS.get(name, {})) as it:
        await SCREENS[name](it)
        await it.settle()
        picture = _WEB_FONT.sub("", it.app.export_screenshot(title="a360tui"))
    assert picture == snapshot(extension_class=_Picture)


def test_no_picture_is_left_over() -> None:
    """Every file in ``screenshots/`` is the picture of a case above."""
    assert {f"{case.id}.svg" for case in CASES} == {file.name for file in _SCREENSHOTS.iterdir()}
