"""The users whom the inventory names: their dates, and giving them a role or taking it away."""

from tests.tui.company import KEYS, NAME, company, open_keys
from tests.tui.gate import Gate
from tests.tui.stage import Stage, stage
from tests.tui.witness import Witness


async def plan_to_take(it: Stage) -> None:
    """From the start to the plan of taking the role from one user."""
    await open_keys(it)
    await it.press("down", "enter")
    await it.shows("Remove from API key users")
    await it.press("enter")
    await it.shows("remove svc-hr-sync from", "Leave it")


async def test_one_user_and_the_role() -> None:
    """Enter shows the dates in full; the plan comes first, the focus is on leaving it; then it is read back."""
    async with stage(prepare=company) as it:
        await open_keys(it)
        await it.press("down", "enter")
        await it.shows("2026-11-26 04:41 UTC", "AAE_Basic, Integrations, API key users", "has this role")
        await it.press("enter")
        await it.shows("remove svc-hr-sync from API key users", "read it back", "stays as it is, as far as is known")
        await it.press("enter")
        await it.gone("read it back")
        assert "svc-hr-sync" in it.witness.users_of(NAME)
        await it.press("enter")
        await it.shows("Leave it")
        await it.press("tab", "enter")
        await it.shows("Saved and read back.", "does not have it")
        assert it.witness.users_of(NAME) == sorted({*KEYS} - {"svc-hr-sync"})
        await it.press("escape")
        await it.shows("ending, no role", "4 of 5 who may generate have one", "1 ended, 0 within 14 days")
        await it.press("enter")
        await it.shows("Add to API key users")
        await it.press("enter")
        await it.shows("add svc-hr-sync to API key users")
        await it.press("tab", "enter")
        await it.shows("Saved and read back.")
        assert it.witness.users_of(NAME) == sorted(KEYS)
        await it.press("escape")
        await it.shows("5 of 6 who may generate have one")


async def test_all_marked_rows_at_once_and_a_change_by_somebody_else() -> None:
    """The marked lose it in one write; a user whom somebody adds between plan and run stays, and it says so."""
    async with stage(prepare=company) as it:
        await open_keys(it)
        await it.shows("enter open   space mark")
        await it.press("space", "j", "space")
        await it.shows("2 marked", "m marked")
        await it.press("m")
        await it.shows("2 users", "svc-reports, svc-hr-sync", "1 ended, 1 ending", "2 of 2 have this role")
        await it.press("enter")
        await it.shows("remove svc-reports from API key users", "remove svc-hr-sync from API key users")
        role = it.witness.role(NAME)
        assert role is not None
        people = [*role["userIds"], it.witness.admin.user_id("kenji.sato")]
        body = {"name": NAME, "permissions": role["permissions"], "userIds": people}
        assert it.witness.admin.put(f"usermanagement/roles/{role['id']}", body).status_code == 201
        await it.press("tab", "enter")
        await it.shows("Someone else changed the role meanwhile; their change was kept.")
        assert it.witness.users_of(NAME) == sorted({*KEYS, "kenji.sato"} - {"svc-reports", "svc-hr-sync"})
        assert [each.method for each in it.sent(f"/roles/{role['id']}")].count("PUT") == 1


async def test_who_has_another_role_can_still_make_a_key() -> None:
    """Taking a role from somebody whom another one lets make a key does not say that no new one can be made."""

    def two_roles(witness: Witness) -> None:
        company(witness)
        witness.admin.allow_keys("svc-hr-sync", name="Second keys")

    def says(it: Stage, sentence: str) -> bool:
        return sentence in " ".join(it.text().split())

    async with stage(prepare=two_roles) as it:
        await open_keys(it)
        await it.press("down", "enter")
        await it.shows("Remove from API key users", "Remove from Second keys")
        await it.press("enter")
        await it.until(lambda: says(it, "another role still lets a new one be made."), "what is left")
        await it.press("escape", "space", "up", "space", "m")
        await it.shows("2 of 2 have this role")
        await it.press("enter")
        await it.until(lambda: says(it, "for 1 of 2 another role still lets a new one be made."), "what is left to one")


async def test_on_a_low_screen_a_change_that_failed_says_so() -> None:
    """Beneath a long plan, the sentence and the button that goes on come into sight together."""
    async with Gate() as gate, stage((60, 20), gate=gate, prepare=company) as it:
        await open_keys(it)
        await it.press("space", "down", "space", "down", "space", "m")
        await it.shows("3 users", "3 of 3 have this role")
        await it.press("enter")
        await it.shows("remove svc-reports from", "Leave it")
        gate.break_off(f"PUT {it.sent('')[-1].path}")
        await it.press("tab", "enter")
        await it.shows("before doing it again.", "Go on")
        gate.open()


async def test_a_change_on_its_way_is_neither_left_nor_overtaken() -> None:
    """Until the Control Room has answered there is nothing to leave, and no other change is begun."""
    async with Gate() as gate, stage(gate=gate, prepare=company) as it:
        await plan_to_take(it)
        gate.hold(f"PUT {it.sent('')[-1].path}")
        await it.press("tab", "enter")
        await it.until(lambda: gate.held == 1, "the answer on its way")
        await it.gone("Leave it")
        await it.click("Remove from API key users")
        await it.shows("has not answered yet", "remove svc-hr-sync from")
        gate.open()
        await it.shows("Saved and read back.", "Go on", "does not have it")


async def test_another_choice_takes_the_plan_before_it_away() -> None:
    """While another change is looked up, the one that was planned before can no longer be carried out."""
    async with Gate() as gate, stage(gate=gate, prepare=company) as it:
        await plan_to_take(it)
        gate.hold(f"GET {it.sent('')[-1].path}")
        await it.click("Remove from API key users")
        await it.until(lambda: gate.held == 1, "the look-up on its way")
        await it.gone("remove svc-hr-sync from")
        gate.open()
        await it.shows("remove svc-hr-sync from", "Leave it")


async def test_a_role_of_a_long_name() -> None:
    """What a choice does to the role stands before the role's state, however long the name of the role is."""
    name = "Integrations that call the Control Room"
    async with stage(prepare=lambda witness: witness.admin.allow_keys("svc-crm", name=name)) as it:
        await it.be_admin()
        await it.press("5")
        await it.shows("1 of 1 who may generate have one", "Read at")
        await it.press("enter")
        await it.shows(f"Remove from {name} …")
