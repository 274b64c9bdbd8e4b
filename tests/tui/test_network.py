"""A Control Room that does not answer, or answers wrongly, as people meet it on the screens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from a360tui.api import ControlRoom
from a360tui.tui.screens.duration import DurationScreen
from a360tui.tui.screens.role_set_up import RoleSetUpScreen
from a360tui.tui.screens.roles import RolesScreen
from a360tui.tui.screens.sign_in import SignInScreen
from a360tui.tui.screens.workflow import WorkflowScreen
from a360tui.tui.widgets.field import Field
from a360tui.tui.widgets.paged_list import PAGE
from a360tui.workflow.permissions import MANAGE_ROLES, MANAGE_SETTINGS, VIEW_ROLES, VIEW_SETTINGS, VIEW_USERS
from tests.api.scripted_server import (
    Conversation,
    ScriptedServer,
    Step,
    answer,
    close,
    hang,
    page,
    refused,
    reset,
    rows,
    signed_in,
)
from tests.tui.stage import Stage, own_stage

SIGN_IN = "POST /v2/authentication"
ROLES = "POST /v2/usermanagement/roles/list"
CREATE = "POST /v2/usermanagement/roles"
USERS = "POST /v2/usermanagement/users/list"
SETTINGS = "GET /v2/settings/security"
SAVE = "PUT /v2/settings/security"
LOGOUT = "POST /v1/authentication/logout"
MAY = [
    {"action": one.action, "resourceType": one.resource_type}
    for one in (VIEW_ROLES, MANAGE_ROLES, VIEW_USERS, VIEW_SETTINGS, MANAGE_SETTINGS)
]
SCRIPT: dict[str, Step | list[Step]] = {
    SIGN_IN: signed_in(permissions=MAY),
    ROLES: rows([], 0),
    USERS: rows([{"id": 21, "username": "creator"}], 1),
    "GET /v2/usermanagement/users/9": answer({"username": "jdoe"}),
    SETTINGS: answer({"apiKeyDuration": {"value": 45, "unit": "DAYS"}}),
    LOGOUT: answer(status=204),
}


@asynccontextmanager
async def served(script: dict[str, Step | list[Step]], *, sign_in: bool = True) -> AsyncIterator[tuple[Stage, Any]]:
    """The program before a server that follows the script; on the workflow where it signs in."""
    async with ScriptedServer(SCRIPT | script) as server, own_stage(None, "jdoe", address=server.address.url) as it:
        await it.paste("canary-of-the-password")
        await it.press("enter")
        if sign_in:
            await it.shows("API key workflow", "Set up a role")
        yield it, server


async def fill_role(it: Stage) -> None:
    """The form of a role, with a name of its own and a user."""
    await it.press("1")
    await it.shows("create the role API key users", "1 users")
    await it.press("tab", "tab", "tab", "space")
    await it.press("ctrl+f")
    await it.press("enter", "space")
    await it.shows("add creator")


@pytest.mark.parametrize("step", [hang], ids=["hang"])
async def test_a_sign_in_that_hangs_is_given_up_at_once(step: Step) -> None:
    """Esc ends the wait; all that was typed stays, and the next try is a new one."""
    async with served({SIGN_IN: [step, signed_in(permissions=MAY)]}, sign_in=False) as (it, server):
        await server.arrival(SIGN_IN)
        await it.shows("Signing in at 127.0.0.1")
        await it.press("escape")
        await it.shows("The sign-in was cancelled.")
        await it.gone("Signing in at")
        assert isinstance(it.app.screen, SignInScreen)
        assert it.app.screen.field("secret").value == "canary-of-the-password"
        await it.press("ctrl+s")
        await it.shows("API key workflow")
        assert server.count(SIGN_IN) == 2


@pytest.mark.parametrize(
    ("step", "place", "words"),
    [
        (close, "address", "before the answer was whole"),
        (reset, "address", "before the answer was whole"),
        (page(), "address", "not a Control Room"),
        (page(403), "address", "not a Control Room"),
        (answer(status=307, headers={"Location": "https://login.example/"}), "address", "login.example"),
        (refused(401, "No."), "secret", "No. Check user name"),
        (refused(429, "Slow.", headers={"Retry-After": "7"}), "", "Wait 7 s"),
        (refused(503, "Down for maintenance."), "", "Down for maintenance."),
        (answer(b"{"), "", "not complete JSON"),
        (answer(b" " * 9_000_000), "", "larger than 8192 KiB"),
    ],
    ids=["closed", "reset", "page", "page 403", "redirect", "401", "429", "503", "half JSON", "9 MB"],
)
async def test_a_sign_in_that_fails(step: Step, place: str, words: str) -> None:
    """The sentence stands at the field that it is about, else in a toast; user and address stay, it was sent once."""
    async with served({SIGN_IN: step}, sign_in=False) as (it, server):
        await it.until(lambda: words in " ".join(it.text().split()) or words in said(it), words)
        assert isinstance(it.app.screen, SignInScreen)
        assert [field.name for field in it.app.screen.query(Field) if field.complaint] == ([place] if place else [])
        assert it.app.screen.field("username").value == "jdoe"
        assert server.count(SIGN_IN) == 1
        assert "canary" not in it.text()


def said(it: Stage) -> str:
    """All toasts."""
    return " ".join(f"{one.title} {one.message}" for one in it.app._notifications)


async def test_a_screen_that_waits_is_left_at_once() -> None:
    """Esc leaves a list and a form that the Control Room keeps waiting, and the workflow is there."""
    async with served({SETTINGS: hang, ROLES: [rows([], 0), rows([{"id": 1, "name": "Mine"}], 1), hang]}) as (
        it,
        server,
    ):
        await it.press("1")
        await it.until(lambda: isinstance(it.app.screen, RoleSetUpScreen | RolesScreen), "a screen")
        await server.arrival(ROLES, 2)
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, WorkflowScreen), "the workflow")
        await server.arrival(ROLES, 3)
        await it.press("4")
        await it.shows("Use an assumed call?")
        await it.press("tab", "enter")
        await server.arrival(SETTINGS)
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, WorkflowScreen), "the workflow")


async def test_quitting_does_not_wait_for_the_sign_out() -> None:
    """A Control Room that does not answer the sign-out is left alone after a moment, long before its deadline."""
    async with served({LOGOUT: hang}) as (it, server):
        pass
    assert server.count(LOGOUT) == 1
    assert [one.error for one in it.sent("/logout")] == ["interrupted"]


@pytest.mark.parametrize("step", [close, refused(502, "Bad gateway."), page()], ids=["closed", "502", "page"])
async def test_a_role_of_which_nothing_is_known(step: Step) -> None:
    """Whether it was made is called unknown, the form stays as it was, and only the person sends it again."""
    async with served({CREATE: step}) as (it, server):
        await fill_role(it)
        await it.press("ctrl+s")
        await it.shows("is not known:", "Look at its present")
        assert server.count(CREATE) == 1
        assert isinstance(it.app.screen, RoleSetUpScreen)
        assert it.app.screen.field("name").value == "API key users"
        assert "1:  creator" in it.text()
        await it.press("ctrl+s")
        await server.arrival(CREATE, 2)
        await it.settle()
        assert server.count(CREATE) == 2


@pytest.mark.parametrize("step", [close, refused(504), page()], ids=["closed", "504", "page"])
async def test_a_duration_of_which_nothing_is_known(step: Step) -> None:
    """Whether it was set is called unknown, what was typed stays, and it was sent once."""
    async with served({SAVE: step}) as (it, server):
        await it.press("4")
        await it.shows("Use an assumed call?")
        await it.press("tab", "enter")
        await it.shows("45 days")
        await it.press("backspace", "backspace", "3", "0", "enter")
        await it.shows("Change the duration?")
        await it.press("tab", "enter")
        await it.shows("is not known")
        assert server.count(SAVE) == 1
        assert isinstance(it.app.screen, DurationScreen)
        assert it.field("duration").value == "30"


def people(last: int, total: object, most: int = PAGE) -> Step:
    """A list of users up to a last one, at most some a page, with whatever total."""

    async def step(talk: Conversation) -> bool:
        assert talk.request is not None
        wanted = talk.request.json["page"]
        offset, length = wanted["offset"], min(wanted["length"], most)
        items = [{"id": i + 1, "username": f"user{i:03}"} for i in range(offset, min(offset + length, last))]
        return await answer({"list": items, "page": {} if total is None else {"total": total, "totalFilter": total}})(
            talk
        )

    return step


@pytest.mark.parametrize("total", [None, 1, -1, 0], ids=["no total", "too small", "negative", "zero"])
async def test_a_total_that_says_too_little_hides_nobody(total: int | None) -> None:
    """Users beyond the total that the Control Room tells are there all the same, down to the last one."""
    async with served({USERS: people(120, total)}) as (it, server):
        await it.press("1")
        await it.shows("50 and more")
        await it.press("ctrl+f", "enter", "end")
        await it.shows("100 and more")
        await it.press("end")
        await it.shows("120 users")
        await it.press("end")
        await it.shows("user119")
        await it.settle()
        assert server.count(USERS) <= 6


@pytest.mark.parametrize("total", [10_000, 10**12], ids=["10,000", "10^12"])
@pytest.mark.parametrize("most", [PAGE, 7], ids=["whole pages", "short pages"])
async def test_a_total_that_says_too_much_is_not_asked_for_without_end(total: int, most: int) -> None:
    """The end of a list that is not there leads back to what came, with a few requests and not one for each page."""
    async with served({USERS: people(120, total, most)}) as (it, server):
        await it.press("1")
        await it.shows("user000")
        before = server.count(USERS)
        await it.press("ctrl+f", "enter", "end")
        await it.until(lambda: server.count(USERS) > before, "another page")
        await it.settle()
        await it.shows("> ")
        await it.press("end")
        await it.settle()
        assert server.count(USERS) - before < 30
        await it.shows("user")


@pytest.mark.parametrize(
    ("date", "words"),
    [("Sat, 01 Jan 2000 00:00:00 GMT", "ahead of the Control Room's"), ("Fri, 01 Jan 2100 00:00:00 GMT", "behind")],
)
async def test_clocks_that_differ_are_told(date: str, words: str) -> None:
    """Once after the sign-in, how far and in which direction, and by which clock ends are counted."""
    token = answer(
        {"token": "token-1", "user": {"id": "9", "username": "jdoe"}, "permissions": MAY, "ttlSeconds": "1200"},
        headers={"Date": date},
    )
    async with served({SIGN_IN: token}) as (it, _):
        await it.shows("The clocks differ.")
        assert words in said(it)
        await it.shows("token 20m")


async def test_a_proxy_is_in_the_top_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is behind a proxy sees it on every screen."""
    monkeypatch.setattr(ControlRoom, "proxy", "proxy.example:3128")
    async with served({}) as (it, _):
        await it.shows("via proxy proxy.example:3128")


async def test_somebody_deletes_a_user_who_was_chosen() -> None:
    """The Control Room's refusal stands under the plan, and name and choice stay."""
    async with served({CREATE: refused(400, "User 21 does not exist.")}) as (it, server):
        await fill_role(it)
        await it.press("ctrl+s")
        await it.shows("User 21 does not exist.")
        assert "1:  creator" in it.text()
        assert server.count(CREATE) == 1
