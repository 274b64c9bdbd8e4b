"""Picking users: the server searches, the list is a window on it, and marks stay wherever one looks."""

import pytest

from a360tui.tui.widgets import user_picker
from a360tui.tui.widgets.paged_list import PagedList
from a360tui.tui.widgets.user_picker import UserPicker
from tests.tui.gate import Gate
from tests.tui.stage import Stage, stage

LIST = "/usermanagement/users/list"


def chosen(it: Stage) -> list[str]:
    return [row.cells[0] for row in it.app.screen.query_one(UserPicker).chosen]


async def open_form(it: Stage, count: str) -> None:
    await it.be_admin()
    await it.press("enter")
    await it.shows("create the role API key users", f"{count} users")


async def search(it: Stage, text: str, matching: str) -> None:
    await it.press("ctrl+f", "ctrl+u")
    await it.paste(text)
    await it.shows(f"{matching} of ")
    await it.press("enter")


async def test_only_what_is_in_sight_is_asked_for() -> None:
    """Of 5,000 users the list asks for one page at a time, and only for pages that come into sight."""
    async with stage(users=5000) as it:
        await open_form(it, "5,000")
        assert it.calls(LIST) == 1
        users = it.app.screen.query_one(PagedList)
        await it.press("enter")
        await it.press(*["down"] * 5, "pagedown", "up")
        await it.settle()
        assert it.calls(LIST) == 1
        await it.press("G")
        await it.until(lambda: users.row is not None, "the last row")
        assert users.cursor == 4999
        assert it.calls(LIST) == 2
        await it.press("g")
        await it.until(lambda: users.row is not None and users.row.cells[0].startswith("aaliyah"), "the first row")
        await it.settle()
        assert ['"length": 50' in (each.request_body or "") for each in it.sent(LIST)] == [True, True]


async def test_marks_stay_across_searches_and_pages() -> None:
    """Users marked in different searches and pages are all listed, all in the plan, and all get the role."""
    async with stage(users=400) as it:
        await open_form(it, "400")
        await search(it, "creator", "1")
        await it.press("space")
        await search(it, "runner", "1")
        await it.press("space")
        await it.press("ctrl+f", "ctrl+u")
        await it.shows("400 users")
        await it.press("enter", "G")
        users = it.app.screen.query_one(PagedList)
        await it.until(lambda: users.row is not None and users.cursor == 399, "the last row")
        last = users.row
        assert last is not None
        await it.press("space")
        names = ["creator", "runner", last.cells[0]]
        await it.shows(f"3:  {', '.join(names)}"[:40])
        assert chosen(it) == names
        await search(it, "creator", "1")
        await it.shows("■ creator")
        await it.press("ctrl+s")
        await it.shows("Back to the workflow")
        assert it.witness.users_of("API key users") == sorted(names)


async def test_a_mark_is_taken_away_again() -> None:
    """Space on a marked user takes the mark away, in the list, in what is listed and in the plan."""
    async with stage() as it:
        await open_form(it, "23")
        await search(it, "crea", "1")
        await it.press("space")
        await it.shows("1:  creator", "add creator")
        await it.press("space")
        await it.shows("nobody")
        await it.gone("add creator", "■ creator")


async def test_an_overtaken_search_is_dropped() -> None:
    """A search that the next one overtakes is broken off, and its answer does not appear."""
    async with Gate() as gate, stage(gate=gate, users=400) as it:
        await open_form(it, "400")
        gate.hold("POST /v2/usermanagement/users/list")
        await it.press("ctrl+f")
        await it.paste("a")
        await it.until(lambda: gate.held == 1, "the first search on its way")
        await it.paste("dm")
        await it.until(lambda: gate.abandoned == 1, "the first search broken off")
        await it.until(lambda: gate.held == 1, "the second search on its way")
        gate.open()
        await it.shows("of 400 match", "□ admin")
        assert it.app.screen.query_one(UserPicker).search == "adm"


async def test_one_request_a_pause_in_typing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters that follow each other without a pause cost one request, with all of them."""
    monkeypatch.setattr(user_picker, "_PAUSE", 1.0)
    async with stage() as it:
        await open_form(it, "23")
        await it.press("ctrl+f")
        await it.type("crea")
        await it.shows("1 of 23 match")
        await it.type("t")
        await it.press("backspace")
        await it.press("tab", "shift+tab")
        assert it.calls(LIST) == 2
        assert '"value": "crea"' in it.sent(LIST)[-1].request_body


async def test_nobody_matches() -> None:
    """A search without a match says so, and what is chosen stays."""
    async with stage() as it:
        await open_form(it, "23")
        await search(it, "crea", "1")
        await it.press("space")
        await search(it, "nobody-is-called-so", "0")
        await it.shows("No user matches.", "1:  creator")


async def test_a_search_that_fails_is_told_and_tried_again() -> None:
    """Where the answer does not come, the sentence stands at the users; the next search works."""
    async with Gate() as gate, stage(gate=gate) as it:
        await open_form(it, "23")
        gate.break_off("POST /v2/usermanagement/users/list")
        await it.press("ctrl+f")
        await it.paste("crea")
        await it.shows("connection")
        gate.open()
        await it.type("t")
        await it.shows("1 of 23 match", "□ creator")


async def test_keys_and_clicks_of_the_list() -> None:
    """Letters, arrows, home and end move, a click marks; the cursor stays in sight where the list becomes lower."""
    async with stage() as it:
        await open_form(it, "23")
        await it.press("enter")
        users = it.app.screen.query_one(PagedList)
        for key, expected in (("j", 1), ("k", 0), ("G", 22), ("home", 0), ("end", 22), ("g", 0), ("down", 1)):
            await it.press(key)
            assert users.cursor == expected, key
        await it.press("j", "j")
        assert "> □ creator" in it.text()
        await it.press("space")
        await it.shows("add creator", "> ■ creator")
        await it.click("■ creator")
        await it.shows("nobody")
