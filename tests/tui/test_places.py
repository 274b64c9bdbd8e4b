"""The places that use the key: what is said of them, where it can be read, and that it goes when it no longer holds."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

from dotenv import dotenv_values

from a360tui.demo import Running
from tests.conftest import MovableClock
from tests.tui.stage import Stage, own_stage
from tests.tui.test_secrets import choose_passphrase
from tests.tui.witness import Witness


async def be_creator_at_the_key(it: Stage, control_room: Running) -> None:
    await it.shows("Password")
    await it.paste(control_room.account("creator").password)
    await it.press("ctrl+s")
    await it.shows("API key workflow")
    await it.press("2")
    await it.shows("Your API key", "How to use it")


async def add_file(it: Stage, file: Path) -> None:
    """Register the variable KEY of a file, which need not be there."""
    await it.press("a")
    await it.shows("Add a place that uses the key")
    await it.paste(str(file))
    await it.press("enter")
    await it.type("KEY")
    await it.press("enter")
    await it.shows("Used in", "p put key   d remove")


async def test_why_no_key_is_made_is_in_sight(control_room: Running, home: Path) -> None:
    """At 60x20, below a full list of places, it is seen which of them stands in the way of a new key."""
    with Witness(control_room) as witness:
        witness.admin.allow_keys("creator")
        witness.make_key("creator")
    async with own_stage(control_room, "creator", size=(60, 20)) as it:
        await be_creator_at_the_key(it, control_room)
        for number in range(5):
            await add_file(it, home / f"{number}.env")
        await it.press("tab", "g")
        await it.shows("Use an assumed call?")
        await it.press("tab", "enter")
        await choose_passphrase(it)
        await it.shows("Nothing was sent. Fix it, or remove the place.")


async def add_command(it: Stage, line: str) -> None:
    await it.press("a")
    await it.shows("Add a place that uses the key")
    await it.press("shift+tab", "shift+tab", "left")
    await it.shows("It gets the key on its standard input")
    await it.press("tab")
    await it.paste(line)
    await it.press("ctrl+s")
    await it.shows("Used in", "p put key   d remove")


async def test_all_of_a_dialog_is_reached_by_keys(control_room: Running, home: Path) -> None:
    """At 60x20, of a key with many places what failed is in sight; page up scrolls, and r brings the key in sight."""
    with Witness(control_room) as witness:
        witness.admin.allow_keys("creator")
    async with own_stage(control_room, "creator", size=(60, 20)) as it:
        await be_creator_at_the_key(it, control_room)
        for number in range(8):
            file = home / f"{number}.env"
            file.write_text("KEY=\n")
            await add_file(it, file)
        await add_command(it, "false")
        await it.press("tab", "g")
        await it.shows("Use an assumed call?")
        await it.press("tab", "enter")
        await choose_passphrase(it)
        await it.shows("To try again: a360tui key", "  recover ")
        assert "make the key" not in it.text()
        await it.press("pageup")
        await it.shows("make the key")
        await it.press("pagedown")
        await it.shows("Done")
        await it.press("r")
        await it.shows(it.known_key)


async def test_what_stands_half_done_is_finished_before_another_key(control_room: Running, home: Path) -> None:
    """Where a place did not take the new key, g asks for no other one, but offers to finish what was begun."""
    ready = home / "ready"
    with Witness(control_room) as witness:
        witness.admin.allow_keys("creator")
    async with own_stage(control_room, "creator") as it:
        await be_creator_at_the_key(it, control_room)
        await add_command(it, "tee ready/key")
        await it.press("tab", "g")
        await it.shows("Use an assumed call?")
        await it.press("tab", "enter")
        await choose_passphrase(it)
        await it.shows("To try again")
        key = it.known_key
        await it.press("enter")
        await it.shows("Test sign-in")
        await it.press("g")
        await it.shows("An unfinished rotation")
        await it.press("escape")
        await it.shows("No key was made. Finish it with")
        ready.mkdir()
        await it.press("g")
        await it.shows("An unfinished rotation")
        await it.press("enter")
        await it.shows("It is kept here")
        assert (ready / "key").read_text() == key
        await it.press("enter")
        await it.shows("Test sign-in")
        await it.gone("Finish it with")
        await it.shows("Signs in      yes;")
        await it.press("g")
        await it.shows("Keep the old key")
        assert it.calls("/apikey") == 1


async def test_who_keeps_no_secret_on_disk_has_the_places_updated(control_room: Running, home: Path) -> None:
    """With *Keep nothing on disk* a place that was registered before is shown still, and gets the new key."""
    file = home / "x.env"
    file.write_text("KEY=1\n")
    with Witness(control_room) as witness:
        witness.admin.allow_keys("creator")
        async with own_stage(control_room, "creator") as it:
            await be_creator_at_the_key(it, control_room)
            await add_file(it, file)
            await it.press("g")
            await it.shows("Use an assumed call?")
            await it.press("tab", "enter")
            await it.click("Keep nothing on disk")
            await it.shows("never shows it again", "~/x.env")
            await it.press("c", "enter")
            await it.shows("memory only, until a360tui ends", "holds this key")
            assert dotenv_values(file)["KEY"] == it.known_key
            assert witness.signs_in("creator", it.known_key)
            assert not any(it.known_key.encode() in each.read_bytes() for each in files_in(home / "a360tui"))


async def test_a_place_is_not_left_before_the_key_is_there(control_room: Running, home: Path) -> None:
    """While a program that takes the key still works, Esc waits for it, so that what came of it is told."""
    pipe = home / "pipe"
    os.mkfifo(pipe)
    with Witness(control_room) as witness:
        witness.admin.allow_keys("creator")
    async with own_stage(control_room, "creator") as it:
        await be_creator_at_the_key(it, control_room)
        await it.press("g")
        await it.shows("Use an assumed call?")
        await it.press("tab", "enter")
        await choose_passphrase(it)
        await it.shows("It is kept here")
        await it.press("enter")
        await it.shows("Test sign-in")
        await add_command(it, f"sh -c 'read x <{pipe}; exit 3'")
        await it.press("p")
        await it.shows("Put your key there?")
        await it.press("tab", "enter")
        await it.until(lambda: it.app.writes.under_way, "the write")
        await it.press("escape", "p")
        await it.shows("still being put into the place")
        await asyncio.to_thread(pipe.write_text, "x\n")
        await it.shows("ended with 3")


def files_in(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


async def test_a_removed_place_is_no_longer_spoken_of(control_room: Running, home: Path) -> None:
    """What a place holds is said again after it was read again, and no longer once the place is removed."""
    file = home / "x.env"
    file.write_text("KEY=1\n")
    async with own_stage(control_room, "creator") as it:
        await be_creator_at_the_key(it, control_room)
        await add_file(it, file)
        await it.shows("holds another value in")
        file.write_text("KEY=\n")
        await it.press("r")
        await it.shows("has nothing in KEY yet.")
        await it.press("d")
        await it.shows("Remove this place?")
        await it.press("tab", "enter")
        await it.gone("Used in", "in KEY yet.")


async def test_places_are_looked_at_though_the_key_is_not_read(
    control_room: Running, clock: MovableClock, home: Path
) -> None:
    """What a place holds needs no Control Room: it is told to who stays signed out, with why the key is not read."""
    file = home / "x.env"
    file.write_text("KEY=1\n")
    async with own_stage(control_room, "creator") as it:
        await be_creator_at_the_key(it, control_room)
        await add_file(it, file)
        await it.shows("holds another")
        clock.forward(timedelta(minutes=30))
        file.unlink()
        await it.press("r")
        await it.shows("Your session ended")
        await it.press("escape")
        await it.shows("Could not read the user", "missing")
        await it.gone("holds another")


async def test_a_complaint_goes_with_its_kind_of_place(control_room: Running) -> None:
    """What is wrong with a file's key is not said of a keyring's user, nor of the key in another format."""
    async with own_stage(control_room, "creator", size=(60, 20)) as it:
        await be_creator_at_the_key(it, control_room)
        await it.press("a")
        await it.shows("Add a place that uses the key")
        await it.paste("/x/y.json")
        await it.press("enter")
        await it.paste("servers[0].key")
        await it.press("enter")
        await it.shows("letters, digits")
        await it.press("shift+tab", "shift+tab", "right")
        await it.gone("letters, digits")
        await it.press("left", "ctrl+s")
        await it.shows("letters, digits")
        await it.press("shift+tab", "shift+tab", "shift+tab", "right")
        await it.shows("Service")
        await it.gone("letters, digits")
