"""A round through every screen and dialog that there is, in the order of the story."""

from collections.abc import AsyncIterator

from a360tui.tui.screens.add_place import AddPlaceScreen
from tests.tui.stage import Stage


async def rounds(it: Stage) -> AsyncIterator[str]:
    """Stand on one screen after the other, from the demo's start; gives the name that the screen is known by."""
    async for name in _as_administrator(it):
        yield name
    async for name in _inventory(it):
        yield name
    await it.switch_to_creator()
    async for name in _as_creator(it):
        yield name


async def _as_administrator(it: Stage) -> AsyncIterator[str]:
    await it.shows("Sign in as admin")
    yield "Start"
    await it.press("o")
    await it.shows("User name")
    yield "Sign in"
    await it.press("escape")
    await it.be_admin()
    yield "Workflow"
    async for name in _profiles(it):
        yield name
    await it.press("enter")
    await it.shows("create the role API key users", "23 users")
    yield "Role set-up"
    await it.paste("crea")
    await it.shows("1 of 23 match")
    await it.press("enter", "space", "ctrl+s")
    await it.shows("Back to the workflow")
    await it.press("enter")
    await it.shows("grants it to 1 user")
    await it.press("1")
    await it.shows("1 role grants")
    yield "Roles"
    await it.press("escape")
    await it.shows("New keys last")
    await it.press("c")
    await it.shows("from a file that a browser saved")
    yield "Calls"
    await it.press("h")
    await it.shows("Firefox")
    yield "Recording"
    await it.press("escape", "l")
    await it.shows("Read it")
    yield "Learn calls"
    await it.press("escape", "escape")
    await it.shows("New keys last")
    await it.press("4")
    await it.shows("A key made now")
    yield "Duration"
    await it.press("ctrl+u")
    await it.paste("30d")
    await it.press("ctrl+s")
    await it.shows("Change the duration?")
    yield "the question of the duration"
    await it.press("escape", "escape")
    await it.shows("is not saved")
    await it.press("right", "enter")
    await it.shows("API key workflow")


async def _inventory(it: Stage) -> AsyncIterator[str]:
    await it.press("5")
    await it.shows("0 of 1 who may generate have one", "Read at")
    yield "Keys"
    await it.press("e")
    await it.shows("Export 1 user")
    yield "the export"
    await it.press("escape")
    await it.gone("Export 1 user")
    await it.press("enter")
    await it.shows("Remove from API key users")
    yield "Key users"
    await it.press("escape")
    await it.shows("Read at")
    await it.press("escape")
    await it.shows("API key workflow")


async def _profiles(it: Stage) -> AsyncIterator[str]:
    await it.press("f4")
    await it.shows("No profile yet")
    yield "Profiles"
    await it.press("n")
    await it.shows("New profile")
    yield "Profile"
    await it.press("escape", "escape")
    await it.shows("New keys last")


async def _as_creator(it: Stage) -> AsyncIterator[str]:
    await it.generate()
    yield "New key"
    await it.press("c", "escape")
    await it.shows("Regenerate …")
    yield "My key"
    await it.press("u")
    await it.shows("How to use the key", "curl")
    yield "How to use it"
    await it.press("escape")
    await it.shows("Regenerate …")
    it.app.push_screen(AddPlaceScreen())
    await it.shows("Add a place that uses the key")
    yield "Add a place"
    await it.press("escape")
    await it.shows("Regenerate …")
    await it.press("g")
    await it.shows("Keep the old key")
    yield "the question of the key"
    await it.press("escape")
    await it.gone("Keep the old key")
    await it.press("f2")
    await it.shows("state of the key, ")
    yield "Requests"
    await it.press("escape")
    await it.shows("Regenerate …")
    await it.press("f3")
    await it.shows("All is well")
    yield "Doctor"
    await it.press("escape")
    await it.shows("Regenerate …")
    await it.press("f1")
    await it.shows("Replace the API key with a new one")
    yield "Help"
    await it.press("escape")
    await it.shows("Regenerate …")
