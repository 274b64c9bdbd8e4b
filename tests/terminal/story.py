"""The story by keys: the administrator makes the role, the creator has a key."""

from tests.terminal.terminal import Terminal


def be_admin(it: Terminal) -> None:
    """From the first screen of the demo to the administrator's workflow, where no role is."""
    it.shows("> Sign in as admin")
    it.press("\r")
    it.shows("> Set up a role")


def plan_role(it: Terminal) -> None:
    """From that workflow to the role with the creator in it, which is not made yet."""
    it.press("\r")
    it.shows("create the role API key users")
    it.press("crea")
    it.shows("1 of 23 match")
    it.press("\r")
    it.shows("> □ creator")
    it.press(" ")
    it.shows("add creator")


def make_role(it: Terminal) -> None:
    """From that plan back to the workflow, where the role is."""
    it.press("\x13")
    it.shows("Back to the workflow")
    it.press("\r")
    it.shows("grants it to 1 user")


def be_creator_who_may(it: Terminal) -> None:
    """From the first screen of the demo to the workflow of the creator, who may generate a key."""
    be_admin(it)
    plan_role(it)
    make_role(it)
    it.press("s")
    it.shows("> Generate your key")


def generate(it: Terminal) -> None:
    """From there: the first key is asked for."""
    it.press("\r")
    it.shows("makes your first key")
    it.press("g")
