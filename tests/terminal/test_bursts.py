"""Keys that arrive in one piece, from a macro or over a line that stalled, do what they do one at a time."""

from pathlib import Path

import pytest

from tests.terminal.terminal import PROGRAM, Terminal

ESCAPE = "\x1b[27u"
"""Esc as the keyboard protocol of Kitty has it: a bare one with a letter behind it is Alt and that letter."""
DOWN = "\x1b[B"
CTRL_S = "\x13"
CTRL_U = "\x15"

_NO_KEYS = ("\x1b[:u", "\x1b[97;;99999999u", "\x1b[99999999999999999999R", "\x1b[1114112u")


def test_letters_after_a_tab(home: Path) -> None:
    """Of ``address, Tab, name`` in one piece each is in its own field, and in no other."""
    with Terminal(PROGRAM, home) as it:
        it.shows("Sign in to a Control Room")
        it.press("https://example.org\tsomebody\tsecret")
        it.shows("Control Room  https://example.org\n")
        it.shows("User name     somebody\n")
        it.shows("Password      ••••••\n")


def test_letters_after_a_key_that_opens_a_screen(home: Path) -> None:
    """What is typed behind the key that opens a form stands in the form, and Shift+Tab goes back to its first field."""
    with Terminal((*PROGRAM, "demo"), home) as it:
        it.shows("> Sign in as admin")
        it.press("oexample.org\tsomebody\x1b[Z/x")
        it.shows("Control Room  example.org/x\n")
        it.shows("User name     somebody\n")


def test_a_byte_that_is_no_letter(home: Path) -> None:
    """A letter in another character set than UTF-8 is one that nobody knows, and no end of the program."""
    with Terminal(PROGRAM, home) as it:
        it.shows("Sign in to a Control Room")
        it.press(b"caf\xe9.example\tsomebody")
        it.shows("Control Room  caf\ufffd.example\n")
        it.shows("User name     somebody\n")


def test_half_a_letter(home: Path) -> None:
    """A letter of several bytes that a slow line brings in two pieces is one letter, and no end of the program."""
    with Terminal(PROGRAM, home) as it:
        it.shows("f1 help")
        whole = "example.org/ü".encode()
        it.press(whole[:-1])
        it.shows("Control Room  example.org/\n")
        it.press(whole[-1:] + b"x")
        it.shows("Control Room  example.org/üx\n")


def test_a_sequence_that_is_no_key(home: Path) -> None:
    """Sequences as a line makes them that loses bytes are passed over, and what is typed next is typed."""
    with Terminal(PROGRAM, home) as it:
        it.shows("f1 help")
        for number, sequence in enumerate(_NO_KEYS):
            it.press(f"{sequence}{number}")
            it.shows(f"Control Room  {number}\n")
            it.press("\x7f")


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        (f"4{ESCAPE}{DOWN}{DOWN}", "> Change it"),
        (f"?{ESCAPE}c{DOWN}\r", "Recording the calls"),
        (f"\x1bOSnmine\thttps://example.org\tme{CTRL_S}", "> mine          example.org               me"),
    ],
    ids=["esc and arrows", "enter", "a form"],
)
def test_through_screens(home: Path, keys: str, shown: str) -> None:
    """Letters, arrows, Enter, Esc and Ctrl+S from one screen to the next, in one piece."""
    with Terminal((*PROGRAM, "demo"), home) as it:
        it.shows("> Sign in as admin")
        it.press("\r")
        it.shows("> Set up a role")
        it.press(keys)
        it.shows(shown)


def test_into_a_question(home: Path) -> None:
    """Once a form is read, what is typed and Ctrl+S in one piece bring the question about all that was typed."""
    with Terminal((*PROGRAM, "demo"), home) as it:
        it.shows("> Sign in as admin")
        it.press("\r")
        it.shows("> Set up a role")
        it.press("4")
        it.shows("A key made now")
        it.press(f"{CTRL_U}50d{CTRL_S}")
        it.shows("will last 50")
