"""However it ends, the terminal comes back, and the exit code says how."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from a360tui.demo import DemoServer
from tests.hostile.poisoned_room import relayed
from tests.terminal.holding_room import ROLE, Holding
from tests.terminal.story import plan_role
from tests.terminal.terminal import PROGRAM, Terminal
from tests.terminal.test_stopping import state_of
from tests.tui.witness import Witness

DEMO = (*PROGRAM, "demo")


def test_a_closed_terminal_ends_it(home: Path) -> None:
    """The window is closed: the program ends by itself, and leaves no socket behind."""
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    with Terminal(DEMO, home, environment={"XDG_RUNTIME_DIR": str(runtime)}) as it:
        it.shows("> Sign in as admin")
        it.press("\r")
        it.shows("> Set up a role")
        it.hang_up()
        assert it.process.wait(timeout=20) == 128 + signal.SIGHUP
        assert not [path for path in runtime.rglob("*") if path.is_socket()]


_CRASH = """
import sys
from a360tui.tui.app import A360App
from a360tui.tui.screens.sign_in import SignInScreen

def fail(self, canary="{canary}"):
    secret = canary
    raise RuntimeError(secret)

SignInScreen.action_requests = fail
A360App.action_requests = fail
from a360tui.tui.app import run
sys.exit(run())
"""


def test_a_crash_shows_where_and_not_with_which_values(home: Path) -> None:
    """A handler that fails ends with three lines, exit code 1, a restored terminal, and no value of a variable."""
    canary = "canary-8f31c2"
    with Terminal((sys.executable, "-c", _CRASH.format(canary=canary)), home) as it:
        it.shows("Sign in to a Control Room")
        it.press("\x1bOQ")
        assert it.end() == 1
        assert it.is_restored()
        assert b"a360tui failed: RuntimeError" in it.raw
        assert canary.encode() not in it.raw


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [((), {}), (("demo",), {}), (("demo",), {"TERM": "dumb"})],
)
def test_without_a_terminal_there_is_a_sentence(
    home: Path, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    """No terminal to draw on: one sentence that names the commands, exit code 2, and no escape sequence."""
    ended = subprocess.run(
        [*PROGRAM, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
        env=os.environ | {"HOME": str(home), "TERM": "xterm"} | environment,
    )
    assert ended.returncode == 2
    assert b"a360tui --help" in ended.stderr
    assert b"\x1b" not in ended.stderr + ended.stdout


def test_a_dumb_terminal_is_told_of_the_commands(home: Path) -> None:
    """TERM=dumb on a real terminal: a sentence and exit code 2."""
    with Terminal(DEMO, home, environment={"TERM": "dumb"}) as it:
        assert it.end() == 2
        assert "a360tui --help" in it.text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGTSTP])
def test_a_signal_waits_for_a_write(home: Path, number: signal.Signals) -> None:
    """With a write on its way the program stays until the answer has come; then it ends, or stops, as it was told."""
    with DemoServer(data=home / "company.db").on_loopback() as running, relayed(Holding(running, ROLE)) as room:
        program = (*PROGRAM, "--control-room", room.url, "--username", "admin")
        with Terminal(program, home) as it:
            it.shows("Sign in to a Control Room")
            it.press(f"{running.account('admin').password}\r")
            it.shows("> Set up a role")
            plan_role(it)
            it.press("\x13")
            it.until(room.held.is_set, "the write on its way")
            it.signal(number)
            it.until_quiet(0.5)
            assert it.process.poll() is None
            assert state_of(it.process.pid) != "T"
            room.let_go.set()
            if number == signal.SIGTSTP:
                it.until(lambda: state_of(it.process.pid) == "T", "a stopped process")
                it.signal(signal.SIGCONT)
                it.shows("Back to the workflow")
            else:
                assert it.end() == 128 + number
                assert it.is_restored()
        with Witness(running) as witness:
            assert witness.users_of("API key users") == ["creator"]
