"""What could not be read says so in its place, and how to read it again; nothing goes on saying that it is read."""

from tests.tui.gate import Gate
from tests.tui.stage import Stage, stage

ME = "GET /v2/usermanagement/users/1"
ROLES = "POST /v2/usermanagement/roles/list"
USERS = "POST /v2/usermanagement/users/list"


async def says_not_read(it: Stage) -> None:
    await it.shows("not read", "broke before")
    assert "reading" not in it.text()


async def test_the_workflow_reads_again() -> None:
    """What came is shown, each other step says that it was not read, the first of them how to read it, and r does."""
    async with Gate() as gate, stage(gate=gate) as it:
        await it.shows("Sign in as admin")
        gate.break_off(ME)
        await it.press("enter")
        await it.shows("1  Role       No custom role", "2  Key        not read", "3  Use        not read")
        await it.shows("4  Duration   New keys last 45 days.", "Read again")
        await says_not_read(it)
        assert it.text().count("Read again") == 1
        gate.open()
        await it.press("down", "enter")
        await it.shows("> Set up a role", "2  Key        Keys belong to the users you choose.")
        assert "not read" not in it.text()


async def test_what_the_workflow_knew_stays() -> None:
    """Where a step cannot be read anew, what was known of it stays, with the reason beneath."""
    async with Gate() as gate, stage(gate=gate) as it:
        await it.be_admin()
        gate.break_off(ROLES)
        await it.press("r")
        await it.shows("Could not list the roles", "1  Role       No custom role")
        assert "not read" not in it.text()


async def test_my_key_reads_again() -> None:
    """The state of the key says that it was not read, and r reads it."""
    async with Gate() as gate, stage(gate=gate) as it:
        await it.be_admin()
        gate.break_off(ME)
        await it.press("2")
        await says_not_read(it)
        gate.open()
        await it.press("r")
        await it.shows("State         no key")
        assert "not read" not in it.text()
        assert "Could not" not in it.text()


async def test_the_lists_of_roles_and_keys_read_again() -> None:
    """A list whose first page does not come says so instead of *reading* or *nobody here*, and r reads it."""
    async with Gate() as gate, stage(gate=gate, prepare=lambda witness: witness.admin.allow_keys("creator")) as it:
        await it.be_admin()
        for key, words in (("1", "Finance automation"), ("5", "creator")):
            gate.break_off(ROLES)
            await it.press(key)
            await says_not_read(it)
            gate.open()
            await it.press("r")
            await it.shows(words)
            assert "not read" not in it.text()
            await it.press("escape")
            await it.shows("grants it to 1 user")


async def test_the_users_are_asked_for_again() -> None:
    """Where the first users of the picker do not come, the list says so; Down in it asks again."""
    async with Gate() as gate, stage(gate=gate) as it:
        await it.be_admin()
        gate.break_off(USERS)
        await it.press("enter")
        await says_not_read(it)
        await it.shows("again.")
        gate.open()
        await it.press("ctrl+f", "enter", "down")
        await it.shows("23 users", "creator", "nobody")
        assert "not read" not in it.text()
