"""The whole story of the product: by keyboard alone, and by mouse alone."""

import re

from tests.tui.stage import stage


async def test_by_keyboard_alone() -> None:
    """Role, duration, key, its test, and a new key in its place: each step by keys, each outcome seen at the server."""
    async with stage() as it:
        await it.be_admin()
        await it.press("3")
        await it.shows("no key", "Give yourself a role that")
        await it.press("escape")
        await it.shows("API key workflow")
        assert re.search("Switch to creator to generate one +s$", it.text(), re.MULTILINE), "the key that does so"
        await it.set_up_role()
        assert it.witness.users_of("API key users") == ["creator"]

        await it.press("enter")
        await it.shows("grants it to 1 user")
        await it.set_duration_to_30_days()
        assert it.witness.duration == {"value": 30, "unit": "DAYS"}
        await it.switch_to_creator()
        await it.generate()
        first = it.known_key
        assert it.witness.signs_in("creator", first)
        await it.press("escape", "escape")
        await it.shows("Regenerate …", "in 30 days", "Test sign-in")
        await it.press("t")
        await it.shows("The key signs in; a token lasts 20 minutes.")

        await it.press("g")
        await it.shows("Keep the old key")
        before = it.witness.state()
        await it.press("enter")
        await it.gone("Keep the old key")
        assert (it.known_key, it.witness.state()) == (first, before)

        await it.press("g")
        await it.shows("Keep the old key")
        await it.press("right", "enter")
        await it.shows("Your new API key", "✓ done      sign in with it")
        second = it.known_key
        assert second != first
        assert it.witness.signs_in("creator", second)
        assert not it.witness.signs_in("creator", first)


async def test_by_mouse_alone() -> None:
    """The same story with nothing but clicks and the wheel, on widgets and on the line of keys."""
    async with stage() as it:
        await it.click("Sign in as admin")
        await it.click("Set up a role")
        await it.shows("create the role API key users", "23 users")
        while "creator " not in it.text():
            await it.wheel("□ a")
        await it.click("□ creator ")
        await it.shows("1:  creator", "add creator")
        await it.click("Create role")
        await it.click("Back to the workflow")
        assert it.witness.users_of("API key users") == ["creator"]

        await it.click("Change it")
        await it.shows("A key made now")
        await it.click("30 days")
        await it.shows("2026-12-23")
        await it.click("save")
        await it.shows("Change the duration?")
        await it.click("Change it")
        await it.click("Back to the workflow")
        await it.shows("New keys last 30 days")
        assert it.witness.duration == {"value": 30, "unit": "DAYS"}

        await it.click("switch user")
        await it.click("Generate your key")
        await it.shows("makes your first key")
        await it.click("Generate  ")
        await it.shows("✓ done      sign in with it")
        first = it.known_key
        await it.click("Done")
        await it.shows("neither revealed nor copied")
        await it.click("Done")
        await it.click("Test sign-in")
        await it.shows("The key signs in; a token lasts 20 minutes.")

        await it.click("Regenerate …")
        await it.shows("Keep the old key")
        before = it.witness.state()
        await it.click("Keep the old key")
        await it.gone("Keep the old key")
        assert (it.known_key, it.witness.state()) == (first, before)
        await it.click("g regenerate")
        await it.shows("Keep the old key")
        await it.click("  Regenerate  ")
        await it.shows("Your new API key", "✓ done      sign in with it")
        second = it.known_key
        assert it.witness.signs_in("creator", second)
        assert not it.witness.signs_in("creator", first)


async def test_the_token_and_the_roles_stand_in_the_top_line() -> None:
    """The top line names host, user, role and the minutes of the token, and says DEMO in a word."""
    async with stage() as it:
        await it.be_admin()
        top = it.text().splitlines()[0]
        assert re.fullmatch(r" control-room\.demo  admin \(AAE_Admin\) +secrets in memory  token (19|20)m +DEMO", top)


async def test_switching_user_is_one_action() -> None:
    """One key makes the administrator the creator and back, with the old session closed at the server."""
    async with stage() as it:
        await it.be_admin()
        before = it.session
        await it.press("s")
        await it.shows("creator  ", "You may not generate a key yet.")
        assert it.session is not before
        assert before.known_key is None
        await it.press("s")
        await it.shows("admin (AAE_Admin)", "Set up a role")
