"""Every screen at every size: nothing cut at 80x24, everything reachable at 60x20, a sentence below, and back."""

import re

from textual.widgets import Button

from a360tui.tui.widgets.choice_line import ChoiceLine
from a360tui.tui.widgets.menu import Menu
from a360tui.tui.widgets.paged_list import PagedList
from a360tui.tui.widgets.too_small import TooSmall
from a360tui.tui.widgets.user_picker import UserPicker
from tests.tui.rounds import rounds
from tests.tui.stage import Stage, stage

CUT = re.compile(r"[^\s.]…")
"""A word that was cut; a dialog that follows, or something on its way, is written with a blank before."""


def cut_lines(it: Stage) -> list[str]:
    """Lines with a cut word, but for rows of lists: those are made to fit."""
    rows = {
        y
        for widget in (*it.app.screen.query(PagedList), *it.app.screen.query(f"{UserPicker.__name__} #chosen"))
        for y in range(widget.region.y, widget.region.bottom)
    }
    return [line for y, line in enumerate(it.text().splitlines()) if CUT.search(line) and y not in rows]


def buttons(it: Stage) -> list[Button]:
    return [button for button in it.app.screen.query(Button) if button.display]


async def test_nothing_is_cut_at_80x24() -> None:
    """On every screen and dialog no word is cut, and every button stands on the screen with all of its label."""
    async with stage((80, 24)) as it:
        async for name in rounds(it):
            it.app.clear_notifications()  # toasts lie over the screen for a while
            await it.settle()
            assert cut_lines(it) == [], name
            for button in buttons(it):
                assert str(button.label) in it.text(), (name, button)
                assert it.app.screen.region.contains_region(button.region), (name, button)


async def test_everything_is_reachable_at_60x20() -> None:
    """On every screen and dialog each thing that takes the cursor can be brought into view by going there.

    All options of a choice are to be seen then, and whose keys are listed. No word of a menu is cut.
    """
    async with stage((60, 20)) as it:
        async for name in rounds(it):
            await it.settle()
            screen = it.app.screen
            assert not screen.has_class("-too-narrow", "-too-low")
            before = screen.focused
            for widget in [each for each in screen.focus_chain if each.id != "body"]:
                screen.set_focus(widget)
                await it.until(
                    lambda widget=widget, screen=screen: screen.region.contains_region(widget.region),  # type: ignore[misc]
                    f"{widget} of {name} in sight",
                )
                if isinstance(widget, Button):
                    await it.shows(str(widget.label))
                if isinstance(widget, Menu):
                    lines = it.text().splitlines()[widget.region.y : widget.region.bottom]
                    assert [line for line in lines if CUT.search(line)] == [], name
                if isinstance(widget, ChoiceLine):
                    await it.shows(*(f") {option}" for option in widget.options))
            if name == "Keys":
                await it.shows("creator")
            screen.set_focus(before)


async def test_smaller_than_small_and_back() -> None:
    """On every screen a sentence says that it is too small, and no key does anything unseen; back, all is as it was."""
    async with stage((80, 24)) as it:
        async for name in rounds(it):
            await it.settle()
            it.app.clear_notifications()
            await it.pilot.pause()
            screen, before = it.app.screen, it.text()
            await it.resize(40, 10)
            await it.shows("This terminal is 40x10.", "a360tui needs 60x20.", "ctrl+q")
            requests = it.calls("")
            await it.press("enter", "ctrl+s", "g", "1", "x", "escape")
            await it.paste("unseen")
            assert it.app.screen is screen, name
            await it.resize(80, 24)
            await it.until(lambda before=before: it.text() == before, f"{name} as it was")  # type: ignore[misc]
            assert it.calls("") == requests


async def test_where_small_begins() -> None:
    """One column or one line less than 60x20 is too small, whatever the other side has; one cell breaks nothing."""
    async with stage((60, 20)) as it:
        await it.shows("> Sign in as admin")
        for width, height in ((59, 40), (200, 19), (1, 1), (59, 19)):
            await it.resize(width, height)
            await it.until(lambda: it.app.screen.query_one(TooSmall).display, f"the sentence at {width}x{height}")
        await it.shows("This terminal is 59x19.")
        await it.resize(60, 20)
        await it.shows("> Sign in as admin")


async def test_a_dialog_that_outlives_a_change_of_size() -> None:
    """What lies behind a dialog while the terminal changes is drawn for the new size when the dialog goes."""
    async with stage((80, 24)) as it:
        await it.be_admin()
        await it.press("4")
        await it.shows("A key made now")
        await it.press("ctrl+u")
        await it.paste("30")
        await it.press("ctrl+s")
        await it.shows("Change the duration?")
        await it.resize(120, 36)
        await it.press("escape")
        await it.gone("Change the duration?")
        await it.until(lambda: it.app.screen.has_class("-wide") and it.app.screen.has_class("-tall"), "the new size")
        await it.press("f1")
        await it.shows("Everywhere")
        await it.resize(30, 8)
        await it.press("ctrl+q")
        await it.until(lambda: it.app._exit, "the end")


async def test_a_storm_of_sizes() -> None:
    """Many changes at once end in the last one."""
    async with stage((80, 24)) as it:
        await it.be_admin()
        await it.press("enter")
        await it.shows("create the role API key users", "23 users")
        before = it.text()
        for step in range(30):
            await it.pilot.resize_terminal(1 + 7 * step % 160, 1 + 5 * step % 60)
        await it.resize(500, 200)
        await it.resize(80, 24)
        await it.until(lambda: it.text() == before, "the form as it was")
