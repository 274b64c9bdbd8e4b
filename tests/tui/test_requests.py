"""What went over the wire: each request of the last actions, without a secret, and copyable."""

from a360tui.tui.widgets.paged_list import PagedList
from tests.tui.gate import Gate
from tests.tui.stage import Stage, stage


def rows(it: Stage) -> int:
    return it.app.screen.query_one(PagedList).total


async def test_no_secret_is_in_it() -> None:
    """After signing in by password and key, and making two keys, no body, curl command or line holds one."""
    async with stage(prepare=lambda witness: witness.admin.allow_keys("creator")) as it:
        await it.be_admin()
        await it.switch_to_creator()
        session = it.session
        secrets = [account.password for account in it.running.accounts]
        await it.generate()
        assert session.known_key is not None
        secrets += [session.known_key.reveal(), session.room.token.reveal()]
        await it.press("c", "escape")
        await it.shows("Regenerate …")
        await it.press("g")
        await it.shows("Keep the old key")
        await it.press("right", "enter")
        await it.shows("Your new API key", "never shows it again")
        secrets.append(session.known_key.reveal())
        await it.press("f2")
        await it.shows("POST /v2/usermanagement/users/self/apikey")
        assert len(set(secrets)) == 6
        for exchange in it.sent(""):
            everything = f"{exchange!r}{exchange.request_body}{exchange.response_body}{exchange.as_curl()}"
            assert [secret for secret in secrets if secret in everything] == []
        for _ in range(rows(it)):
            assert [secret for secret in secrets if secret in it.text()] == []
            await it.press("down")


async def test_the_newest_action_leads() -> None:
    """The heading sums up the last action; its requests come first, with status and time, and the body beneath."""
    async with stage() as it:
        await it.be_admin()
        await it.set_up_role()
        await it.press("f2")
        await it.shows("role set-up, 3 calls, 18 ms")
        await it.press("down")
        await it.shows("> POST /v2/usermanagement/roles ", "201", "generateapikey")
        await it.press("G")
        await it.shows("> POST /v2/authentication", "•••")


async def test_what_is_under_way_stays_with_its_action() -> None:
    """What the workflow asked for is told as the workflow's, though the answer comes when the next screen reads."""
    held = "/v2/usermanagement/roles/list"
    async with Gate() as gate, stage(gate=gate) as it:
        await it.be_admin()
        gate.hold(f"POST {held}")
        await it.press("r")
        await it.until(lambda: gate.held == 1, "the workflow's call")
        await it.press("2")
        await it.shows("Your API key", "State")
        before = it.calls(held)
        gate.open()
        await it.until(lambda: it.calls(held) == before + 1, "its answer")
        *_, workflow, key = it.app.exchanges.groups
        assert (workflow.title, key.title) == ("state of the workflow", "state of the key")
        assert held in {exchange.path for exchange in workflow.exchanges}
        assert held not in {exchange.path for exchange in key.exchanges}
        await it.press("f2", "x")
        assert not it.app.exchanges.groups


async def test_copying_as_curl() -> None:
    """c sends the request as a curl command, with a name where the token belongs."""
    async with stage() as it:
        await it.be_admin()
        await it.set_up_role()
        await it.press("f2")
        await it.shows("role set-up,")
        await it.press("down", "c")
        await it.shows("Sent to your terminal.")
        command = it.clipboard
        assert command.startswith("curl ")
        assert "/v2/usermanagement/roles" in command
        assert "generateapikey" in command
        session = it.session
        assert session.room.token.reveal() not in command


async def test_clearing() -> None:
    """x forgets them all, which is not called nothing sent; where there is nothing, x and c are dimmed and say so."""
    async with stage() as it:
        await it.shows("Sign in as admin")
        await it.press("f2")
        await it.shows("No requests to show.")
        for key in ("c", "x"):
            assert not it.app.screen.active_bindings[key].enabled
            it.app.clear_notifications()
            await it.press(key)
            await it.until(lambda: it.text().count("No requests to show.") == 2, "the reason")
        await it.press("down", "G", "enter", "escape")
        await it.be_admin()
        await it.settle()
        await it.press("f2")
        await it.shows("state of the workflow, ")
        await it.until(lambda: it.app.screen.active_bindings["x"].enabled, "something to clear")
        await it.press("x")
        await it.shows("No requests to show.")
        assert it.sent("") == []
