"""Your API key: what may be done with it, its dialogs, and a key that must not get lost on the way."""

from datetime import timedelta
from pathlib import Path

import pytest

from a360tui.tui.dialogs.new_key import NewKeyDialog
from tests.canaries import leaks
from tests.tui.gate import Gate
from tests.tui.stage import NOON, Stage, stage
from tests.tui.witness import Witness

GENERATE = "POST /v2/usermanagement/users/self/apikey"


def allow(witness: Witness) -> None:
    witness.admin.allow_keys("creator")


async def be_creator(it: Stage, *words: str) -> None:
    """Sign in as the creator and open *My key*."""
    await it.shows("Sign in as creator")
    await it.press("down", "enter")
    await it.shows("API key workflow", "Duration   Not visible to you.")
    await it.press("2")
    await it.shows("Your API key", *words)


async def make_key(it: Stage) -> None:
    await be_creator(it, "makes your first key")
    await it.press("g")
    await it.shows("never shows it again")


async def test_without_the_permission() -> None:
    """Who may not generate is told what to ask for; the menu does not offer it, key and palette say why not."""
    async with stage() as it:
        await be_creator(it, "may not generate an API key.", "no key")
        assert "makes your first key" not in it.text()
        await it.press("g")
        await it.settle()
        assert it.calls("/apikey") == 0
        await it.press("ctrl+p")
        await it.shows("Register a place", "Read the state of the key again")
        await it.shows("may not generate an API key")


async def test_the_key_is_hidden_until_it_is_asked_for() -> None:
    """Dots at first; r reveals it and hides it again; what is revealed is the key that signs in."""
    async with stage(prepare=allow) as it:
        await make_key(it)
        key = it.known_key
        assert key not in it.text()
        await it.shows("•" * 40)
        await it.press("r")
        await it.shows(key)
        assert it.witness.signs_in("creator", key)
        await it.press("r")
        await it.gone(key)
        await it.shows("•" * 40)


@pytest.mark.parametrize("how", ["action", "save", "deliver"])
async def test_a_picture_of_a_revealed_key_is_without_it(tmp_path: Path, how: str) -> None:
    """Whatever way Textual has to save a picture: what is revealed is hidden first, there and on the screen."""
    async with stage(prepare=allow) as it:
        await make_key(it)
        key = it.known_key
        await it.press("r")
        await it.shows(key)
        if how == "action":
            await it.app.run_action(f"app.screenshot('x.svg', {str(tmp_path)!r})")
        elif how == "save":
            it.app.save_screenshot("x.svg", str(tmp_path))
        else:
            it.app.deliver_screenshot("x.svg", str(tmp_path))
        file = tmp_path / "x.svg"
        await it.until(lambda: file.is_file() and file.read_bytes().endswith(b"</svg>\n"), "the picture")
        picture = file.read_bytes()
        assert "•".encode() * 40 in picture
        assert leaks(key, [picture]) == []
        await it.gone(key)


async def test_copying_says_what_is_known() -> None:
    """c sends the key to the terminal and says *sent*, since nobody can know whether it arrived."""
    async with stage(prepare=allow) as it:
        await make_key(it)
        await it.press("c")
        await it.shows("Sent to your terminal.")
        assert it.clipboard == it.known_key
        assert "opied" not in it.text()


async def test_the_text_of_an_older_key_is_asked_for() -> None:
    """A key made elsewhere is pasted to be tried: a wrong one is refused in the server's words, the right one works."""
    keys: list[str] = []

    def prepare(witness: Witness) -> None:
        allow(witness)
        keys.append(witness.make_key("creator"))

    async with stage(prepare=prepare) as it:
        await be_creator(it, "valid", "Test sign-in")
        await it.press("t")
        await it.shows("Sign in with your API key")
        await it.press("enter")
        await it.shows("This field is empty.")
        await it.paste("x" * 40)
        await it.press("enter")
        await it.shows("The key does not sign in.", "The API key is wrong.")
        assert it.session.known_key is None
        await it.press("t")
        await it.shows("Sign in with your API key")
        await it.paste(f" {keys[0]}\n")
        await it.press("enter")
        await it.shows("The key signs in; a token lasts 20 minutes.", "memory, until you sign out")
        assert it.known_key == keys[0]
        await it.press("t")
        await it.settle()
        assert keys[0] not in it.text()


async def test_an_ended_key() -> None:
    """A key past its end is called ended, its regeneration comes first, and the dialog says that nothing dies by it."""
    now = [NOON]

    def prepare(witness: Witness) -> None:
        allow(witness)
        witness.make_key("creator")
        now[0] += timedelta(days=46)

    async with stage(prepare=prepare, clock=lambda: now[0]) as it:
        await be_creator(it, "State         ended", "> Regenerate …")
        await it.press("enter")
        await it.shows("has ended", "already. A new one takes its place.")
        await it.press("escape")
        await it.gone("Keep the old key")
        assert it.calls("/apikey") == 0


async def test_a_key_made_anew_elsewhere_has_not_signed_in_yet() -> None:
    """That the key signs in is said of that key alone, and no longer once somebody else has made another one."""
    now = [NOON]
    async with stage(prepare=allow, clock=lambda: now[0]) as it:
        await make_key(it)
        await it.press("r", "enter")
        await it.shows("Signs in      yes")
        now[0] += timedelta(minutes=1)
        it.witness.make_key("creator")
        await it.press("r")
        await it.shows("State         valid", "under a minute ago   2026-11-23 09:42 UTC")
        assert "Signs in      yes" not in it.text()
        await it.press("escape")
        await it.shows("Not tried yet.", "Sign in with the key")


async def test_the_dialog_is_not_left_before_the_answer() -> None:
    """While the Control Room makes the key, neither Esc nor Done leaves; the palette offers no other user."""
    async with Gate() as gate, stage(prepare=allow, gate=gate) as it:
        await be_creator(it, "makes your first key")
        gate.hold(GENERATE)
        await it.press("g")
        await it.until(lambda: gate.held == 1, "the answer on its way")
        await it.press("escape", "escape", "enter")
        assert isinstance(it.app.screen, NewKeyDialog)
        await it.press("ctrl+p")
        await it.shows("Search for commands")
        assert "Switch to" not in it.text()
        await it.press("escape")
        gate.open()
        await it.shows("never shows it again")
        assert it.calls("/apikey") == 1
        assert it.witness.signs_in("creator", it.known_key)


@pytest.mark.parametrize("in_dialog", [True, False])
async def test_one_test_of_the_key_at_a_time(*, in_dialog: bool) -> None:
    """While the key is tried, t tries it no second time: with a dead key each try would count as a failure."""
    async with Gate() as gate, stage(prepare=allow, gate=gate) as it:
        await make_key(it)
        if not in_dialog:
            await it.press("r", "enter")
            await it.shows("> Test sign-in")
        before = it.calls("/v2/authentication")
        gate.hold("POST /v2/authentication")
        await it.press("t")
        await it.until(lambda: gate.held == 1, "the answer on its way")
        await it.press("t", "t")
        gate.open()
        await it.shows("works, signs in" if in_dialog else "The key signs in; a token lasts")
        assert it.calls("/v2/authentication") == before + 1


async def test_a_key_outlives_its_screens() -> None:
    """Screens taken away in the middle of the POST lose nothing: the key is in the session, and it signs in."""
    async with Gate() as gate, stage(prepare=allow, gate=gate) as it:
        await be_creator(it, "makes your first key")
        gate.hold(GENERATE)
        await it.press("g")
        await it.until(lambda: gate.held == 1, "the answer on its way")
        it.app.pop_screen()
        it.app.pop_screen()
        await it.shows("API key workflow")
        gate.open()
        await it.until(lambda: not it.app.writes.under_way, "the end of the write")
        assert it.calls("/apikey") == 1
        assert it.witness.signs_in("creator", it.known_key)


async def test_switching_user_waits_for_the_key() -> None:
    """A switch in the middle of the POST waits, so that the key goes to the session that asked for it."""
    async with Gate() as gate, stage(prepare=allow, gate=gate) as it:
        await be_creator(it, "makes your first key")
        before = it.session
        gate.hold(GENERATE)
        await it.press("g")
        await it.until(lambda: gate.held == 1, "the answer on its way")
        it.app.signing_in.switch_user("admin")
        await it.until(lambda: it.calls("/authentication") == 2, "the other sign-in")
        assert it.app.session is before
        gate.open()
        await it.until(lambda: it.app.session is not before, "the other session")
        assert before.key_sign_in is not None
        assert it.session.known_key is None


async def test_an_answer_that_is_lost() -> None:
    """Where the connection breaks after the key was made, the dialog says that it exists and that its text is gone."""
    async with Gate() as gate, stage(prepare=allow, gate=gate) as it:
        await be_creator(it, "makes your first key")
        gate.break_off(GENERATE)
        await it.press("g")
        await it.shows("There is no key to show.")
        gate.open()
        await it.shows("did not arrive")
        assert it.calls("/apikey") == 1
        assert it.witness.named("creator")["apiKeyCreatedOn"] is not None


async def test_a_refused_key_is_not_sent_again() -> None:
    """Replaced elsewhere, the known key is no longer said to sign in, and the next try asks for the one in force."""
    async with stage((80, 40), prepare=allow) as it:
        await make_key(it)
        await it.press("c", "enter")
        await it.shows("Signs in      yes; a token lasts 20 minutes")
        in_force = it.witness.make_key("creator")
        await it.press("t")
        await it.shows("The key does not sign in.")
        await it.gone("Signs in")
        tries = it.calls("/authentication")
        await it.press("t")
        await it.shows("The key that is known here was refused.")
        assert it.calls("/authentication") == tries
        await it.paste(in_force)
        await it.press("enter")
        await it.shows("The key signs in;", "Signs in      yes; a token lasts 20 minutes")
        assert it.known_key == in_force


async def test_a_key_refused_in_its_dialog_is_not_said_to_sign_in() -> None:
    """Behind the dialog in which the key was refused, neither its own screen nor the checklist says that it works."""
    async with stage(prepare=allow) as it:
        await make_key(it)
        await it.press("c")
        it.witness.make_key("creator")
        await it.press("t")
        await it.shows("does not sign in:")
        await it.press("enter")
        await it.shows("> Test sign-in")
        await it.gone("Signs in")
        await it.press("escape")
        await it.shows("Not tried yet.")


async def test_a_key_that_died_is_not_kept_as_the_one_in_force() -> None:
    """Where the text of a new key was lost, or somebody made another one meanwhile, the dead one is no longer shown."""
    now = [NOON]
    async with Gate() as gate, stage((80, 40), prepare=allow, gate=gate, clock=lambda: now[0]) as it:
        await make_key(it)
        await it.press("c", "enter")
        await it.shows("Kept in       memory only")
        gate.hold(GENERATE)
        await it.press("g")
        await it.shows("Keep the old key")
        await it.press("tab", "enter")
        await it.until(lambda: gate.held == 1, "the answer on its way")
        now[0] += timedelta(minutes=1)
        in_force = it.witness.make_key("creator")
        gate.open()
        await it.shows("The new key is dead already.", "This key is of no use any more.")
        await it.press("enter")
        await it.shows("Kept in       not here")
        await it.press("t")
        await it.shows("so paste yours")
        await it.paste(in_force)
        await it.press("enter")
        await it.shows("Kept in       memory")
        gate.break_off(GENERATE)
        now[0] += timedelta(minutes=1)
        await it.press("g")
        await it.shows("Keep the old key")
        await it.press("tab", "enter")
        await it.shows("There is no key to show.", "The old key no longer works.")
        await it.press("enter")
        await it.shows("Kept in       not here")


async def test_a_read_that_failed_is_forgotten_after_one_that_did_not() -> None:
    """Away and back, the state is read anew, and the sentence about the read that failed is gone."""
    async with Gate() as gate, stage(prepare=allow, gate=gate) as it:
        await be_creator(it, "makes your first key")
        gate.break_off(f"GET /v2/usermanagement/users/{it.session.signed_in.user.id}")
        await it.press("r")
        await it.shows("Could not read the user:")
        gate.open()
        await it.press("u")
        await it.shows("PowerShell")
        await it.press("escape")
        await it.shows("makes your first key")
        await it.gone("Could not read the user:")


async def test_how_to_use_it() -> None:
    """The examples name host, user and the variable, never the key, and nothing of them is cut."""
    async with stage((120, 60), prepare=allow) as it:
        await make_key(it)
        key = it.known_key
        await it.press("c")
        await it.press("escape")
        await it.shows("How to use it")
        await it.press("u")
        await it.shows("curl", "PowerShell", "Python", "A360_API_KEY", "control-room.demo", "creator")
        assert key not in it.text()
