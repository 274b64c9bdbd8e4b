"""The API-Key duration: what cannot be, what it comes to, and a change that is asked for, saved and read back."""

import pytest
from textual import events

from a360tui.demo import Running
from a360tui.tui.screens.duration import DurationScreen
from a360tui.tui.widgets.field import Field
from tests.tui.gate import Gate
from tests.tui.stage import Stage, own_stage, stage


async def open_duration(it: Stage) -> None:
    await it.be_admin()
    await it.press("4")
    await it.shows("A key made now would end on 2027-01-07 09:41 UTC.")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "No duration is given."),
        ("0d", "shortest duration is 1 minute"),
        ("0", "shortest duration is 1 minute"),
        ("10000d", "The longest duration is 9999 days."),
        ("10000", "The longest duration is 9999 days."),
        ("1.5h", "“1.5h” is not a duration."),
        ("abc", "“abc” is not a duration."),
        ("-3", "“-3” is not a duration."),
        ("99999999999999999999", "is not a duration"),
    ],
)
async def test_a_duration_that_cannot_be(typed: str, words: str) -> None:
    """The sentence stands at the field, what was typed stays, nothing is asked and nothing changes."""
    async with stage() as it:
        await open_duration(it)
        await it.press("ctrl+u")
        await it.paste(typed)
        await it.press("ctrl+s")
        await it.until(lambda: words in it.field("duration").complaint, words)
        assert it.app.screen.query_one(Field).value == typed
        assert isinstance(it.app.screen, DurationScreen)
        assert it.witness.duration == {"value": 45, "unit": "DAYS"}
        await it.gone("would end on")


@pytest.mark.parametrize(
    ("typed", "end", "saved"),
    [
        ("90m", "2026-11-23 11:11", {"value": 90, "unit": "MINUTES"}),
        ("12h", "2026-11-23 21:41", {"value": 12, "unit": "HOURS"}),
        ("9999", "2054-04-09 09:41", {"value": 9999, "unit": "DAYS"}),
    ],
)
async def test_durations_as_people_type_them(typed: str, end: str, saved: dict[str, object]) -> None:
    """A number with its unit, or in the unit that is chosen, shows the end it comes to, and is saved so."""
    async with stage() as it:
        await open_duration(it)
        await it.press("ctrl+u")
        await it.type(typed)
        await it.shows(f"A key made now would end on {end} UTC.")
        await it.press("enter")
        await it.shows("Change the duration?")
        await it.press("tab", "enter")
        await it.shows("Saved and read back", "Back to the workflow")
        assert it.witness.duration == saved
        await it.press("enter")
        await it.shows("API key workflow")


async def test_the_unit_and_the_presets() -> None:
    """Arrows choose the unit; a preset fills in its days and puts the cursor on saving."""
    async with stage() as it:
        await open_duration(it)
        await it.press("tab", "left")
        await it.shows("(•) hours", "2026-11-25 06:41")
        await it.press("tab", "tab", "enter")
        await it.shows("(•) days", "2026-11-30 09:41")
        await it.press("enter")
        await it.shows("Change the duration?")


async def test_leaving_it_changes_nothing() -> None:
    """Enter and Esc at the question leave the duration as it is; Esc and *Cancel* ask before what is typed goes."""
    async with stage() as it:
        await open_duration(it)
        await it.press("ctrl+u")
        await it.type("30")
        for key in ("enter", "escape"):
            await it.press("ctrl+s")
            await it.shows("Change the duration?")
            await it.press(key)
            await it.gone("Change the duration?")
        assert it.witness.duration == {"value": 45, "unit": "DAYS"}
        for leave in ("escape", "cancel"):
            if leave == "cancel":
                await it.click("Cancel")
            else:
                await it.press(leave)
            await it.shows("is not saved")
            await it.press(*(("right", "enter") if leave == "cancel" else ("enter",)))
        await it.shows("API key workflow")


async def test_the_same_duration_is_not_written() -> None:
    """Saving what holds already says so and sends nothing."""
    async with stage() as it:
        await open_duration(it)
        await it.press("ctrl+s")
        await it.shows("New keys last 45 days already.")
        assert [each.method for each in it.sent("/settings/security") if each.method != "GET"] == []
        await it.type("450")
        await it.gone("New keys last 45 days already.")
        await it.press("backspace")
        await it.press("escape")
        await it.shows("API key workflow")


async def test_who_may_not_see_it() -> None:
    """A bot creator is told so, and nothing is asked of the server."""
    async with stage() as it:
        await it.shows("Sign in as creator")
        await it.press("down", "enter")
        await it.shows("Not visible to you.")
        await it.press("4")
        await it.shows("do not let you view the settings")
        assert it.calls("/settings/security") == 0
        await it.press("ctrl+s")
        await it.shows("Your roles do not let you change the duration.")
        await it.press("escape")
        await it.shows("API key workflow")


async def test_an_assumed_call_is_asked_for_once(control_room: Running) -> None:
    """On one's own Control Room the call that nobody published is used only after a yes, asked once and for good."""
    async with own_stage(control_room, "admin") as it:
        await it.paste(control_room.account("admin").password)
        await it.press("enter")
        await it.shows("API key workflow", "Set up a role", "Not read: the vendor does not publish the call.")
        await it.press("4")
        await it.shows("Use an assumed call?", "has not been", "/v2/settings/security")
        await it.press("enter")
        await it.shows("API key workflow", "Set up a role")
        assert it.calls("/settings/security") == 0
        await it.press("4")
        await it.shows("Use an assumed call?")
        await it.press("right", "enter")
        await it.shows("A key made now would end on")
        await it.press("escape")
        await it.shows("New keys last 45 days.")
        await it.press("4")
        await it.shows("A key made now would end on")
        assert it.session.known_calls().calls.of("read_duration").source == "confirmed"
    async with own_stage(control_room, "admin") as it:
        await it.paste(control_room.account("admin").password)
        await it.press("enter")
        await it.shows("New keys last 45 days.")


@pytest.mark.parametrize("pasted", [False, True])
async def test_the_number_that_stands_there_is_replaced(pasted: bool) -> None:
    """A number typed or pasted as the form opens takes the place of the one that holds now."""
    async with stage() as it:
        await open_duration(it)
        await (it.paste("30") if pasted else it.type("30"))
        await it.shows("would end on 2026-12-23")
        assert it.app.screen.query_one(Field).value == "30"


async def test_what_is_typed_just_before_saving_counts() -> None:
    """A key and Ctrl+S that arrive together are taken in their order: the question is about all that was typed."""
    async with stage() as it:
        await open_duration(it)
        it.app.post_message(events.Key("9", "9"))
        it.app.post_message(events.Key("ctrl+s", "\x13"))
        await it.shows("Change the duration?", "will last 9 days")


async def test_what_was_done_is_not_said_of_another_duration() -> None:
    """Typing after a save takes away what was done; *Now* is what was last read, after a lost answer too."""
    async with Gate() as gate, stage(gate=gate) as it:
        await open_duration(it)
        for days, end in (("30", "Saved and read back"), ("33", "is not known")):
            await it.press("ctrl+u")
            await it.type(days)
            await it.gone("read it back")
            await it.shows("Cancel")
            await it.press("ctrl+s")
            await it.shows("Change the duration?")
            await it.press("right", "enter")
            await it.shows("read it back", end)
            it.field("duration").input.focus()
            gate.break_off("PUT /v2/settings/security")
        gate.open()
        await it.press("ctrl+s")
        await it.shows("Now           33 days", "New keys last 33 days already.", "Back to the workflow")
        assert "unknown" not in it.text()
