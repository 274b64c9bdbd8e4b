"""Profiles on the screens: the list, the form that tries the address, the switch, production and read-only."""

from datetime import timedelta

import pytest

from a360tui.api import RoleDraft
from a360tui.demo import Running
from a360tui.errors import InvalidInput
from a360tui.secret import Secret
from a360tui.storage import Configuration, ConfigurationFile, Profile, SecretKind, find_locations
from a360tui.tui.actions import ACTIONS, Write
from a360tui.tui.caution import Caution
from a360tui.tui.palette import palette_commands
from tests.api.scripted_server import ScriptedServer, answer, page
from tests.tui.rounds import rounds
from tests.tui.stage import Stage, own_stage, stage


def file() -> ConfigurationFile:
    return ConfigurationFile(find_locations())


def saved() -> Configuration:
    return file().read()


def keep(running: Running, name: str = "test", *, production: bool = False, read_only: bool = False) -> Profile:
    """A profile of the administrator on the disk, in use."""
    made = Profile(name, running.url, "admin", production=production, read_only=read_only)
    file().put_profile(made)
    file().set(profile=name)
    return made


async def sign_in(it: Stage, running: Running) -> None:
    """From the sign-in that a profile has filled, up to the workflow."""
    await it.shows("Password")
    await it.paste(running.account("admin").password)
    await it.press("enter")
    await it.shows("API key workflow")


async def test_a_profile_is_made_and_tried_as_it_is_typed(control_room: Running) -> None:
    """The form says what is at the address, keeps the profile, and the first one is in use."""
    async with own_stage(None) as it:
        await it.press("f4")
        await it.shows("No profile yet")
        await it.press("n")
        await it.shows("New profile")
        await it.paste("test")
        await it.press("enter")
        await it.paste(control_room.url)
        await it.shows("✓ A Control Room that signs in its own users.")
        await it.press("enter")
        await it.paste("admin")
        await it.press("ctrl+s")
        await it.shows("in use")
        assert saved().in_use == Profile("test", control_room.url, "admin")


async def test_what_is_no_control_room_is_said_at_the_field() -> None:
    """A web page, nobody, and no address at all: in words beneath the field; the profile can be kept all the same."""
    async with ScriptedServer({"GET /v1/authentication/type": page()}) as server, own_stage(None) as it:
        await it.press("f4", "n")
        await it.shows("New profile")
        await it.press("tab")
        await it.paste(server.address.url)
        await it.shows("web page")
        await it.press("ctrl+u")
        await it.paste("http://127.0.0.1:1")
        await it.shows("Nothing listens")
        await it.press("ctrl+u")
        await it.paste("http://cr.example.com")
        await it.shows("unprotected")
        await it.press("ctrl+u")
        await it.paste("cr example com")
        await it.shows("Control Room  cr example com", "“cr example com” is not a host name.")
        assert "profile tried" not in it.text()
        await it.press("ctrl+s")
        await it.shows("is not a name for a profile")


async def test_what_was_found_is_said_of_that_address_alone(control_room: Running) -> None:
    """Once the address is another or none, nothing goes on saying what was at the one before."""
    async with own_stage(None) as it:
        await it.press("f4", "n")
        await it.shows("New profile")
        await it.press("tab")
        await it.paste(control_room.url)
        await it.shows("✓ A Control Room that signs in its own users.")
        await it.press("ctrl+u")
        await it.shows("As in the browser")
        assert "✓" not in it.text()


async def test_what_the_form_chose_itself_is_left_without_a_question() -> None:
    """Where only an API key signs in, the form chooses that; who opened it to look is not asked about their typing."""
    async with ScriptedServer({"GET /v1/authentication/type": answer({"authType": "SSO"})}) as server:
        file().put_profile(Profile("sso", server.address.url, "admin"))
        async with own_stage(None) as it:
            await it.press("f4")
            await it.shows("> sso")
            await it.press("e")
            await it.shows("(•) API key")
            await it.press("escape")
            await it.shows("> sso")


async def test_an_overtaken_try_is_cancelled() -> None:
    """Typing on sends one request a pause, and an answer to what is not there any more is not shown."""

    async with ScriptedServer({"GET /v1/authentication/type": answer({"authType": "ACTIVE_DIRECTORY"})}) as server:
        async with own_stage(None) as it:
            await it.press("f4", "n")
            await it.shows("New profile")
            await it.press("tab")
            await it.type(server.address.url)
            await it.shows("users of Active Directory")
        assert server.count("GET /v1/authentication/type") <= 2


async def test_editing_and_removing(control_room: Running) -> None:
    """A change is on the disk at once, and a profile goes only after a question."""
    keep(control_room)
    async with own_stage(None) as it:
        await it.press("f4")
        await it.shows("test", "in use")
        await it.press("e")
        await it.shows("Profile test", "✓ A Control Room")
        it.app.screen.query_one("#read-only").focus()
        await it.press("right", "ctrl+s")
        await it.shows("read-only")
        assert saved().find("test").read_only
        await it.press("d")
        await it.shows("Remove the profile test?")
        await it.press("escape")
        await it.gone("Remove the profile")
        assert saved().names == ("test",)
        await it.press("d")
        await it.shows("Remove the profile test?")
        await it.press("right", "enter")
        await it.shows("No profile yet")
        assert saved().names == ()


async def test_what_the_row_cuts_is_said_beneath(control_room: Running) -> None:
    """On a narrow screen too, the name, the address, and that it is production and read-only can be read whole."""
    keep(control_room, "a-rather-long-name-of-emea-1", production=True, read_only=True)
    keep(control_room, "a-rather-long-name-of-emea-2")
    async with own_stage(None, size=(60, 20)) as it:
        await it.press("f4")
        for key, number, cautions in (("down", 2, ""), ("up", 1, " It is PRODUCTION and read-only.")):
            await it.press(key)
            place = f"a-rather-long-name-of-emea-{number} at {control_room.url.removeprefix('http://')} as admin"
            words = f"enter signs in with {place} and makes it the one in use.{cautions}"
            await it.until(lambda words=words: " ".join(it.text().split()).count(words) == 1, words)  # type: ignore[misc]


async def test_a_corrected_file_is_read_again(control_room: Running) -> None:
    """A file that cannot be used is not an empty list, and once somebody has corrected it, the list is there."""
    keep(control_room)
    right = file().path.read_bytes()
    file().path.write_bytes(b"x = [")
    async with own_stage(None) as it:
        await it.press("f4")
        await it.shows("is not TOML", "not read")
        assert "No profile yet" not in it.text()
        file().path.write_bytes(right)
        await it.press("escape")
        await it.gone("is not TOML")
        await it.press("f4")
        await it.shows("> test", "in use")
        file().put_profile(Profile("other", control_room.url))
        await it.press("n")
        await it.shows("New profile")
        await it.paste("other")
        await it.press("tab")
        await it.paste(control_room.url)
        await it.press("ctrl+s")
        await it.shows("There is already a profile other.")
        assert saved().in_use == Profile("test", control_room.url, "admin")


async def test_the_sign_in_begins_with_the_profile(control_room: Running) -> None:
    """Address and user are filled in; the top line says the profile's name, and doctor what came from it."""
    profile = keep(control_room, "emea")
    async with own_stage(control_room, address="", profile=profile) as it:
        await sign_in(it, control_room)
        assert it.text().splitlines()[0].startswith(" emea  127.0.0.1")
        await it.press("f3")
        await it.shows("> configuration", f"{control_room.url}  (profile emea)")


async def test_the_sign_in_can_be_saved(control_room: Running) -> None:
    """A name in *Save as* makes a profile of what has signed in."""
    async with own_stage(control_room, "admin") as it:
        await it.shows("Save as")
        await it.click("a profile name; if empty")
        await it.paste("mine")
        it.app.screen.query_one("#field-secret SecretInput").focus()
        await it.pilot.pause()
        await sign_in(it, control_room)
        await it.until(lambda: saved().names == ("mine",), "the profile")
        assert saved().in_use == Profile("mine", control_room.url, "admin")


async def test_the_palette_switches(control_room: Running) -> None:
    """Each profile is a command, which has it in use and signs in with what is remembered for it."""
    keep(control_room)
    file().put_profile(Profile("other", control_room.url, "creator"))
    async with own_stage(control_room, address="", profile=saved().find("test")) as it:
        it.app.stores.in_memory(is_demo=False)
        await sign_in(it, control_room)
        session = it.session
        creator = control_room.account("creator").password
        binding = session.destination.binding("creator")
        await session.keeping.store.put(binding, SecretKind.PASSWORD, Secret(creator))
        await it.press("ctrl+p")
        await it.shows("Search for commands")
        await it.type("profile other")
        await it.shows("Switch to the profile other")
        await it.press("enter")
        await it.shows("other  127.0.0.1", "  creator (")
        assert saved().profile == "other"


# Production and read-only ---------------------------------------------------------------------------------------------


async def test_production_wants_the_user_name_typed(control_room: Running) -> None:
    """The top line has the word, and the duration changes only once the user name is typed."""
    profile = keep(control_room, production=True)
    async with own_stage(control_room, address="", profile=profile) as it:
        await sign_in(it, control_room)
        await it.shows("PRODUCTION")
        await it.press("4")
        await it.click("Use it here")
        await it.shows("A key made now")
        await it.press("ctrl+u")
        await it.paste("9d")
        await it.press("ctrl+s")
        await it.shows("Change the duration?", "type the user name admin")
        await it.click("Change it")
        await it.shows("This is PRODUCTION")
        assert [each.method for each in it.sent("/settings/security") if each.method != "GET"] == []
        await it.paste("admin")
        await it.press("enter")
        await it.shows("Saved and read back")


async def test_a_profile_holds_however_it_was_signed_in(control_room: Running) -> None:
    """Who types the address and the user of a read-only profile is no less read-only."""
    keep(control_room, read_only=True)
    async with own_stage(control_room, "admin") as it:
        await sign_in(it, control_room)
        await it.shows("READ-ONLY")


async def test_a_profile_made_of_the_session_holds_at_once(control_room: Running) -> None:
    """Who makes a production profile of what is signed in to is in production from then on, not at the next sign-in."""
    async with own_stage(control_room, "admin") as it:
        await sign_in(it, control_room)
        assert "PRODUCTION" not in it.text()
        await it.press("f4")
        await it.shows("No profile yet")
        await it.press("n")
        await it.shows("New profile", "admin")
        await it.paste("live")
        it.app.screen.query_one("#production").focus()
        await it.press("right")
        await it.press("ctrl+s")
        await it.shows("live", "PRODUCTION")
        await it.press("escape")
        await it.shows("API key workflow", " live  127.0.0.1", "PRODUCTION")


async def test_a_profile_that_becomes_another_leaves_the_session_careful(control_room: Running) -> None:
    """A production profile that is changed to another Control Room no longer says how careful to be with this one."""
    keep(control_room, production=True)
    async with own_stage(control_room, "admin") as it:
        await sign_in(it, control_room)
        await it.shows("PRODUCTION")
        await it.press("f4")
        await it.shows("in use, PRODUCTION")
        await it.press("e")
        await it.shows("Profile test")
        await it.press("ctrl+u")
        await it.paste("https://other.example")
        it.app.screen.query_one("#production").focus()
        await it.press("left")
        await it.press("ctrl+s")
        await it.shows("other.example", "in use")
        await it.press("escape")
        await it.shows("API key workflow", "PRODUCTION")


WRITES = [action for action in ACTIONS if isinstance(action, Write)]


async def test_read_only_refuses_every_write_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each action that writes is dimmed on its screen, and says why in the palette, by its key and by a button."""
    met: set[tuple[str, str]] = set()
    said: list[str] = []
    async with stage((100, 60)) as it:
        monkeypatch.setattr(it.app, "say_why_not", said.append)
        async for name in rounds(it):
            screen = it.app.screen
            it.app.caution = Caution(it.app, read_only=True)
            helps = {each.title: each.help for each in palette_commands(it.app, screen)}
            for action in [each for each in WRITES if each.screen == name]:
                met.add((name, action.name))
                said.clear()
                getattr(screen, f"action_{action.name}")()
                # One that does not apply just now, as *generate* where there is a key, is not offered at all.
                if screen.check_action(action.name, ()) is not False:
                    assert screen.check_action(action.name, ()) is None
                    assert "--read-only" in helps[action.what]
                    assert await it.app.run_action(action.name, screen)
                assert said
                assert all("--read-only" in words for words in said), action
            it.app.caution = Caution(it.app, read_only=False)
    assert {(each.screen, each.name) for each in WRITES} <= met


async def test_read_only_is_a_word_and_a_dimmed_key() -> None:
    """Under --read-only the top line says so, a key says why it does nothing, and nothing is sent that writes."""
    async with stage(read_only=True) as it:
        await it.shows("READ-ONLY")
        await it.be_admin()
        await it.press("enter")
        await it.shows("create the role API key users", "users")
        await it.press("ctrl+s")
        await it.shows("was started with --read-only")
        await it.click("Create role")
        await it.settle()
        assert it.calls("/usermanagement/roles") == 0


async def test_nothing_is_written_past_the_registry() -> None:
    """A write that no action declares is refused where all writes pass, on the screens and in the API layer."""

    async def write() -> None:
        raise AssertionError("it was done")

    async with stage(read_only=True) as it:
        with pytest.raises(InvalidInput, match="--read-only"):
            await it.app.writes.run(write())
        await it.be_admin()
        with pytest.raises(InvalidInput, match="--read-only"):
            await it.session.room.create_role(RoleDraft("x"))
        assert it.calls("/usermanagement/roles") == 0


@pytest.mark.parametrize("story", [True, False])
async def test_a_theme_is_remembered(control_room: Running, story: bool) -> None:
    """The theme that somebody chose is there at the next start; the demo changes nobody's."""
    if story:
        async with stage() as it:
            await it.shows("Sign in as admin")
            it.app.theme = "a360-light"
            await it.pilot.pause()
        assert not file().path.exists()
    else:
        async with own_stage(control_room) as it:
            it.app.theme = "a360-light"
            await it.until(lambda: saved().theme == "a360-light", "the theme")


async def test_when_a_key_is_called_ending_is_settled(control_room: Running) -> None:
    """A key with 45 days left is ending on the screen for who asked for 60 days."""
    async with own_stage(control_room, "creator", ending_within=timedelta(days=60)) as it:
        it.witness.admin.allow_keys("creator")
        it.witness.make_key("creator")
        await it.shows("Password")
        await it.paste(control_room.account("creator").password)
        await it.press("enter")
        await it.shows("API key workflow")
        await it.press("2")
        await it.shows("Your API key", "ending")
