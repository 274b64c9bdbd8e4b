"""Signing in to a Control Room of one's own, and all that can be wrong with what is typed there."""

import asyncio
import socket
from datetime import timedelta

import pytest

from a360tui.demo import Running
from a360tui.tui.screens.sign_in import SignInScreen
from a360tui.tui.widgets.field import Field, SecretInput
from tests.api.scripted_server import ScriptedServer, after, page, refused
from tests.conftest import MovableClock
from tests.tui.stage import Stage, own_stage, stage
from tests.tui.witness import Witness


async def complains(it: Stage, name: str, *words: str) -> None:
    """Wait for the sentence at a field, see it on the screen beneath the field, and the cursor in the field."""
    await it.until(lambda: bool(it.field(name).complaint), f"a sentence at {name}")
    sentence = it.field(name).complaint
    assert [word for word in words if word not in sentence] == [], sentence
    assert it.field(name).input.has_focus
    beneath = it.text().splitlines()[it.field(name).region.y + 1]
    assert sentence.startswith(beneath.strip())


async def fill(it: Stage, *texts: str) -> None:
    """Fill each field from the one with the cursor on, and go on by Enter."""
    for text in texts:
        if text:
            await it.paste(text)
        await it.press("enter")


async def test_signs_in(control_room: Running) -> None:
    """A pasted address is repaired, name and password open the workflow, and no word claims that it is a demo."""
    async with own_stage(control_room, address="") as it:
        await it.paste(f"  {control_room.url}/#/login\n")
        await it.press("enter")
        await fill(it, "admin", control_room.account("admin").password)
        await it.shows("API key workflow", control_room.url.removeprefix("http://"), "admin (AAE_Admin)")
        assert "DEMO" not in it.text()


async def test_the_cursor_begins_at_the_first_empty_field(control_room: Running) -> None:
    """With address and user given at the start, only the password is left to type."""
    async with own_stage(control_room, "admin") as it:
        await fill(it, control_room.account("admin").password)
        await it.shows("API key workflow")


async def test_signs_in_with_a_key(control_room: Running) -> None:
    """*API key* beside *Sign in with* takes a key, which is known from then on, and that it signs in."""
    with Witness(control_room) as witness:
        witness.admin.allow_keys("creator")
        key = witness.make_key("creator")
    async with own_stage(control_room, "creator") as it:
        await it.press("tab", "right")
        await it.shows("(•) API key")
        await it.press("shift+tab")
        await it.paste(key)
        await it.press("enter")
        await it.shows("API key workflow", "The key signs in; a token lasts 20 minutes.")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "empty"),
        ("http://cr.example.com", "unprotected"),
        ("jdoe@cr.example.com", "user name or a password"),
        ("my company", "not a host name"),
        ("cr.example.com:65536", "port"),
        ("ftp://cr.example.com", "ftp://"),
    ],
)
async def test_an_address_that_cannot_be(control_room: Running, address: str, words: str) -> None:
    """The sentence stands at the address, what is typed stays, and nothing was sent."""
    async with own_stage(control_room, "admin", address="") as it:
        await fill(it, address)
        await it.press("tab")
        await fill(it, "hunter2")
        await complains(it, "address", words)
        assert [field.value for field in it.app.screen.query(Field)] == [address, "admin", "hunter2", ""]
        assert it.calls("") == 0


@pytest.mark.parametrize(("username", "secret", "name"), [("", "hunter2", "username"), ("admin", "", "secret")])
async def test_an_empty_field(control_room: Running, username: str, secret: str, name: str) -> None:
    """An empty name or password is said there, and nothing was sent."""
    async with own_stage(control_room) as it:
        await fill(it, username, secret)
        await complains(it, name, "empty" if name == "username" else "This field is empty")
        assert it.calls("/authentication") == 0


async def test_a_web_page_is_no_control_room() -> None:
    """A server that answers with a page is named as that; the password is still typed, and went there once at most."""
    async with ScriptedServer({"POST /v2/authentication": page()}) as server:
        address = f"http://127.0.0.1:{server.port}"
        async with own_stage(None, "admin", address=address) as it:
            await fill(it, "hunter2")
            await complains(it, "address", "web page")
            assert [field.value for field in it.app.screen.query(Field)] == [address, "admin", "hunter2", ""]
        assert server.count("POST /v2/authentication") == 1


async def test_a_refused_port() -> None:
    """Where nothing listens, that is said at the address, with host and port."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    async with own_stage(None, "admin", address=f"http://127.0.0.1:{port}") as it:
        await fill(it, "hunter2")
        await complains(it, "address", f"Nothing listens at 127.0.0.1:{port}.")
        assert it.field("secret").value == "hunter2"


async def test_a_typo_in_the_host() -> None:
    """A name that does not resolve is said at the address; corrected there, the rest need not be typed again."""
    async with own_stage(None, "admin", address="https://no-such-host.invalid") as it:
        await fill(it, "hunter2")
        await complains(it, "address", "no-such-host.invalid")
        await it.type("x")
        assert (it.field("address").complaint, it.field("secret").value) == ("", "hunter2")


async def test_a_wrong_password_three_times(control_room: Running) -> None:
    """Each time the server's words stand at the password, which is emptied; then the server has disabled the user."""
    async with own_stage(control_room, "creator") as it:
        for attempt in range(1, 4):
            await fill(it, f"hunter{attempt}")
            await it.until(lambda: not it.field("secret").value, "an empty field")
            await complains(it, "secret", "The username or the password is wrong.", "third failure may disable")
            assert it.field("username").value == "creator"
            assert it.witness.named("creator")["disabled"] is (attempt == 3)
            assert it.calls("/authentication") == attempt
        await fill(it, control_room.account("creator").password)
        await it.until(lambda: not it.field("secret").value, "an empty field")
        await complains(it, "secret", "The user is disabled.")


async def test_one_try_at_a_time() -> None:
    """While a try is on its way, Enter and ctrl+s send no second one: each would count as a failure."""
    answered = asyncio.Event()
    refusal = after(answered, refused(401, "No."))
    async with (
        ScriptedServer({"POST /v2/authentication": refusal}) as server,
        own_stage(None, "admin", address=f"http://127.0.0.1:{server.port}") as it,
    ):
        await fill(it, "hunter2")
        await server.arrival("POST /v2/authentication")
        await it.press("enter", "ctrl+s")
        answered.set()
        await complains(it, "secret", "No.")
        assert server.count("POST /v2/authentication") == 1


async def test_an_expired_key(control_room: Running, clock: MovableClock) -> None:
    """A key past its end is refused with the server's words, at the field of the key."""
    with Witness(control_room) as witness:
        witness.admin.allow_keys("creator")
        key = witness.make_key("creator")
    clock.forward(timedelta(days=46))
    async with own_stage(control_room, "creator") as it:
        await it.press("tab", "space", "shift+tab")
        await it.paste(key)
        await it.press("enter")
        await complains(it, "secret", "The API key has expired.")


async def test_a_key_where_the_password_belongs(control_room: Running) -> None:
    """A key typed as a password is refused by the server, and the sentence says where keys are taken."""
    with Witness(control_room) as witness:
        witness.admin.allow_keys("creator")
        key = witness.make_key("creator")
    async with own_stage(control_room, "creator") as it:
        await it.paste(key)
        await it.press("enter")
        await complains(it, "secret", "wrong", "choose API key")
        assert key not in it.text()


async def test_typing_takes_the_sentence_away(control_room: Running) -> None:
    """The sentence goes with the first letter typed, so that what stands there is true."""
    async with own_stage(control_room, "admin") as it:
        await it.press("enter")
        await complains(it, "secret", "This field is empty")
        await it.type("x")
        assert it.field("secret").complaint == ""


async def test_the_password_is_never_shown_nor_copied(control_room: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is drawn as dots, and neither copying nor cutting the field sends it to the clipboard."""
    sent: list[str] = []
    async with own_stage(control_room, "admin") as it:
        monkeypatch.setattr(it.app, "copy_to_clipboard", sent.append)
        await it.type("hunter2")
        await it.shows("•••••••")
        assert "hunter2" not in it.text()
        await it.press("ctrl+shift+a", "ctrl+c", "super+c", "ctrl+x")
        secret = it.app.screen.query_one(SecretInput)
        secret.action_select_all()
        await it.press("ctrl+c", "ctrl+x")
        assert sent == []
        assert secret.value == "hunter2"
        assert "hunter2" not in it.text()


async def test_pasting(control_room: Running) -> None:
    """A paste is taken as one line without blanks around it and without what cannot be seen, and that is said."""
    async with own_stage(control_room) as it:
        await it.paste("\nadm\x1b[31min\u202e\r\n")
        assert it.field("username").value == "adm[31min"
        await it.shows("Invisible characters were left out")
        await it.press("ctrl+u")
        await it.paste(" \tjdoe \n\n")
        assert it.field("username").value == "jdoe"
        await it.press("ctrl+u")
        await it.paste("two\nlines")
        assert it.field("username").value == "two lines"


async def test_in_the_demo_it_can_be_left_again() -> None:
    """From the demo's first screen one gets to the form and back; what was typed is not thrown away unasked."""
    async with stage() as it:
        await it.shows("Sign in as admin")
        await it.press("o")
        await it.shows("User name")
        await it.press("escape")
        await it.shows("Sign in as admin")
        await it.press("o")
        await it.shows("User name")
        await it.paste("cr.example.com")
        await it.press("escape")
        await it.shows("Stay")
        await it.press("enter")
        await it.gone("Stay")
        assert it.field("address").value == "cr.example.com"
        await it.press("escape")
        await it.shows("Stay")
        await it.press("right", "enter")
        await it.shows("Sign in as admin")


async def test_without_a_demo_there_is_nothing_behind_it(control_room: Running) -> None:
    """Where the form is the first screen, Esc does nothing and is not offered."""
    async with own_stage(control_room) as it:
        await it.press("escape")
        await it.pilot.pause()
        assert isinstance(it.app.screen, SignInScreen)
        assert "esc back" not in it.text()


async def test_enter_goes_from_field_to_field() -> None:
    """Enter takes the next field and, in the last one, signs in."""
    async with own_stage(None, address="") as it:
        for name in ("address", "username", "secret"):
            assert it.field(name).input.has_focus
            await it.press("enter")
        await complains(it, "address", "empty")


async def test_a_complaint_is_seen_whole_with_its_field(control_room: Running) -> None:
    """At 60x20, where the form is longer than the screen, what is wrong is shown with what it is about, to its end."""
    async with own_stage(control_room, "admin", size=(60, 20)) as it:
        await it.shows("Password")
        await it.paste("not the password")
        it.field("profile").input.focus()
        await it.paste("no / such")
        await it.press("enter")
        await it.shows("Save as       no / such", "digit.")
        it.field("profile").empty()
        it.field("address").input.value = "https://127.0.0.1:9"
        await it.press("ctrl+s")
        await it.shows("Control Room  https://127.0.0.1:9", "address and the port.")


async def test_a_sign_in_that_waits_for_a_write_can_be_given_up(control_room: Running) -> None:
    """Given up while what the session before has sent is not answered yet, a sign-in takes its place no more."""
    async with own_stage(control_room, "admin") as it:
        await it.paste(control_room.account("admin").password)
        await it.press("enter")
        await it.shows("API key workflow")
        before, done = it.session, asyncio.Event()
        writing = asyncio.create_task(it.app.writes.run(done.wait()))
        await it.press("s")
        await it.shows("Sign in to a Control Room")
        it.field("username").input.focus()
        await it.paste("creator")
        await it.press("tab")
        await it.paste(control_room.account("creator").password)
        await it.press("enter")
        await it.until(lambda: it.calls("/authentication") == 2 and it.app.writes.under_way, "the sign-in")
        await it.until(lambda: it.sent("/authentication")[-1].status == 200, "its answer")
        await it.press("escape")
        await it.shows("The sign-in was cancelled.")
        await it.until(lambda: it.calls("/logout") == 1, "the sign-out")
        done.set()
        await writing
        await it.settle()
        assert it.session is before
