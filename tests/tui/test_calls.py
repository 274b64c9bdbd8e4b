"""The calls that the vendor does not publish: consent, what is learned from a file, what is forgotten."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Static

from a360tui.demo import DemoServer, Running
from a360tui.tui.screens.learn_calls import LearnCallsScreen
from tests.capture.har_files import Recording, chrome, other_shape
from tests.tui.stage import Stage, own_stage


@pytest.fixture
def other() -> Iterator[Running]:
    with DemoServer(unpublished="other").on_loopback() as running:
        yield running


def saved(folder: Path, running: Running, recording: Recording) -> Path:
    """What Chrome saves of a recording, as if it were this Control Room's."""
    file = folder / "x.har"
    file.write_text(json.dumps(chrome(recording)).replace("https://cr.example", running.url))
    return file


async def sign_in(it: Stage, running: Running) -> None:
    await it.paste(running.account("admin").password)
    await it.press("enter")
    await it.shows("API key workflow", "Set up a role")


async def open_learning(it: Stage, running: Running) -> None:
    await sign_in(it, running)
    await it.press("c")
    await it.shows("you are asked before it is tried")
    await it.press("l")
    await it.shows("Read it")


async def test_learning_instead_of_an_assumption(other: Running, tmp_path: Path) -> None:
    """From the question, the calls are learned, and what was wanted goes on with them; then they can be forgotten."""
    recording = other_shape().add("GET", "/v2/other", answer={"keyLifetimeDays": 45})
    async with own_stage(other, "admin") as it:
        await sign_in(it, other)
        await it.press("4")
        await it.shows("Use an assumed call?")
        await it.press("tab", "tab", "enter")
        await it.shows("you are asked before it is tried")
        await it.press("enter")
        await it.shows("Read it")
        await it.paste(str(saved(tmp_path, other, recording)))
        await it.press("enter")
        await it.shows("Which API-Key Duration")
        await it.type("soon")
        await it.press("enter")
        await it.until(lambda: "not a duration" in it.field("duration").complaint, "a complaint")
        await it.press("ctrl+u")
        await it.type("45d")
        await it.press("ctrl+s")
        await it.shows("Which of these is the API-Key Duration?", "keyLifetimeDays")
        await it.press("enter")
        await it.shows("Keep them", "39 characters at")
        await it.press("escape")
        await it.shows("What was learned is not kept yet.")
        await it.press("escape", "ctrl+s")
        await it.shows("learned from a browser on", "Delete the file")
        await it.press("escape")
        await it.shows("A key made now would end on", "45 days")
        assert it.calls("/settings/security") == 0
        await it.press("ctrl+u")
        await it.type("30")
        await it.press("ctrl+s")
        await it.shows("Change the duration?")
        await it.press("tab", "enter")
        await it.shows("Saved and read back")
        await it.press("escape")
        await it.shows("New keys last 30 days.")
        await it.press("c")
        await it.shows("learned from a browser on")
        await it.press("f")
        await it.shows("Forget the calls?")
        await it.press("tab", "enter")
        await it.shows("Forgotten.", "you are asked before it is tried")


async def test_what_came_of_forgetting_is_not_said_of_what_was_learned_since(other: Running, tmp_path: Path) -> None:
    """On a low screen the sentence comes into sight, and it is gone once the calls are learned."""
    async with own_stage(other, "admin", size=(60, 20)) as it:
        await sign_in(it, other)
        await it.press("c")
        await it.shows("> Learn them")
        await it.press("f")
        await it.shows("Forget the calls?")
        await it.press("tab", "enter")
        await it.shows("Nothing was kept for this Control Room.")
        await it.press("l")
        await it.shows("Read it")
        await it.paste(str(saved(tmp_path, other, other_shape())))
        await it.press("enter")
        await it.shows("Which API-Key Duration")
        await it.press("enter")
        await it.shows("Keep them")
        await it.press("ctrl+s")
        await it.shows("learned from a browser on")
        it.app.clear_notifications()
        assert not it.app.screen.query_one("#status", Static).content


async def test_what_was_learned_is_of_the_file_that_is_named(other: Running, tmp_path: Path) -> None:
    """Who names another file, after the first was read or while a question waits, is not offered to keep the first."""
    async with own_stage(other, "admin") as it:
        await open_learning(it, other)
        await it.paste(str(saved(tmp_path, other, other_shape())))
        await it.press("enter")
        await it.shows("Which API-Key Duration", "Go on")
        it.field("har").input.focus()
        await it.type("2")
        await it.shows("Read it")
        assert "Which API-Key Duration" not in it.text()
        await it.press("backspace", "enter")
        await it.shows("Which API-Key Duration")
        await it.press("enter")
        await it.shows("Keep them", "The key: PUT")
        it.field("har").input.focus()
        await it.type("2")
        await it.shows("Read it")
        assert "The key: PUT" not in it.text()
        await it.press("ctrl+s")
        await it.until(lambda: "cannot be read" in it.field("har").complaint, "a complaint")
        assert it.session.book.known().calls.generate.source == "assumed"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("", "Name the file that"),
        ("{", "cut off"),
        ('{"log": {"entries": []}}', "no exchanges"),
        (json.dumps(chrome(other_shape())), "cr.example"),
    ],
)
async def test_files_of_which_nothing_is_learned(
    other: Running, tmp_path: Path, content: str | None, words: str
) -> None:
    """The sentence stands at the field, what was typed stays, and another try is possible at once."""
    file = tmp_path / "x.har"
    if content:
        file.write_text(content)
    async with own_stage(other, "admin") as it:
        await open_learning(it, other)
        typed = "" if content == "" else str(file)
        if typed:
            await it.paste(typed)
        await it.press("ctrl+s")
        await it.until(lambda: words in it.field("har").complaint, words)
        assert it.field("har").value == typed
        file.write_text(json.dumps(chrome(other_shape())).replace("https://cr.example", other.url))
        await it.press("ctrl+u")
        await it.paste(str(file))
        await it.press("enter")
        await it.shows("Which API-Key Duration")
        await it.press("enter")
        await it.shows("it is not known what the page showed", "Keep them")
        assert isinstance(it.app.screen, LearnCallsScreen)


async def test_a_call_that_is_not_there(other: Running) -> None:
    """A 404 after a yes leads to the steps; closing it leaves the sentence, and the person may go on elsewhere."""
    async with own_stage(other, "admin") as it:
        await sign_in(it, other)
        await it.press("4")
        await it.shows("Use an assumed call?")
        await it.press("tab", "enter")
        await it.shows("This call is not there", "Nothing has happened")
        await it.press("escape")
        await it.shows("this Control Room does not have it", "calls learn")
        await it.press("escape")
        await it.shows("API key workflow")


async def test_a_file_of_calls_that_breaks_on_the_way_is_said_to_be_so(other: Running) -> None:
    """Where the calls cannot be read after a look at them, it is the file that is wrong, and not the program."""
    async with own_stage(other, "admin") as it:
        await sign_in(it, other)
        await it.press("4")
        await it.shows("Use an assumed call?")
        await it.press("tab", "enter")
        await it.shows("This call is not there")
        await it.press("enter")
        await it.shows("How to record it")
        it.session.book.forget()
        it.session.book._file.change({"generat": 1})
        await it.press("escape")
        await it.shows("Did you mean generate?")


async def test_a_broken_file_of_calls_stops_only_who_needs_them(other: Running) -> None:
    """The workflow is shown; the duration and the calls say what is wrong with the file."""
    async with own_stage(other, "admin") as it:
        await sign_in(it, other)
        it.session.book.forget()
        it.session.book._file.change({"generat": 1})
        await it.press("4")
        await it.shows("“generat” is not known")
        await it.press("escape")
        await it.shows("API key workflow", "Set up a role")
        await it.press("c")
        await it.shows("Did you mean generate?", "not read")
        assert "Kept in" not in it.text()
        it.session.book.forget()
        await it.press("h")
        await it.shows("Recording the calls")
        await it.press("escape")
        await it.shows("you are asked before it is tried")
        assert "Did you mean" not in it.text()
