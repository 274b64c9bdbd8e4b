"""Setting up a role: what is typed wrongly, what is there already, what happens while it runs."""

from typing import Any

import pytest

from a360tui.tui.screens.role_set_up import RoleSetUpScreen
from a360tui.tui.widgets.plan_view import PlanView
from a360tui.workflow.plan import StepState
from tests.tui.gate import Gate
from tests.tui.stage import Stage, stage

CREATOR = ("crea", "creator")


def screen(it: Stage) -> RoleSetUpScreen:
    assert isinstance(it.app.screen, RoleSetUpScreen)
    return it.app.screen


async def open_form(it: Stage) -> None:
    await it.be_admin()
    await it.press("enter")
    await it.shows("create the role API key users", "23 users")


async def mark(it: Stage, search: str, username: str) -> None:
    """Search for a user from wherever the cursor is, and mark the first who matches."""
    await it.press("ctrl+f", "ctrl+u")
    await it.paste(search)
    await it.shows("1 of 23 match", username)
    await it.press("enter", "space")
    await it.until(lambda: username in chosen(it), f"{username} among the chosen")


def chosen(it: Stage) -> str:
    return next(line for line in it.text().splitlines() if "Chosen" in line)


async def name_it(it: Stage, name: str) -> None:
    """Put another name into the form."""
    it.field("name").input.focus()
    await it.press("ctrl+u")
    if name:
        await it.paste(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "The name is empty."),
        ("   ", "The name is empty."),
        ("x" * 256, "256 characters"),
        ("a<b", "holds < or >"),
        ("AAE_Basic", "AAE_Basic is a system role"),
        ("aae_basic", "AAE_Basic is a system role"),
    ],
)
async def test_a_name_that_cannot_be(name: str, words: str) -> None:
    """The sentence stands at the name, what was typed and chosen stays, and the server is as it was."""
    async with stage() as it:
        await open_form(it)
        before = it.witness.state()
        await mark(it, *CREATOR)
        await name_it(it, "")
        await it.type("   ") if name.isspace() else await it.paste(name)
        await it.press("ctrl+s")
        await it.until(lambda: words in it.field("name").complaint, words)
        assert it.field("name").input.has_focus
        assert it.field("name").value == name
        assert it.field("description").value == "May generate an API key"
        assert "creator" in chosen(it)
        assert it.witness.state() == before


async def test_a_description_that_is_too_long() -> None:
    """It is said at the description, and nothing was sent."""
    async with stage() as it:
        await open_form(it)
        before = it.witness.state()
        it.field("description").input.focus()
        await it.press("ctrl+u")
        await it.paste("y" * 256)
        await it.press("ctrl+s")
        await it.until(lambda: "256 characters" in it.field("description").complaint, "the sentence")
        assert it.witness.state() == before


async def test_a_disabled_user() -> None:
    """A user who is disabled is marked as such in the list; chosen, the sentence says so and nothing is created."""
    async with stage() as it:
        await open_form(it)
        before = it.witness.state()
        await it.press("ctrl+f")
        await it.paste("viktor")
        await it.shows("1 of 23 match", "viktor.petrov", "disabled")
        await it.press("enter", "space")
        await it.shows("viktor.petrov is disabled.")
        await it.press("ctrl+s")
        await it.settle()
        assert it.witness.state() == before
        await it.press("tab")
        await it.press("ctrl+f", "enter", "space")
        await it.until(lambda: "nobody" in chosen(it), "nobody chosen")
        await it.shows("create the role API key users")


async def test_a_role_that_exists_is_extended() -> None:
    """A name that is taken turns the plan into what that role lacks; its users and permissions stay."""
    async with stage(prepare=lambda witness: witness.admin.allow_keys("runner", name="Key people")) as it:
        await it.be_admin()
        await it.press("1")
        await it.shows("Key people")
        await it.press("n")
        await it.shows("create the role API key users", "23 users")
        await mark(it, *CREATOR)
        await name_it(it, "key people")
        await it.shows("Add to the role")
        await it.gone("create the role", "grant API")
        await it.shows("add creator")
        await it.press("ctrl+s")
        await it.shows("Back to the roles")
        assert it.witness.users_of("Key people") == ["creator", "runner"]
        assert it.witness.role("key people") is None or it.witness.role("key people") == it.witness.role("Key people")


async def test_a_second_time_there_is_nothing_to_do() -> None:
    """Where the role and its users are there already, the plan says so and nothing is written."""
    async with stage(prepare=lambda witness: witness.admin.allow_keys("creator")) as it:
        await it.be_admin()
        before = it.witness.state()
        await it.press("1")
        await it.shows("1 role grants")
        await it.press("n")
        await it.shows("Add to the role", "23 users", "grants this already")
        await mark(it, *CREATOR)
        await it.shows("grants this to these users already")
        await it.press("ctrl+s")
        await it.shows("Nothing to do", "Back to the roles")
        assert it.witness.state() == before


async def test_leaving_with_work_asks() -> None:
    """Esc leaves an untouched form at once, and one with something typed or chosen after a question only."""
    async with stage() as it:
        await open_form(it)
        await it.press("escape")
        await it.shows("API key workflow")
        await it.press("enter")
        await it.shows("create the role API key users", "23 users")
        await mark(it, *CREATOR)
        await it.press("escape")
        await it.shows("What you typed and chose here will be lost.")
        await it.press("enter")
        await it.gone("will be lost")
        assert "creator" in chosen(it)
        await it.press("escape")
        await it.shows("will be lost")
        await it.press("right", "enter")
        await it.shows("API key workflow")
        assert it.witness.role("API key users") is None


async def test_the_plan_runs_once_however_often_it_is_asked_for() -> None:
    """While the answer is on its way, neither the key nor the button sends again, and Esc waits for it."""
    async with Gate() as gate, stage(gate=gate) as it:
        await open_form(it)
        await mark(it, *CREATOR)
        gate.hold("POST /v2/usermanagement/roles")
        await it.press("ctrl+s")
        await it.shows("· running")
        await it.until(lambda: gate.held == 1, "the answer on its way")
        await it.press("ctrl+s", "enter", "escape")
        await it.shows("has not answered yet")
        assert isinstance(it.app.screen, RoleSetUpScreen)
        gate.open()
        await it.shows("Back to the workflow")
        assert it.calls("/usermanagement/roles") == 1
        assert it.witness.users_of("API key users") == ["creator"]


async def test_what_is_typed_meanwhile_is_not_said_to_be_done() -> None:
    """What is typed while the answer is on its way changes nothing of the plan that is shown, and then is done."""
    async with Gate() as gate, stage(gate=gate) as it:
        await open_form(it)
        await mark(it, *CREATOR)
        gate.hold("POST /v2/usermanagement/roles")
        await it.press("ctrl+s")
        await it.until(lambda: gate.held == 1, "the answer on its way")
        it.field("name").input.focus()
        await it.type("x")
        await it.until(lambda: not screen(it).is_working("look-up"), "the look for that role")
        await it.shows("create the role API key users ")
        gate.open()
        await it.shows("Back to the workflow", "create the role API key users ")
        await it.gone("create the role API key usersx")
        plan = screen(it).query_one(PlanView).plan
        assert plan is not None
        assert [step.state for step in plan.steps] == [StepState.DONE, StepState.DONE]


async def test_a_write_outlives_its_screen() -> None:
    """The role that was being made is made and read back, although the screen was taken away meanwhile."""
    async with Gate() as gate, stage(gate=gate) as it:
        await open_form(it)
        await mark(it, *CREATOR)
        gate.hold("POST /v2/usermanagement/roles")
        await it.press("ctrl+s")
        await it.until(lambda: gate.held == 1, "the answer on its way")
        plan = screen(it).query_one(PlanView).plan
        assert plan is not None
        it.app.pop_screen()
        await it.shows("API key workflow")
        gate.open()
        await it.until(lambda: not it.app.writes.under_way, "the end of the write")
        assert [step.state for step in plan.steps] == [StepState.DONE, StepState.DONE]
        assert it.calls("/usermanagement/roles") == 1
        assert it.witness.users_of("API key users") == ["creator"]


async def test_permissions_beyond_the_one() -> None:
    """Other permissions are chosen in the tree by keys; they stand in the plan and in the role."""
    async with stage() as it:
        await open_form(it)
        await it.press("shift+tab")
        await it.press("down", "down", "space")
        await it.shows("2 chosen", "■ Bot Insight API", "grant API › Bot Insight API", "API   2 of 2")
        await mark(it, *CREATOR)
        await it.press("ctrl+s")
        await it.shows("Back to the workflow")
        role: dict[str, Any] | None = it.witness.role("API key users")
        assert role is not None
        granted = {(each["action"], each["resourceType"]) for each in role["permissions"]}
        assert granted == {("generateapikey", "api"), ("botinsightapi", "api")}


async def test_keys_of_the_permission_tree() -> None:
    """Left and right, j and k, space: sections open and close, and what the role is for cannot be taken out."""
    async with stage((120, 36)) as it:
        await open_form(it)
        await it.press("shift+tab", "down", "space")
        await it.shows("it stays", "■ Generate API-Key")
        await it.press("left", "left")
        await it.shows("▶ API   1 of 2")
        await it.gone("■ Generate API-Key", "□ Bot Insight API")
        await it.press("j", "right")
        await it.shows("▼ Users   0 of 5")
        await it.press("j", "space", "k", "enter")
        await it.shows("▶ Users   1 of 5", "2 chosen")
        await it.press("enter", "j", "space")
        await it.shows("▼ Users   0 of 5", "1 chosen")
