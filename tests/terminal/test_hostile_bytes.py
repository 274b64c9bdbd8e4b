"""What a hostile administrator stored, as bytes on the way to a terminal."""

from pathlib import Path

from a360tui.demo import DemoServer
from tests.terminal.terminal import PROGRAM, Terminal
from tests.tui.witness import Witness

NAME = "a\x1b]52;c;aGk=\x07b\x1b]0;owned\x07\x9b31m\u202ex"
"""Would fill the clipboard, name the window, colour what follows and turn it around."""


def test_a_name_full_of_escapes_is_written_out(home: Path) -> None:
    """In the checklist and in the list the name is drawn letter by letter, and none of its controls is sent."""
    data = home / "company.db"
    with DemoServer(data=data).on_unix_socket() as running, Witness(running) as witness:
        witness.admin.allow_keys("creator", name=NAME)
    with Terminal((*PROGRAM, "demo", "--data", str(data)), home, columns=120, rows=36) as it:
        it.shows("> Sign in as admin")
        it.press("\r")
        it.shows(r"a\x1b]52;c;aGk=\x07b\x1b]0;owned\x07\x9b31m\u202ex grants it to 1 user.")
        it.press("1")
        it.shows("1 role grants Generate API-Key.")
        it.press("\x11")
        assert it.end() == 0
    for control in ("\x1b]52", "\x1b]0", "\x07b", "\x9b", "\u202e"):
        assert control.encode() not in it.raw
