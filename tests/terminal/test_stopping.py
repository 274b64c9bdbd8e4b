"""Stopped and continued, and a terminal that goes where the program was told not to care."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.terminal.terminal import GONE, PROGRAM, Terminal

DEMO = (*PROGRAM, "demo")
UNDER_NOHUP = ("sh", "-c", "trap '' HUP; exec \"$@\"", "sh", *DEMO)


def state_of(process: int) -> str:
    """``S`` sleeping, ``T`` stopped, …"""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to see a stopped process in")
def test_stopped_and_continued(home: Path) -> None:
    """SIGTSTP gives the terminal back and stops; SIGCONT draws the screen again, and keys work as before."""
    with Terminal(DEMO, home) as it:
        it.shows("> Sign in as admin")
        it.until_quiet()
        it.signal(signal.SIGTSTP)
        it.until(lambda: state_of(it.process.pid) == "T", "a stopped process")
        it.until_quiet()
        assert it.is_restored()
        drawn = len(it.raw)
        it.signal(signal.SIGCONT)
        it.until(lambda: b"Sign in as admin" in it.raw[drawn:], "the screen drawn again")
        it.press("\r")
        it.shows("> Set up a role")
        it.press("\x11")
        assert it.end() == 0
        assert it.is_restored()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to see a stopped process in")
@pytest.mark.parametrize("stopped", [True, False], ids=["by SIGSTOP", "not at all"])
def test_continued_after_a_stop_that_it_was_not_told_of(home: Path, stopped: bool) -> None:
    """SIGCONT alone, or after SIGSTOP, draws the screen once more; keys are read once, and it ends as ever."""
    with Terminal(DEMO, home) as it:
        it.shows("> Sign in as admin")
        it.until_quiet()
        if stopped:
            it.signal(signal.SIGSTOP)
            it.until(lambda: state_of(it.process.pid) == "T", "a stopped process")
        drawn = len(it.raw)
        it.signal(signal.SIGCONT)
        it.until(lambda: b"Sign in as admin" in it.raw[drawn:], "the screen drawn again")
        it.press("\x1b[B")
        it.shows("> Sign in as creator")
        it.signal(signal.SIGTERM)
        assert it.end(GONE) == 128 + signal.SIGTERM
        assert it.is_restored()


def test_a_closed_terminal_ends_it_under_nohup(home: Path) -> None:
    """Where SIGHUP is ignored from the start it ends all the same: nobody can see the screens any more."""
    with Terminal(UNDER_NOHUP, home) as it:
        it.shows("> Sign in as admin")
        it.until_quiet()
        it.hang_up()
        assert it.process.wait(timeout=20) == 128 + signal.SIGHUP


@pytest.mark.parametrize("missing", ["stdin", "stderr"])
def test_half_a_terminal_is_none(home: Path, missing: str) -> None:
    """With nothing to read keys from, or nothing to draw on, there is the sentence too, and not one escape."""
    ours, theirs = os.openpty()
    try:
        done = subprocess.run(
            DEMO,
            stdin=theirs if missing == "stderr" else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs if missing == "stdin" else subprocess.PIPE,
            env=os.environ | {"HOME": str(home), "TERM": "xterm"},
            timeout=30,
            check=False,
        )
        said = os.read(ours, 4096) if missing == "stdin" else done.stderr
    finally:
        os.close(ours)
        os.close(theirs)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"There is no terminal to show the screens on." in said
    assert b"\x1b" not in said
