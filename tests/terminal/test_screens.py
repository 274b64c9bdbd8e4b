"""What only a terminal shows: the first screen, sizes, kinds of terminals, and silence."""

import signal
from pathlib import Path

import pytest

from tests.terminal.story import be_creator_who_may, generate
from tests.terminal.terminal import GONE, PROGRAM, Terminal

DEMO = (*PROGRAM, "demo")


def test_the_demo_begins_with_its_story(home: Path) -> None:
    """The first screen says what this is, offers two people, and the cursor is on the administrator."""
    with Terminal(DEMO, home) as it:
        it.shows("Get an Automation 360 API key from the terminal.")
        it.shows("> Sign in as admin")
        it.press("\x11")
        assert it.end() == 0
        assert it.is_restored()


def test_the_story_is_told_by_keys(home: Path) -> None:
    """In a real terminal: the administrator makes the role, the creator makes a key, and it signs in."""
    with Terminal(DEMO, home) as it:
        be_creator_who_may(it)
        generate(it)
        it.shows("never shows it again")
        assert b"demo-" not in it.raw
        it.press("r")
        it.shows("demo-")


def test_an_idle_screen_says_nothing(home: Path) -> None:
    """Nothing blinks: once drawn, a form with its cursor in a field writes no byte."""
    with Terminal((*PROGRAM,), home) as it:
        it.press("cr")
        it.shows("Control Room  cr")
        it.until_quiet(1.0)
        before = len(it.raw)
        assert not it.listen(3.0)
        assert before == len(it.raw)


def test_any_size_comes_and_goes(home: Path) -> None:
    """From 80x24 to 40x10, to one cell, to 120x36 and back: the screen is whole again each time."""
    with Terminal(DEMO, home) as it:
        it.shows("> Sign in as admin")
        for columns, rows in ((40, 10), (1, 1), (120, 36), (300, 100)):
            it.size(columns, rows)
            it.until_quiet()
        it.size(80, 24)
        it.shows("> Sign in as admin")
        it.shows("ctrl+q quit")


def test_a_size_that_cannot_be(home: Path) -> None:
    """A terminal that says it has 65,535 lines is drawn on as far as any has: keys are answered, and it ends."""
    with Terminal(DEMO, home) as it:
        it.shows("> Sign in as admin")
        it.until_quiet()
        it.claim(65535, 65535)
        it.press("\x1b[B")
        it.shows("> Sign in as creator")
        it.signal(signal.SIGTERM)
        assert it.end(GONE) == 128 + signal.SIGTERM
        assert it.is_restored()


@pytest.mark.parametrize("term", ["xterm", "screen-256color", "tmux-256color", "linux", "vt100", ""])
def test_any_kind_of_terminal_shows_the_first_screen(home: Path, term: str) -> None:
    """Whatever TERM says, the first screen is there and answers to a key."""
    with Terminal(DEMO, home, environment={"TERM": term}) as it:
        it.shows("> Sign in as admin")
        it.press("\x1b[B")
        it.shows("> Sign in as creator")


def test_without_colour_the_cursor_is_seen(home: Path) -> None:
    """With NO_COLOR only greys are sent, and the choice under the cursor is bold, underlined, and has its mark."""
    with Terminal(DEMO, home, environment={"NO_COLOR": "1"}) as it:
        it.shows("> Sign in as admin")
        row = next(index for index, line in enumerate(it.screen.display) if "> Sign in as admin" in line)
        cell = it.screen.buffer[row][it.screen.display[row].index("Sign")]
        assert cell.bold
        assert cell.underscore
        drawn = [cell for line in it.screen.buffer.values() for cell in line.values()]
        assert all(len(set(_parts(colour))) == 1 for cell in drawn for colour in (cell.fg, cell.bg))


def _parts(colour: str) -> list[str]:
    """Red, green and blue of a colour as the emulator has it; a named default has none."""
    return ["00"] if len(colour) != 6 else [colour[:2], colour[2:4], colour[4:]]


def test_what_is_typed_early_is_not_lost(home: Path) -> None:
    """A key that was pressed before the demo listens is answered once it does."""
    with Terminal(DEMO, home) as it:
        it.shows("> Sign in as admin")
        it.press("\r")
        it.shows("API key workflow")


@pytest.mark.parametrize("charset", ["iso8859-1", "cp1252"])
def test_a_terminal_without_utf_8_is_told(home: Path, charset: str) -> None:
    """Where the locale's character set has no frames and no marks, there is a sentence, and nothing garbled."""
    with Terminal(DEMO, home, environment={"PYTHONIOENCODING": charset}, columns=120) as it:
        assert it.end() == 2
        assert "need UTF-8" in " ".join(it.text().split())
        assert b"\x1b" not in it.raw


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_a_locale_that_says_nothing_is_taken_for_utf_8(home: Path, locale: str) -> None:
    """LC_ALL=C, as in containers and under sudo: the screens are drawn as ever, in UTF-8."""
    with Terminal(DEMO, home, environment={"LC_ALL": locale, "LANG": locale}) as it:
        it.shows("> Sign in as admin")
        assert "Sign in to your own Control Room …" in it.text()


def test_a_storm_of_sizes(home: Path) -> None:
    """A corner that is dragged about, through nothing at all: then the screen is whole, and answers."""
    with Terminal(DEMO, home) as it:
        it.shows("> Sign in as admin")
        for step in range(60):
            it.size(1 + 37 * step % 300, 1 + 17 * step % 100)
            it.listen(0)
        for columns, rows in ((1, 1), (2, 1), (300, 100), (80, 24)):
            it.size(columns, rows)
            it.until_quiet(0.2)
        it.shows("> Sign in as admin")
        it.press("\r")
        it.shows("> Set up a role")
