"""The inventory on the screen: what it asks, what it shows, stopping it, exporting it, and what comes of a row."""

import asyncio
import csv
import json
import stat
import threading
from pathlib import Path

import pytest

from a360tui.tui.dialogs import export
from a360tui.tui.screens.keys import KeysScreen
from a360tui.tui.screens.workflow import WorkflowScreen
from a360tui.tui.session import Session
from a360tui.tui.widgets.field import Field
from a360tui.tui.widgets.paged_list import PagedList
from a360tui.tui.widgets.progress_line import ProgressLine
from a360tui.workflow.inventory import write_export
from tests.tui.company import company, names, open_keys, user_reads
from tests.tui.gate import Gate
from tests.tui.stage import stage
from tests.tui.witness import Witness


async def test_what_ends_first_is_first_and_every_bar_has_its_number() -> None:
    """Each user with age, end and the word of the state; over them the numbers by week, and in words."""
    async with stage(prepare=company) as it:
        await open_keys(it)
        await it.shows("1 ended, 1 within 14 days")
        assert names(it) == ["svc-reports", "svc-hr-sync", "svc-invoices", "svc-crm", "creator", "svc-warehouse"]
        lines = [line.split() for line in it.text().splitlines()]
        assert ["1", "1", "0", "0", "0", "1", "0", "1", "0", "0", "0", "0", "0", "keys"] in lines
        assert ["ended", *map(str, range(1, 13)), "weeks"] in lines
        for row in (
            "> svc-reports 61 days ago 16 days ago ended",
            "svc-hr-sync 42 days ago in 2 days ending",
            "creator – – no key",
            "svc-warehouse 200 days ago 155 days ago ended, disabled",
        ):
            assert row.split() in lines


async def test_the_workflow_asks_for_nothing_unasked() -> None:
    """Until 5 is pressed no user is read; then the line tells what was read, and coming back costs no request."""
    async with stage(prepare=company) as it:
        await it.be_admin()
        await it.shows("who has one, and when it ends")
        assert user_reads(it) == 0
        await it.click("Keys on this Control Room")
        await it.shows("Read at 09:41 UTC.")
        assert (user_reads(it), it.calls("/users/list")) == (6, 0)
        await it.press("escape")
        await it.shows("5 keys, 1 ends within 7 days")
        await it.press("5")
        await it.shows("Read at 09:41 UTC.")
        assert user_reads(it) == 6
        await it.press("r")
        await it.until(lambda: user_reads(it) == 12, "everybody read again")


async def test_one_key_is_counted_as_one() -> None:
    """The workflow does not say of one key that there are *1 keys*."""
    async with stage(prepare=lambda witness: witness.admin.allow_keys("svc-crm")) as it:
        await it.be_admin()
        await it.press("5")
        await it.shows("1 of 1 who may generate have one", "Read at")
        await it.press("escape")
        await it.shows("1 key, 0 end within 7 days")


async def test_esc_stops_it_and_r_goes_on() -> None:
    """What is known so far is shown; stopped, it stays, and going on asks for nobody twice."""
    async with Gate() as gate, stage(prepare=company, gate=gate) as it:
        await it.be_admin()
        held = it.witness.admin.user_id("svc-crm")
        gate.hold(f"GET /v2/usermanagement/users/{held}")
        await it.press("5")
        await it.shows("5 of 6 read", "esc stops")
        await it.until(lambda: "svc-hr-sync" in names(it), "who was read")
        await it.press("enter")
        await it.shows("Still reading")
        await it.press("escape")
        await it.shows("Stopped after 5 of 6.", "4 of 5 who may generate have one")
        await it.press("escape")
        await it.shows("who has one, and when it ends")
        gate.open()
        await it.press("5")
        await it.shows("r goes on")
        await it.press("r")
        await it.shows("5 of 6 who may generate have one", "Read at")
        assert len(names(it)) == 6


async def test_an_inventory_stays_with_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ends to be read while somebody else's session begins is not taken for what that one has read."""
    signed_out, close = asyncio.Event(), Session.close

    async def held(session: Session) -> None:
        await signed_out.wait()
        await close(session)

    async with Gate() as gate, stage(prepare=company, gate=gate) as it:
        await it.be_admin()
        gate.hold(f"GET /v2/usermanagement/users/{it.witness.admin.user_id('svc-crm')}")
        await it.press("5")
        await it.shows("5 of 6 read", "esc stops")
        before, keys = it.session, it.app.screen
        assert isinstance(keys, KeysScreen)
        with monkeypatch.context() as closing:
            closing.setattr(Session, "close", held)
            it.app.signing_in.switch_user("creator")
            await it.until(lambda: it.session is not before, "the other session")
            gate.open()
            await it.until(lambda: not keys.is_working("inventory"), "the end of the reading")
            assert it.session.inventory is None
            signed_out.set()
            await it.shows("API key workflow")


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_why_it_was_not_read_is_shown_whole(size: tuple[int, int]) -> None:
    """However long the sentence is, its end with what to do is in sight; what is said next is no warning."""
    async with Gate() as gate, stage(size, gate=gate, prepare=company) as it:
        await open_keys(it)
        gate.break_off("POST /v2/usermanagement/roles/list")
        await it.press("r")
        await it.shows("Could not list the roles")
        line = it.app.screen.query_one(ProgressLine)
        await it.until(lambda: line.sentence in " ".join(it.text().split()), "the whole sentence")
        await it.press("space")
        await it.shows("1 marked")
        assert not line.has_class("warning")


async def test_read_again_the_cursor_is_on_the_same_user() -> None:
    """The cursor goes back to its user once they are read, wherever it had to stand meanwhile."""
    async with Gate() as gate, stage(prepare=company, gate=gate) as it:
        await open_keys(it)
        keys = it.app.screen.query_one(PagedList)
        await it.press("G", "k")
        user = keys.row
        assert user is not None
        gate.hold(f"GET /v2/usermanagement/users/{user.key}")
        await it.press("r")
        await it.until(lambda: user.cells[0] not in names(it), "a list without the user")
        gate.open()
        await it.shows("Read at", f">   {user.cells[0]}")


async def test_read_again_who_is_gone_is_not_marked() -> None:
    """A mark goes with its user: what is counted as marked can be opened."""
    async with stage(prepare=company) as it:
        await open_keys(it)
        await it.press("space", "j", "space")
        await it.shows("2 marked")
        gone = it.witness.admin.user_id("svc-reports")
        assert it.witness.admin.delete(f"usermanagement/users/{gone}").status_code == 204
        await it.press("r")
        await it.shows("4 of 5 who may generate have one", "1 marked")
        await it.press("m")
        await it.shows("svc-hr-sync", "has this role")


async def test_what_is_counted_is_there_on_coming_back() -> None:
    """The title says how many have ended, too, when the list was read before and the screen is opened again."""
    async with stage(prepare=company) as it:
        await open_keys(it)
        await it.press("escape")
        await it.shows("API key workflow")
        await it.press("5")
        await it.shows("5 of 6 who may generate have one", "1 ended, 1 within 14 days")
        await it.resize(120, 36)
        await it.until(lambda: "within 14 days" in it.text().splitlines()[2][90:], "the count at the edge")


async def test_the_filter() -> None:
    """/ narrows by name, full name or state, and is a letter then; Esc takes it away, and only then goes back."""
    async with stage(prepare=company) as it:
        await open_keys(it)
        await it.shows("/ filter")
        await it.press("slash")
        await it.gone("/ filter", "e export")
        await it.type("ended")
        await it.until(lambda: names(it) == ["svc-reports", "svc-warehouse"], "those that have ended")
        await it.press("ctrl+u")
        await it.type("crm web")
        await it.until(lambda: names(it) == ["svc-crm"], "the one of that name")
        await it.type("x")
        await it.shows("No user matches.")
        await it.press("backspace")
        await it.until(lambda: names(it) == ["svc-crm"], "the one of that name again")
        await it.press("enter")
        await it.until(lambda: it.app.screen.query_one(PagedList).has_focus, "the cursor in the list")
        await it.press("escape")
        await it.until(lambda: len(names(it)) == 6, "all of them again")
        assert isinstance(it.app.screen, KeysScreen)
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, WorkflowScreen), "the workflow")


async def test_the_export(home: Path) -> None:
    """It asks for the path, writes for the user alone, and replaces a file only after a question that keeps it."""
    async with stage(prepare=company) as it:
        await open_keys(it)
        await it.press("e")
        await it.shows("Export 6 users", "~/api-keys-2026-11-23.csv")
        await it.press("enter")
        await it.shows("Written, for you alone to read")
        file = home / "api-keys-2026-11-23.csv"
        rows = list(csv.DictReader(file.read_text().splitlines()))
        assert [row["username"] for row in rows] == names(it)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.write_text("mine")
        await it.press("e")
        await it.shows("Export 6 users")
        await it.press("enter")
        await it.shows("Replace the file?", "is there already")
        await it.press("enter")
        await it.gone("Replace the file?")
        assert file.read_text() == "mine"
        await it.press("ctrl+u")
        await it.paste("~/no/such/folder.csv")
        await it.press("enter")
        await it.shows("is not a folder")
        assert it.app.screen.query_one(Field).value == "~/no/such/folder.csv"
        await it.press("ctrl+u")
        await it.paste("~/api-keys-2026-11-23.csv")
        await it.press("enter")
        await it.shows("Replace the file?")
        await it.press("right", "enter")
        await it.until(lambda: file.read_text() != "mine", "the file replaced")
        await it.until(lambda: isinstance(it.app.screen, KeysScreen), "the list")
        await it.press("e")
        await it.shows("Export 6 users")
        await it.press("shift+tab", "right")
        await it.shows("api-keys-2026-11-23.json")
        await it.press("tab", "enter")
        document = home / "api-keys-2026-11-23.json"
        await it.until(document.exists, "the JSON document")
        assert json.loads(document.read_text())["counts"]["ended"] == 1


async def test_an_export_is_written_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second Enter while the file is written does not ask whether to replace what the first has just made."""
    pressed_again, calls = threading.Event(), []

    def held(path: Path, text: str, *, replace: bool = False) -> None:
        calls.append(path)
        write_export(path, text, replace=replace)
        pressed_again.wait()

    monkeypatch.setattr(export, "write_export", held)
    async with stage(prepare=company) as it:
        await open_keys(it)
        await it.press("e")
        await it.shows("Export 6 users")
        await it.press("enter")
        await it.until((home / "api-keys-2026-11-23.csv").exists, "the file")
        await it.press("enter")
        pressed_again.set()
        await it.shows("Written, for you alone to read")
        assert len(calls) == 1


async def test_who_may_not_see_it() -> None:
    """A bot creator has no such line; the key tells why, and nothing is asked of the server."""
    async with stage(prepare=company) as it:
        await it.shows("Sign in as creator")
        await it.press("down", "enter")
        await it.shows("API key workflow")
        assert "Keys on this Control Room" not in it.text()
        await it.press("5")
        await it.shows("do not let you view roles and users")
        assert it.calls("/roles/list") == 0


@pytest.mark.parametrize("may_view_users", [True, False])
async def test_who_may_see_only_a_part(may_view_users: bool) -> None:
    """Without viewing users the others are not visible and say why; without managing roles none is given."""

    def prepare(witness: Witness) -> None:
        company(witness)
        permissions = [{"action": "rolesview", "resourceType": "rolesmanagement"}]
        permissions += [{"action": "usermanagement", "resourceType": "usermanagement"}] * may_view_users
        body = {"name": "Watchers", "permissions": permissions, "userIds": [witness.admin.user_id("runner")]}
        assert witness.admin.post("usermanagement/roles", body).status_code == 201

    async with stage(prepare=prepare) as it:
        await it.be_admin()
        it.app.signing_in.switch_user("runner")
        await it.shows("runner (")
        await it.shows("Keys on this Control Room")
        before = user_reads(it)
        await it.press("5")
        if may_view_users:
            await it.shows("5 of 6 who may generate have one", "Read at")
        else:
            await it.shows("not visible", "6 could not be read: enter says why.")
            assert user_reads(it) == before
        await it.press("enter")
        await it.shows("Your roles do not let you manage roles")
        if not may_view_users:
            await it.shows("View users")


async def test_no_role_grants_it_yet() -> None:
    """Where the story begins the screen says that there is nothing to show, why, and at 60x20 too what to do."""
    async with stage() as it:
        await it.be_admin()
        await it.press("5")
        await it.shows("nobody may generate one", "No custom role grants Generate API-Key.")
        await it.gone("weeks")
        await it.resize(60, 20)
        await it.until(lambda: "To set one up: esc, then 1." in " ".join(it.text().split()), "the whole sentence")
