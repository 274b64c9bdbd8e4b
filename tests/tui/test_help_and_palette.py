"""The registry of actions as people meet it: help, the palette, the line of keys, and the bindings beneath."""

import pytest
from textual import events
from textual.command import CommandPalette
from textual.widgets import Button, Input

from a360tui.tui.actions import ACTIONS, BACK, EVERYWHERE, actions_of, key_name, keys_shown
from a360tui.tui.screen import A360Dialog, A360Screen
from a360tui.tui.widgets.field import FieldInput
from a360tui.tui.widgets.key_line import KeyLine
from tests.tui.rounds import rounds
from tests.tui.stage import Stage, stage

TALL = (100, 60)


def offered(it: Stage) -> list[str]:
    """The titles of the palette's entries for the screen in front."""
    return [command.title for command in it.app.get_system_commands(it.app.screen)]


async def test_every_action_is_in_help_and_in_the_palette() -> None:
    """On every screen help lists each action that works there with its key, and the palette has each that does now."""
    seen: set[str] = set()
    async with stage(TALL) as it:
        async for name in rounds(it):
            seen.add(name)
            screen = it.app.screen
            actions = actions_of(name)
            titles = offered(it)
            for action in actions:
                assert (action.what in titles) is (screen.check_action(action.name, ()) is not False), action
            if name == "Help":
                continue
            await it.press("f1")
            await it.shows("Everywhere", "Find any action by name")
            lines = it.text().splitlines()
            for action in (*actions, *actions_of(EVERYWHERE)):
                words = [*keys_shown(action).split(), *action.what.split()]
                works = action.in_dialogs or not isinstance(screen, A360Dialog)
                assert any(line.split() == words for line in lines) is works, action
            await it.press("escape")
            await it.until(lambda screen=screen: it.app.screen is screen, name)  # type: ignore[misc]
    assert {action.screen for action in ACTIONS} - {EVERYWHERE} <= seen


async def test_no_two_bindings_clash() -> None:
    """On every screen, wherever the cursor is, a key that the screen offers does what the screen says."""
    async with stage(TALL) as it:
        async for name in rounds(it):
            screen = it.app.screen
            assert isinstance(screen, A360Screen | A360Dialog)
            wanted = {
                key: action.name
                for action in (*actions_of(EVERYWHERE), *actions_of(name))
                for key in action.keys.split(",")
                if screen.check_action(action.name, ())
            }
            before = screen.focused
            for widget in [each for each in screen.query("*") if each.focusable]:
                screen.set_focus(widget)
                await it.pilot.pause()
                for key, active in screen.active_bindings.items():
                    typed = isinstance(widget, Input) and len(key_name(key)) == 1
                    if key in wanted and not typed and wanted[key] != BACK:
                        assert active.binding.action == wanted[key], (name, widget, key)
            screen.set_focus(before)


def test_each_key_is_given_once_a_screen() -> None:
    """In the registry no screen has a key twice, but for pairs of which only one can be done at a time."""
    for screen in {action.screen for action in ACTIONS}:
        keys = [key for action in (*actions_of(screen), *actions_of(EVERYWHERE)) for key in action.keys.split(",")]
        twice = {key for key in keys if keys.count(key) > 1 + (screen == EVERYWHERE)}
        assert twice <= ({"g"} if screen == "My key" else set()), screen


async def test_generate_and_regenerate_share_a_key_and_never_a_moment() -> None:
    """g makes the first key where there is none, and asks about the key where there is one: never both."""
    async with stage(TALL, prepare=lambda witness: witness.admin.allow_keys("creator")) as it:
        await it.shows("Sign in as creator")
        await it.press("down", "enter")
        await it.shows("Generate your key")
        await it.press("2")
        await it.shows("makes your first key")
        assert [it.app.screen.check_action(name, ()) for name in ("generate", "regenerate")] == [True, False]
        await it.press("g")
        await it.shows("never shows it again")
        await it.press("c", "escape")
        await it.shows("Regenerate …")
        assert [it.app.screen.check_action(name, ()) for name in ("generate", "regenerate")] == [False, True]


async def test_the_palette_runs_what_it_offers() -> None:
    """Found by a part of its name, an action of the screen and one of the app do what their keys do."""
    async with stage() as it:
        await it.be_admin()
        await it.press("ctrl+p")
        await it.shows("Search for commands")
        await it.type("duration")
        await it.shows("Go to the API-Key duration")
        await it.press("enter")
        await it.shows("A key made now")
        await it.press("ctrl+p")
        await it.shows("Search for commands")
        await it.type("requests that")
        await it.shows("Show the requests that were sent")
        await it.press("enter")
        await it.shows("Requests  ")
        await it.press("ctrl+p")
        await it.shows("Search for commands")
        await it.type("go back")
        await it.press("enter")
        await it.shows("A key made now")
        await it.press("ctrl+p")
        await it.shows("Search for commands")
        await it.type("switch to runner")
        await it.press("enter")
        await it.shows("  runner (AAE_Basic +1)", "You may not generate a key yet.")


@pytest.mark.parametrize("opened", ["palette", "themes"])
@pytest.mark.parametrize("key", ["pagedown", "pageup"])
async def test_a_page_key_comes_before_the_palette_is_drawn(opened: str, key: str) -> None:
    """Down and a page key right behind the key that opens a palette end nothing: the next letters are searched for."""
    async with stage() as it:
        await it.shows("Sign in as admin")
        if opened == "themes":
            it.app.call_later(it.app.action_change_theme)
        else:
            it.app.post_message(events.Key("ctrl+p", None))
        for each in ("down", key):
            it.app.post_message(events.Key(each, None))
        await it.type("qq")
        await it.shows("No matches found")


async def test_the_palette_sends_nothing_while_nobody_types() -> None:
    """The cursor of the palette does not blink, as that of no field does."""
    async with stage() as it:
        await it.shows("Sign in as admin")
        await it.press("ctrl+p")
        await it.shows("Theme")
        assert not it.app.screen.query_one(Input).cursor_blink


async def test_the_palette_offers_nothing_that_does_nothing() -> None:
    """There is no going back where nothing is behind, no picture of a screen that may show a key, no emoji."""
    async with stage() as it:
        await it.shows("Sign in as admin")
        assert "Go back" not in offered(it)
        await it.be_admin()
        titles = offered(it)
        assert "Go back" not in titles
        assert [title for title in titles if "creenshot" in title or "Maximize" in title] == []
        assert len(titles) == len(set(titles))
        await it.press("ctrl+p")
        await it.shows("Search for commands")
        assert isinstance(it.app.screen, CommandPalette)
        assert max(map(ord, it.text())) < 0x1F000
        await it.press("escape")
        await it.gone("Search for commands")


async def test_over_a_dialog_the_palette_offers_what_works_there() -> None:
    """Neither the doctor nor the profiles open over a dialog, no screen is offered on itself, and each goes back."""
    own = {"Requests": "Show the requests that were sent", "Help": "Show this screen's keys"}
    nowhere = {
        "Doctor": "Run the doctor: check every step to the Control Room",
        "Profiles": "Show the profiles",
    }
    async with stage(TALL) as it:
        async for name in rounds(it):
            titles = offered(it)
            for other, title in (own | nowhere).items():
                wanted = name != other and not (other in nowhere and isinstance(it.app.screen, A360Dialog))
                assert (title in titles) is wanted, (name, title)
            if isinstance(it.app.screen, A360Dialog):
                assert "action_back" in dir(it.app.screen), name


async def go_back_by_the_palette(it: Stage) -> None:
    await it.press("ctrl+p")
    await it.shows("Search for commands")
    await it.type("go back")
    await it.shows("esc      Go back")
    await it.press("enter")
    await it.gone("Search for commands")


async def test_go_back_in_a_dialog_is_its_safe_answer() -> None:
    """Chosen from the palette over a question it answers no, so that whoever asked goes on: nothing waits for ever."""
    async with stage() as it:
        await it.be_admin()
        await it.press("4")
        await it.shows("A key made now")
        await it.press("ctrl+u")
        await it.type("30")
        await it.press("ctrl+s")
        await it.shows("Change the duration?")
        await go_back_by_the_palette(it)
        await it.gone("Change the duration?")
        await it.press("escape")
        await it.shows("Leave this?")


async def test_switching_from_the_palette_asks_for_work() -> None:
    """Being somebody else by the palette, in the middle of a form, asks before what is typed is forgotten."""
    async with stage() as it:
        await it.be_admin()
        await it.press("enter")
        await it.shows("create the role API key users", "23 users")
        await it.paste("crea")
        await it.shows("1 of 23 match")
        await it.press("enter", "space")
        await it.shows("1:  creator")
        it.app.signing_in.switch_user("runner")
        await it.shows("will be lost")
        await it.press("enter")
        await it.gone("will be lost")
        await it.shows("1:  creator", "admin (AAE_Admin)")
        it.app.signing_in.switch_user("runner")
        await it.shows("will be lost")
        await it.press("right", "enter")
        await it.shows("  runner (AAE_Basic +1)", "API key workflow")


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_the_line_of_keys_is_what_it_says(size: tuple[int, int]) -> None:
    """On every screen the line begins with help, fits and has the way back, and each key does what its word says."""
    async with stage(size) as it:
        async for name in rounds(it):
            if not isinstance(it.app.screen, A360Screen):
                continue
            line = it.app.screen.query_one(KeyLine)
            shown = it.text().splitlines()[-1]
            assert shown.split()[:2] in (["?", "help"], ["f1", "help"]), name
            assert len(line._fitting()) >= 3, name
            assert not it.app.screen.GOES_BACK or "esc back" in shown, name
            bindings = it.app.screen.active_bindings
            for hint in line._fitting():
                assert f"{hint.shown} {hint.label}" in shown
                assert bindings[hint.key].enabled is not hint.dimmed, (name, hint)


async def test_help_opens_over_a_dialog() -> None:
    """f1 in the dialog of a new key lists the keys that work there, and comes back to it."""
    async with stage((80, 40), prepare=lambda witness: witness.admin.allow_keys("creator")) as it:
        await it.shows("Sign in as creator")
        await it.press("down", "enter")
        await it.shows("Generate your key")
        await it.generate()
        await it.press("f1")
        await it.shows("Show the key for 30 seconds", "f2 ", "ctrl+l ")
        assert "f3 " not in it.text()
        assert "f4 " not in it.text()
        await it.press("escape")
        await it.shows("never shows it again")
        assert it.app.screen.query_one("#done", Button).has_focus


async def test_a_question_mark_can_be_typed() -> None:
    """In a field ? is a letter, and f1 is help."""
    async with stage() as it:
        await it.shows("Sign in as admin")
        await it.press("o")
        await it.shows("User name", "f1 help")
        await it.press("question_mark")
        assert it.app.screen.query_one(FieldInput).value == "?"
        await it.press("f1")
        await it.shows("Sign in with what you typed")
        await it.press("escape")
        await it.shows("User name")
