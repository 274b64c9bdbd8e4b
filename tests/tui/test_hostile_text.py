"""Text from a server that means harm: markup, escapes, text directions. It is drawn as what it is, and does nothing."""

import pytest
from textual import events

from a360tui.tui.screens.workflow import WorkflowScreen
from tests.api.scripted_server import ScriptedServer, Step, refused, signed_in
from tests.tui.stage import Stage, own_stage, stage
from tests.tui.witness import Witness

NAMES = {
    "Bot [/] x": "Bot [/] x",
    "[@click=app.quit]x[/]": "[@click=app.quit]x[/]",
    "[red]AAE_[Finance]": "[red]AAE_[Finance]",
    "a\x1b]52;c;aGk=\x07b\x9b31m": "a\\x1b]52;c;aGk=\\x07b\\x9b31m",
    "pay\u202elufmrah\u2066": "pay\\u202elufmrah\\u2066",
    "$accent {0} %s \\[x]": "$accent {0} %s \\[x]",
}
"""What the server stores → what the screen shows."""


def nothing_acts(it: Stage) -> None:
    """Nothing on the screen is a control or a direction, and nothing in it is a link."""
    text = it.text().replace("\n", "")
    assert [character for character in text if not character.isprintable()] == []
    for strip in it.app.screen._compositor.render_strips():
        for segment in strip:
            assert "@click" not in (segment.style.meta if segment.style else {})
            assert not (segment.style and segment.style.link)


@pytest.mark.parametrize("name", NAMES, ids=["closing", "click", "colour", "escape", "bidi", "variable"])
async def test_the_name_of_a_role(name: str) -> None:
    """In the checklist, the list, the form, the plan, users' roles and the top line it is drawn letter by letter."""
    shown = NAMES[name]

    def prepare(witness: Witness) -> None:
        witness.admin.allow_keys("runner", "creator", name=name)

    async with stage((120, 36), prepare=prepare) as it:
        await it.be_admin()
        await it.shows(f"{shown} grants it to 2 users.")
        nothing_acts(it)
        await it.press("1")
        await it.shows(f"> {shown}", "grants it")
        nothing_acts(it)
        await it.click(shown)
        await it.shows("Role set-up", "Add to the role", "23 users")
        await it.paste("kenji")
        await it.shows("1 of 23 match")
        await it.press("enter", "space")
        await it.shows("add kenji.sato")
        nothing_acts(it)
        await it.press("ctrl+s")
        await it.shows("Back to the roles")
        assert it.witness.users_of(name) == ["creator", "kenji.sato", "runner"]
        await it.press("enter")
        await it.shows("1 role grants")
        await it.press("escape")
        await it.shows("grants it to 3 users.")
        await it.press("s")
        await it.shows(f"creator ({shown} +2)")
        nothing_acts(it)
        x, y = it.place(shown)
        for kind in (events.MouseDown, events.MouseUp):
            it.app.post_message(kind(None, x + 2, y, 0, 0, 1, False, False, False, x + 2, y))
        await it.pilot.pause()
        assert it.app.is_running
        assert not it.app._exit


MESSAGE = "[@click=app.quit]no[/] \x1b]0;owned\x07 [/] \u202e [red"
SHOWN = ("[@click=app.quit]no[/]", "\\x1b]0;owned\\x07", "\\u202e")


async def test_what_a_server_says() -> None:
    """A refusal's words stand at the field and in a toast as they came, escapes written out."""
    script: dict[str, Step | list[Step]] = {
        "POST /v2/authentication": [refused(401, MESSAGE), signed_in(username="[b]j\x1b[31mdoe")],
        "POST /v2/authentication/token": refused(400, MESSAGE),
    }
    async with (
        ScriptedServer(script) as server,
        own_stage(None, "jdoe", address=f"http://127.0.0.1:{server.port}", size=(120, 36)) as it,
    ):
        await it.paste("hunter2")
        await it.press("enter")
        await it.shows("The sign-in was refused", *SHOWN)
        nothing_acts(it)
        await it.paste("hunter2")
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, WorkflowScreen), "the workflow")
        await it.shows("[b]j\\x1b[31mdoe")
        await it.press("r")
        await it.shows("[@click=app.quit]no[/]")
        nothing_acts(it)
        await it.press("f2")
        await it.shows("POST /v2/authentication")
        await it.press("down")
        nothing_acts(it)
