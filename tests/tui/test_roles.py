"""The list of roles: what grants the permission, a filter, and where Enter leads."""

from a360tui.tui.screens.roles import RolesScreen
from a360tui.tui.widgets.paged_list import PagedList
from tests.tui.stage import Stage, stage


async def open_roles(it: Stage) -> None:
    await it.be_admin()
    await it.press("1")
    await it.shows("1 role grants Generate API-Key.", "AAE_Admin")


def names(it: Stage) -> list[str]:
    roles = it.app.screen.query_one(PagedList)
    rows = [roles._row_at(index) for index in range(roles.total)]
    return [row.cells[0] for row in rows if row is not None]


async def test_what_grants_it_comes_first_and_system_roles_last() -> None:
    """The role that grants it leads, custom roles follow by name, then the system's; each with kind and users."""
    async with stage(prepare=lambda witness: witness.admin.allow_keys("creator", "runner", name="Z keys")) as it:
        await open_roles(it)
        assert names(it)[:3] == ["Z keys", "Finance automation", "HR onboarding"]
        assert names(it)[6:] == sorted(names(it)[6:], key=str.casefold)
        line = next(line for line in it.text().splitlines() if "Z keys" in line)
        assert line.split() == [">", "Z", "keys", "custom", "grants", "it", "2"]


async def test_the_filter() -> None:
    """/ opens it, each letter narrows, Enter goes to the list, Esc takes the filter away, and only then goes back."""
    async with stage(prepare=lambda witness: witness.admin.allow_keys("creator")) as it:
        await open_roles(it)
        await it.shows("? help   enter open   n new role")
        every = names(it)
        await it.press("slash")
        await it.type("FIN")
        await it.shows("Finance automation")
        await it.until(lambda: names(it) == ["Finance automation"], "the one that matches")
        await it.type("zz")
        await it.shows("No role matches.")
        await it.press("backspace", "backspace", "enter")
        await it.until(lambda: it.app.screen.query_one(PagedList).has_focus, "the cursor in the list")
        await it.press("escape")
        await it.until(lambda: names(it) == every, "all of them again")
        assert isinstance(it.app.screen, RolesScreen)
        await it.press("escape")
        await it.shows("API key workflow")


async def test_where_enter_leads() -> None:
    """A custom role opens the set-up with its name; a system role says that it cannot be changed."""
    async with stage(prepare=lambda witness: witness.admin.allow_keys("creator")) as it:
        await open_roles(it)
        await it.press("G", "enter")
        await it.shows("A system role cannot be changed.")
        assert isinstance(it.app.screen, RolesScreen)
        await it.press("g", "down", "enter")
        await it.shows("Role set-up", "Finance automation", "Runs the invoice and ledger bots", "Add to the role")
        await it.shows("grant API › Generate API-Key")
        await it.press("ctrl+s")
        await it.shows("Back to the roles")
        role = it.witness.role("Finance automation")
        assert role is not None
        assert len(role["permissions"]) > 5
        assert "generateapikey" in [each["action"] for each in role["permissions"]]
        await it.press("enter")
        await it.shows("2 roles grant Generate API-Key.")


async def test_it_is_read_again_on_request() -> None:
    """r shows what somebody else has made meanwhile, with the cursor on the role it was on."""
    async with stage(prepare=lambda witness: witness.admin.allow_keys("creator")) as it:
        await open_roles(it)
        await it.press("j")
        it.witness.admin.allow_keys("runner", name="Another one")
        await it.press("r")
        await it.shows("2 roles grant Generate API-Key.", "Another one")
        row = it.app.screen.query_one(PagedList).row
        assert row is not None
        assert row.cells[0] == "Finance automation"


async def test_who_may_not_see_roles() -> None:
    """A bot creator is told so, and stays on the workflow."""
    async with stage() as it:
        await it.shows("Sign in as creator")
        await it.press("down", "enter")
        await it.shows("None of your roles grants Generate API-Key.")
        await it.press("1")
        await it.shows("do not let you view roles")
