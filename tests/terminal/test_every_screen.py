"""However it ends, and wherever it is at that moment: the terminal comes back, and the exit code says how."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from a360tui.tui.screen import A360Screen
from tests.hostile.test_dialogs import every
from tests.terminal.terminal import PROGRAM, Terminal
from tests.terminal.test_stopping import state_of

DEMO = (*PROGRAM, "demo")

_IN = ("\r", "> Set up a role")
_KEY = ("2", "How to use it")
_GRANTED = (
    _IN,
    ("1", "create the role"),
    ("crea", "1 of 23 match"),
    ("\r", "> □ creator"),
    (" ", "add creator"),
    ("\x13", "Back to the workflow"),
    ("\r", "grants it to 1 user"),
)
WAYS: dict[str, tuple[tuple[str, str], ...]] = {
    "Start": (),
    "Sign in": (("o", "Sign in to a Control Room"),),
    "Workflow": (_IN,),
    "Role set-up": (_IN, ("1", "create the role")),
    "Roles": (*_GRANTED, ("1", "1 role grants")),
    "Keys": (*_GRANTED, ("5", "Read at")),
    "Key users": (*_GRANTED, ("5", "Read at"), ("\r", "Roles that grant")),
    "Profiles": (_IN, ("\x1bOS", "Make one: n")),
    "Profile": (_IN, ("\x1bOS", "Make one: n"), ("n", "New profile")),
    "My key": (_IN, _KEY),
    "How to use it": (_IN, _KEY, ("u", "X-Authorization")),
    "Add a place": (_IN, _KEY, ("a", "Add a place that uses the key")),
    "Duration": (_IN, ("4", "A key made now")),
    "Requests": (_IN, ("\x1bOQ", "GET  /v2/")),
    "Doctor": (_IN, ("\x1bOR", "Outcome")),
    "Calls": (_IN, ("c", "Learn them")),
    "Recording": (_IN, ("c", "Learn them"), ("h", "Recording the calls")),
    "Learn calls": (_IN, ("c", "Learn them"), ("l", "Read it")),
    "Help": (_IN, ("?", "Lists and forms")),
}
"""Screen → the keys that lead there from the start of the demo, and what is shown after each."""

_FAILING = """
import sys
from a360tui.cli.program import run
from a360tui.tui.app import A360App

def fail(self, canary="canary-8f31c2"):
    raise RuntimeError(canary)

A360App.action_command_palette = fail
sys.exit(run(sys.argv[1:]))
"""


def test_no_screen_is_forgotten() -> None:
    """There is a way to every screen there is."""
    assert {screen.NAME for screen in every(A360Screen)} == set(WAYS)


@contextmanager
def at(screen: str, home: Path, *, failing: bool = False) -> Iterator[Terminal]:
    """The program on a screen."""
    data = home / "demo.db"
    program = (sys.executable, "-c", _FAILING) if failing else PROGRAM
    with Terminal((*program, "demo", "--data", str(data)), home) as it:
        it.shows("> Sign in as admin")
        for keys, shown in WAYS[screen]:
            it.press(keys)
            it.shows(shown)
        yield it


@pytest.mark.parametrize("screen", WAYS)
def test_stopped_continued_and_ended(home: Path, screen: str) -> None:
    """Stopped, the terminal is given back; continued, the screen is there again; then SIGTERM ends it with 143."""
    with at(screen, home) as it:
        it.until_quiet(0.2)
        it.signal(signal.SIGTSTP)
        it.until(lambda: state_of(it.process.pid) == "T", "a stopped process")
        it.until_quiet(0.1)
        assert it.is_restored()
        it.signal(signal.SIGCONT)
        it.until(lambda: not it.is_restored(), "the screens again")
        it.until_quiet(0.2)
        it.signal(signal.SIGTERM)
        assert it.end() == 128 + signal.SIGTERM
        assert it.is_restored()


@pytest.mark.parametrize("screen", WAYS)
def test_a_failure(home: Path, screen: str) -> None:
    """A handler that fails ends it with exit code 1, a restored terminal, and no value of a variable."""
    with at(screen, home, failing=True) as it:
        it.press("\x10")
        assert it.end() == 1
        assert it.is_restored()
        assert b"a360tui failed: RuntimeError" in it.raw
        assert b"canary" not in it.raw


@pytest.mark.parametrize("screen", WAYS)
def test_a_closed_terminal(home: Path, screen: str) -> None:
    """The window is closed, and the program is gone: it does not spin on a terminal that is not there."""
    with at(screen, home) as it:
        it.until_quiet(0.2)
        it.hang_up()
        assert it.process.wait(timeout=20) == 128 + signal.SIGHUP
