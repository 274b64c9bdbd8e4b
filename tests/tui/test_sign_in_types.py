"""Control Rooms whose users sign in by Active Directory or elsewhere, and what becomes of other sessions."""

from datetime import timedelta

import pytest

from a360tui.demo import DemoServer
from tests.api.scripted_server import ScriptedServer, answer, refused
from tests.conftest import MovableClock
from tests.tui.stage import own_stage
from tests.tui.test_sign_in import complains, fill
from tests.tui.witness import Witness


async def test_a_directory_wants_its_domain() -> None:
    """The form says so before anything is typed; a name without is told once and not sent, with it the key is made."""
    with DemoServer(auth_type="ACTIVE_DIRECTORY").on_loopback() as running:
        account = running.account("creator")
        async with own_stage(running) as it:
            await it.shows("Users of Active Directory sign in as DOMAIN\\name")
            await fill(it, "creator", account.password)
            await complains(it, "username", "creator has no domain", "Sign in again")
            assert (it.calls("/authentication"), it.field("secret").value) == (0, account.password)
            await it.press("home")
            await it.paste("nordwind\\")
            await it.press("ctrl+s")
            await it.shows("API key workflow", "creator (AAE_Basic")


async def test_a_name_without_a_domain_can_be_meant() -> None:
    """Who signs in once more after the sentence is believed; the refusal is then the Control Room's."""
    with DemoServer(auth_type="ACTIVE_DIRECTORY").on_loopback() as running:
        async with own_stage(running, "creator") as it:
            await fill(it, "hunter2")
            await complains(it, "username", "creator has no domain")
            await it.press("ctrl+s")
            await complains(it, "secret", "is wrong")
            assert it.calls("/authentication") == 1


async def test_where_users_sign_in_elsewhere_a_key_is_asked_for() -> None:
    """With single sign-on the form turns to the API key; a password is told what it would be, and not sent."""
    with DemoServer(auth_type="SSO").on_loopback() as running:
        key = running.account("admin").api_key
        assert key is not None
        async with own_stage(running, "admin", size=(100, 36)) as it:
            await it.shows("sign in elsewhere (SSO)", "(•) API key")
            await it.press("tab", "left", "shift+tab")
            await fill(it, "hunter2")
            await complains(it, "secret", "a password will not do", "Generate API-Key", "ask an administrator")
            assert it.calls("/authentication") == 0
            await it.press("tab", "right", "shift+tab", "ctrl+u")
            await fill(it, key)
            await it.shows("API key workflow", "admin (AAE_Admin)")


@pytest.mark.parametrize("word", ["SAML", "OKTA_[2]", "DATABASE2"])
async def test_any_other_word_means_elsewhere(word: str) -> None:
    """Which word single sign-on has is not public: one that is not known is shown as it came, and blocks nothing."""
    script = {"GET /v1/authentication/type": answer({"authType": word}), "POST /v2/authentication": refused(401, "No.")}
    async with ScriptedServer(script) as server:
        async with own_stage(None, "jdoe", address=f"http://127.0.0.1:{server.port}", size=(100, 36)) as it:
            await it.shows(f"elsewhere ({word})")
            await it.press("tab", "left", "shift+tab")
            await fill(it, "hunter2")
            await complains(it, "secret", "Sign in again")
            assert server.count("POST /v2/authentication") == 0
            await it.press("enter")
            await complains(it, "secret", "No.")
        assert server.count("GET /v1/authentication/type") == 1


@pytest.mark.parametrize("step", [refused(404), refused(500), answer({"authType": "database"})])
async def test_where_nothing_is_told_nothing_is_said(step: object) -> None:
    """A Control Room that does not say how users sign in is signed in to as always."""
    script = {"GET /v1/authentication/type": step, "POST /v2/authentication": refused(401, "No.")}
    async with (
        ScriptedServer(script) as server,  # type: ignore[arg-type]  # a step
        own_stage(None, "jdoe", address=f"http://127.0.0.1:{server.port}") as it,
    ):
        await fill(it, "hunter2")
        await complains(it, "secret", "No.")
        assert it.field("username").note == ""


@pytest.mark.parametrize(("presses", "said"), [(0, None), (1, True), (2, False)])
async def test_other_sessions_are_a_choice(presses: int, said: bool | None) -> None:
    """What the sign-in says of a session in the browser is chosen, and left out by itself; *end* does end it."""
    with DemoServer().on_loopback() as running, Witness(running) as witness:
        browser = witness.anybody()
        browser.sign_in("admin")
        async with own_stage(running, "admin") as it:
            await it.press("tab", "tab", *["right"] * presses)
            await it.shows(["(•) default", "multipleLogin: true", "multipleLogin: false"][presses])
            await it.press("shift+tab", "shift+tab")
            await fill(it, running.account("admin").password)
            await it.shows("API key workflow")
            sent = it.sent("/authentication")[0].request_body
            assert ("multipleLogin" in sent, '"multipleLogin": true' in sent) == (said is not None, said is True)
        assert browser.get("/v1/authentication/token").json() == {"valid": said is not False}


async def test_a_session_by_key_is_opened_again_by_key(clock: MovableClock) -> None:
    """Where a key signed in, the dialog asks for the key; a directory's user is named with the domain."""
    with DemoServer(auth_type="ACTIVE_DIRECTORY", clock=clock).on_loopback() as running:
        account = running.account("creator")
        with Witness(running) as witness:
            admin = witness.anybody()
            admin.sign_in("NORDWIND\\admin", password=running.account("admin").password)
            admin.allow_keys("creator")
            caller = witness.anybody()
            caller.sign_in(account.username, password=account.password)
            key = caller.generate()["apiKey"]
        async with own_stage(running, account.username) as it:
            await it.press("tab", "right", "shift+tab")
            await fill(it, key)
            await it.shows("API key workflow", "See your key")
            clock.forward(timedelta(minutes=30))
            await it.press("r")
            await it.shows("Your session ended", "NORDWIND\\creator", "API key  ")
            await it.paste(key)
            await it.press("enter")
            await it.gone("Your session ended")
            await it.shows("API key workflow", "See your key")
