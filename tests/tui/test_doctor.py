"""The examination on the screens: of the session that there is, or of what stands in the sign-in form."""

import socket

from a360tui.demo import DemoServer
from a360tui.tui.screens.sign_in import SignInScreen
from a360tui.workflow.doctor import STEPS
from tests.tui.stage import own_stage, stage
from tests.tui.test_sign_in import fill


async def test_all_is_well() -> None:
    """Every step of the session is looked at, by reads alone; the one under the cursor is shown in full."""
    async with stage() as it:
        await it.be_admin()
        await it.settle()
        before = it.witness.state()
        await it.press("f3")
        await it.shows("Doctor    All is well; 2 things to note.")
        await it.press("G")
        await it.shows("> descriptions", "none describes the calls for a key or its duration")
        await it.press("k", "k", "k")
        await it.shows("> permissions", "To do: To generate a key", "set up the role      yes")
        assert {exchange.method for exchange in it.app.exchanges.groups[-1].exchanges} == {"GET"}
        assert it.witness.state() == before
        await it.press("escape")
        await it.shows("API key workflow")


async def test_the_report_for_others() -> None:
    """c sends every step, and neither host nor user name is in it."""
    async with stage() as it:
        await it.be_admin()
        await it.press("f3")
        await it.shows("All is well")
        await it.press("c")
        await it.shows("Sent to your terminal")
        report = it.clipboard
        assert [line.split()[0] for line in report.splitlines() if line[0] != " "][-1] == "All"
        assert all(step in report for step in STEPS)
        assert not [private for private in ("control-room.demo", "admin ", "Lindqvist") if private in report]


async def test_it_is_in_the_palette_and_looks_again() -> None:
    """The palette finds it; r examines everything again."""
    async with stage() as it:
        await it.be_admin()
        await it.press("ctrl+p")
        await it.type("doctor")
        await it.shows("Run the doctor")
        await it.press("enter")
        await it.shows("All is well")
        asked = it.calls("/authentication/type")
        await it.press("r")
        await it.until(lambda: it.calls("/authentication/type") > asked, "another look")
        await it.shows("All is well")


async def test_a_form_that_leads_nowhere() -> None:
    """From the sign-in form the address typed there is examined; the cursor goes to what failed; the form stays."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        async with own_stage(None, address=f"http://127.0.0.1:{port}") as it:
            await fill(it, "jdoe")
            await it.press("f3")
            await it.shows("Failed: connection.", "> connection", f"Nothing listens at 127.0.0.1:{port}.")
            await it.press("escape")
            await it.shows("User name")
            assert isinstance(it.app.screen, SignInScreen)
            assert it.field("username").value == "jdoe"


async def test_before_a_sign_in() -> None:
    """Without a session everything up to the sign-in is looked at, and nobody is signed in by looking."""
    with DemoServer(auth_type="SSO").on_loopback() as running:
        async with own_stage(running, "admin") as it:
            await it.press("f3")
            await it.shows("What was tried is fine; not tried: credential")
            assert it.calls("/authentication") == 0


async def test_without_an_address_this_machine_is_looked_at() -> None:
    """An empty form fails at the address, with the sentence of the field."""
    async with own_stage(None, address="") as it:
        await it.press("f3")
        await it.shows("Failed:", "The address is empty.")
