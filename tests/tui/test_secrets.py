"""Secrets that stay on this machine, and a new key that is carried to the places that use it."""

import asyncio
import re
from pathlib import Path

import pytest
from textual.widgets import Static

from a360tui.api import parse_address
from a360tui.demo import Running
from a360tui.secret import Secret
from a360tui.storage import PassphraseRequest, SecretKind, find_locations, open_store
from a360tui.tui.widgets.choice_line import ChoiceLine
from a360tui.workflow.destination import Destination
from tests.api.scripted_server import ScriptedServer, after, refused
from tests.storage.conftest import vault_under_passphrase
from tests.tui.stage import Stage, own_stage, stage
from tests.tui.witness import Witness

PASSPHRASE = "correct horse"


async def choose_passphrase(it: Stage) -> None:
    """Answer the question for a new passphrase, which comes since there is no keyring here."""
    await it.shows("A passphrase for your secrets", "Once more")
    await it.type(PASSPHRASE)
    await it.press("enter")
    await it.type(PASSPHRASE)
    await it.press("enter")


async def give_passphrase(it: Stage) -> None:
    await it.shows("Your passphrase")
    await it.type(PASSPHRASE)
    await it.press("enter")


async def test_a_remembered_password_is_offered_at_the_next_start(control_room: Running, home: Path) -> None:
    """Remembered behind a passphrase, the sign-in is offered at the next start and needs only the passphrase."""
    password = control_room.account("admin").password
    async with own_stage(control_room, "admin") as it:
        await it.shows("Password")
        await it.paste(password)
        await it.press("tab", "tab", "tab", "right", "ctrl+s")
        await choose_passphrase(it)
        await it.shows("Remembered: age file, unlocked by a passphrase.", "secrets by passphrase")
    assert password.encode() not in everything_in(home)
    async with own_stage(control_room, address="") as it:
        await it.shows("> admin at 127.0.0.1", "stored password")
        await it.press("enter")
        await give_passphrase(it)
        await it.shows("API key workflow", "admin (AAE_Admin)")


async def test_who_signs_in_as_somebody_else_is_remembered_too(control_room: Running) -> None:
    """Over a session that is open, *Save as* and *Remember* hold as at the start, though their form is closed."""
    async with own_stage(control_room, "admin", size=(80, 40)) as it:
        await it.shows("Password")
        await it.paste(control_room.account("admin").password)
        await it.press("ctrl+s")
        await it.shows("API key workflow")
        await it.press("s")
        await it.shows("Sign in to a Control Room")
        await it.paste("creator")
        await it.click("a profile name; if empty")
        await it.paste("mine")
        it.field("secret").input.focus()
        await it.paste(control_room.account("creator").password)
        await it.press("tab", "tab", "tab", "right", "ctrl+s")
        await choose_passphrase(it)
        await it.shows("Remembered: age file, unlocked by a passphrase.", " mine  127.0.0.1", "secrets by passphrase")
    async with own_stage(control_room, address="") as it:
        await it.shows("creator at 127.0.0.1", "stored password")


async def test_who_gives_no_passphrase_has_nothing_kept(control_room: Running) -> None:
    """Esc at the question for a new passphrase keeps nothing, says so, and the top line does not say otherwise."""
    async with own_stage(control_room, "admin") as it:
        await it.shows("Password")
        await it.paste(control_room.account("admin").password)
        await it.press("tab", "tab", "tab", "right", "ctrl+s")
        await it.shows("A passphrase for your secrets")
        await it.press("escape")
        await it.gone("A passphrase for your secrets")
        await it.press("r")
        await it.shows("Set up a role")
        assert "no secrets kept" in it.text().splitlines()[0]


async def test_a_wrong_passphrase_is_asked_for_again(control_room: Running) -> None:
    """A passphrase that does not open the file is said to be wrong, and the form stays as it is."""
    async with own_stage(control_room, "admin") as it:
        await it.shows("Password")
        await it.paste(control_room.account("admin").password)
        await it.press("tab", "tab", "tab", "right", "ctrl+s")
        await choose_passphrase(it)
        await it.shows("Remembered")
    async with own_stage(control_room, address="") as it:
        await it.shows("> admin at 127.0.0.1")
        await it.press("enter")
        await it.shows("Your passphrase")
        await it.type("wrong")
        await it.press("enter")
        await it.shows("That did not open it")
        await it.press("escape")
        await it.shows("Sign in to a Control Room")


async def test_going_back_from_the_passphrase_makes_no_key(control_room: Running) -> None:
    """Esc on the question for a new passphrase is no *Keep nothing on disk*: no key is made, and it is asked again."""
    with Witness(control_room) as witness:
        witness.admin.allow_keys("creator")
    async with own_stage(control_room, "creator") as it:
        await it.begin_own_key(control_room.account("creator").password)
        await it.shows("A passphrase for your secrets")
        await it.press("escape")
        await it.shows("No passphrase was given, so nothing was kept.")
        assert it.calls("/apikey") == 0
        await it.press("g")
        await choose_passphrase(it)
        await it.shows("It is kept here")


async def test_where_the_key_is_kept(control_room: Running) -> None:
    """The store is named for the key that it holds, and for no other that is in use: not for one pasted since."""
    with Witness(control_room) as witness:
        witness.admin.allow_keys("creator")
        async with own_stage(control_room, "creator", size=(80, 40)) as it:
            await it.begin_own_key(control_room.account("creator").password)
            await choose_passphrase(it)
            await it.shows("It is kept here")
            await it.press("enter")
            await it.shows("Kept in       age file, unlocked by a passphrase")
            in_force = witness.make_key("creator")
            await it.press("t")
            await it.shows("The key does not sign in.")
            await it.press("t")
            await it.shows("The key that is known here was refused.")
            await it.paste(in_force)
            await it.press("enter")
            await it.shows("Kept in       memory, until you sign out")
    async with own_stage(control_room, "creator", size=(80, 40)) as it:
        await it.shows("Password")
        it.app.screen.query_one("#kind", ChoiceLine).choose("API key")
        it.field("secret").input.focus()
        await it.paste(in_force)
        await it.press("tab", "tab", "tab", "right", "ctrl+s")
        await give_passphrase(it)
        await it.shows("Remembered: age file")
        await it.press("2")
        await it.shows(
            "Kept in       age file, unlocked by a passphrase", "Signs in      yes; a token lasts 20 minutes"
        )
        await it.press("escape")
        await it.shows("API key workflow")
        await it.press("f")
        await it.shows("Forget what is stored?")
        await it.press("right", "enter")
        await it.shows("Forgotten.")
        await it.press("2")
        await it.shows("Kept in       memory, until you sign out")


@pytest.mark.parametrize(
    ("name", "words"), [("vault.age", "a360tui secrets restore"), ("guard.json", "a360tui secrets start-over")]
)
async def test_damage_names_the_command_that_mends_it(control_room: Running, name: str, words: str) -> None:
    """Secrets that cannot be opened are said to be damaged, with what helps; the form is there all the same."""
    locations = find_locations()
    vault_under_passphrase(locations, PASSPHRASE)
    store = await open_store(locations, passphrase=given, keyring_allowed=False)
    await store.put(Destination(parse_address(control_room.url)).binding("admin"), SecretKind.PASSWORD, Secret("x"))
    (locations.secrets.path / name).write_bytes(b"damaged")
    async with own_stage(control_room, address="") as it:
        if name == "vault.age":
            await it.shows("> admin at 127.0.0.1")
            await it.press("enter")
            await give_passphrase(it)
        await it.until(lambda: words in " ".join(it.text().split()), words)
        assert f"{name} is" in " ".join(it.text().split())
        await it.shows("Sign in with")


async def given(_request: PassphraseRequest) -> Secret:
    return Secret(PASSPHRASE)


async def test_the_new_key_is_carried_to_the_file_that_uses_it(control_room: Running, tmp_path: Path) -> None:
    """A first key, put into a file, then made anew: the file has the new key, and all else in it stays."""
    bots = tmp_path / "bots.env"
    bots.write_text('# ours\nA360_API_KEY="old"  # the bots\nOTHER=1\n')
    with Witness(control_room) as witness:
        witness.admin.allow_keys("creator")
        async with own_stage(control_room, "creator") as it:
            await it.shows("Password")
            await it.paste(control_room.account("creator").password)
            await it.press("ctrl+s")
            await it.shows("Generate your key")
            await it.press("2")
            await it.shows("makes your first key")
            await it.press("g")
            await it.shows("Use an assumed call?", "POST /v2/usermanagement/users/self/apikey")
            await it.press("tab", "enter")
            await choose_passphrase(it)
            await it.shows("It is kept here")
            await it.press("enter")
            await it.shows("age file, unlocked by a passphrase", "Add a place")
            await it.press("a")
            await it.shows("Add a place that uses the key")
            await it.paste(str(bots))
            await it.press("enter")
            await it.type("A360_API_KEY")
            await it.press("enter")
            await it.shows("Used in", "p put key   d remove")
            said = it.app.screen.query_one("#status", Static)
            await it.until(lambda: str(said.content).endswith("bots.env holds another value in A360_API_KEY."), "why")

            await it.press("tab")
            await it.gone("p put key")
            await it.press("p", "shift+tab", "p")
            await it.shows("Put your key there?")
            await it.press("tab", "enter")
            await it.shows("holds this key")
            await it.press("p")
            await it.shows("There is nothing to put there.")
            first = key_in(bots)
            assert witness.signs_in("creator", first)

            await it.press("g")
            await it.shows("Keep the old key", "bots.env")
            await it.press("tab", "enter")
            await it.shows("It is kept here", "A360_API_KEY")
            second = key_in(bots)
    assert first != second
    assert bots.read_text() == f"# ours\nA360_API_KEY={_quoted(bots)}  # the bots\nOTHER=1\n"
    with Witness(control_room) as witness:
        assert witness.signs_in("creator", second)
        assert not witness.signs_in("creator", first)


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def key_in(file: Path) -> str:
    from dotenv import dotenv_values

    return dotenv_values(file)["A360_API_KEY"] or ""


def _quoted(file: Path) -> str:
    """The value as it stands in the file, quotes and all."""
    match = re.search(r"A360_API_KEY=(.*?)  # the bots", file.read_text())
    return match.group(1) if match else ""


async def test_a_stored_password_stays_with_its_control_room(control_room: Running) -> None:
    """A password that is stored for one Control Room is neither offered to nor sent to another address or name."""
    async with own_stage(control_room, "admin") as it:
        await it.shows("Password")
        await it.paste(control_room.account("admin").password)
        await it.press("tab", "tab", "tab", "right", "ctrl+s")
        await choose_passphrase(it)
        await it.shows("Remembered: age file, unlocked by a passphrase.")
    async with ScriptedServer() as other:
        for address, username in (
            (other.address.url, "admin"),
            (control_room.url.replace("127.0.0.1", "localhost"), "x"),
        ):
            async with own_stage(control_room, username, address=address) as it:
                await it.shows("stored password")
                await it.press("ctrl+s")
                await it.shows("This field is empty.")
        assert {one.path for one in other.received} <= {"/v1/authentication/type"}


async def test_one_try_at_a_time_with_a_stored_password() -> None:
    """While a stored password is on its way, a second Enter does not send it again; only then can it be given up."""
    answered = asyncio.Event()
    refusal = after(answered, refused(401, "No."))
    async with ScriptedServer({"POST /v2/authentication": refusal}) as server:
        vault_under_passphrase(find_locations(), PASSPHRASE)
        store = await open_store(find_locations(), passphrase=given, keyring_allowed=False)
        await store.put(Destination(server.address).binding("admin"), SecretKind.PASSWORD, Secret("hunter2"))
        async with own_stage(None, address="") as it:
            await it.shows("> admin at 127.0.0.1", "stored password")
            await it.press("enter")
            await it.shows("Your passphrase")
            await it.type(PASSPHRASE)
            await it.press("enter")
            await server.arrival("POST /v2/authentication")
            await it.press("enter", "enter")
            await it.shows("esc back")
            answered.set()
            await it.shows("No.")
            await it.gone("esc back")
            assert server.count("POST /v2/authentication") == 1


async def test_a_stored_key_is_forgotten_after_a_question() -> None:
    """f says what is stored and that a key is never shown again; Enter keeps it, the other answer forgets it."""
    async with stage(prepare=lambda witness: witness.admin.allow_keys("creator")) as it:
        await it.be_admin()
        await it.switch_to_creator()
        await it.press("f")
        await it.shows("Nothing is stored for this user.")
        await it.generate()
        await it.press("escape", "escape")
        await it.shows("State")
        await it.press("escape")
        await it.shows("API key workflow")
        for keys, words in ((("enter",), "See your key"), (("right", "enter"), "Forgotten.")):
            await it.press("f")
            await it.shows("Stored for creator", "API key.", "A Control Room never shows a key again.")
            await it.press(*keys)
            await it.gone("Stored for creator")
            await it.shows(words)
            kept = await it.session.is_key_stored()
            assert kept is (words != "Forgotten.")
