"""However it ends, and wherever it is at that moment: the terminal comes back, and the exit code says how."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import pytest

from a360tui.tui.dialogs.key import KeyDialog
from a360tui.tui.screen import A360Screen
from tests.hostile.dialogs import DIALOGS
from tests.hostile.test_dialogs import every
from tests.terminal.terminal import GONE, PROGRAM, Terminal
from tests.terminal.test_stopping import state_of

DEMO = ("demo", "--key-users", "1")
"""With the role from the start, by which there is a short way to every screen."""

_FIRST = "> Sign in as admin"
_IN = ("\r", "New keys last")
_KEY = ("2", "How to use it")
WAYS: dict[str, tuple[tuple[str, str], ...]] = {
    "Start": (),
    "Sign in": (("o", "Sign in to a Control Room"),),
    "Workflow": (_IN,),
    "Role set-up": (_IN, ("1", "1 role grants"), ("n", "23 users")),
    "Roles": (_IN, ("1", "1 role grants")),
    "Keys": (_IN, ("5", "Read at")),
    "Key users": (_IN, ("5", "Read at"), ("\r", "Roles that grant")),
    "Profiles": (_IN, ("\x1bOS", "Press n to make one")),
    "Profile": (_IN, ("\x1bOS", "Press n to make one"), ("n", "New profile")),
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

FAILING = """
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


_DIALOG = """
import sys
from a360tui.tui.app import A360App
from tests.hostile.dialogs import DIALOGS

async def show(pilot):
    [made] = [made for dialog, (_, made) in DIALOGS.items() if dialog.__name__ == sys.argv[1]]
    pilot.app.push_screen(made(lambda letter: "It is open."))

app = A360App()
app.run(auto_pilot=show)
sys.exit(app.return_code or 0)
"""
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
_DIALOGS = [dialog.__name__ for dialog in DIALOGS if not issubclass(dialog, KeyDialog)]
"""Those that are drawn again as they were: a key is hidden, and one on its way holds the end up."""


@contextmanager
def at(screen: str, home: Path, *, failing: bool = False, own: bool = True) -> Iterator[Terminal]:
    """The program on a screen."""
    program = (sys.executable, "-c", FAILING) if failing else PROGRAM
    with Terminal((*program, *DEMO, "--data", str(home / "demo.db")), home, own=own) as it:
        it.shows(_FIRST)
        for keys, shown in WAYS[screen]:
            it.press(keys)
            it.shows(shown)
        yield it


def stop_and_continue(it: Terminal, words: str) -> None:
    """Stopped, the terminal is given back; continued, the screen is there again, from its words to its last line."""
    it.signal(signal.SIGTSTP)
    it.until(lambda: state_of(it.process.pid) == "T", "a stopped process")
    it.until(it.is_restored, "the terminal as it was")
    it.screen.reset()
    it.signal(signal.SIGCONT)
    it.shows(words)
    it.until(lambda: " help " in it.text().splitlines()[-1], "the line of keys")
    it.until(lambda: not it.is_restored(), "a terminal for screens")


@pytest.mark.parametrize("screen", WAYS)
def test_stopped_continued_and_ended(home: Path, screen: str) -> None:
    """SIGTSTP, SIGCONT, and then SIGTERM, which ends it with 143 and gives the terminal back."""
    with at(screen, home) as it:
        stop_and_continue(it, WAYS[screen][-1][1] if WAYS[screen] else _FIRST)
        it.signal(signal.SIGTERM)
        assert it.end(GONE) == 128 + signal.SIGTERM
        assert it.is_restored()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT, signal.SIGHUP])
@pytest.mark.parametrize("screen", WAYS)
def test_ended(home: Path, screen: str, number: signal.Signals) -> None:
    """Each of the other signals that end programs ends it with 128 + n within two seconds, the terminal as it was."""
    with at(screen, home) as it:
        it.signal(number)
        assert it.end(GONE) == 128 + number
        assert it.is_restored()


@pytest.mark.parametrize(("dialog", "number"), list(zip(_DIALOGS, cycle(SIGNALS), strict=False)))
def test_in_a_dialog(home: Path, dialog: str, number: signal.Signals) -> None:
    """Stopped, continued and ended, each dialog by one of the signals."""
    with Terminal((sys.executable, "-c", _DIALOG, dialog), home) as it:
        it.shows("╭")
        stop_and_continue(it, "╭")
        it.signal(number)
        assert it.end(GONE) == 128 + number
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


@pytest.mark.parametrize(("screen", "own"), list(zip(WAYS, cycle([True, False]), strict=False)))
def test_a_closed_terminal(home: Path, screen: str, own: bool) -> None:
    """The window is closed, with a signal or without one: it is gone, and does not spin on what is not there."""
    with at(screen, home, own=own) as it:
        it.hang_up()
        code, taken = it.end_unseen()
        assert code == 128 + signal.SIGHUP
        assert taken < GONE / 2
