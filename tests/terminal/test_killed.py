"""The screens killed with ``kill -9`` in the middle of a regenerate, and started again."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.terminal.terminal import PROGRAM, Terminal

PASSPHRASE = "correct horse"
_SLOWED = ("strace", "-f", "-qq", "-y", "-e", "trace=fsync", "-e", "inject=fsync:delay_exit=100000")
"""Each call of fsync is logged with its file and takes a tenth of a second, so that there is a moment to kill in."""
_SEALED = 4
"""Calls of fsync on the two slots when the answer is in both: one each when they are made, one each with it."""

pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace, which kills at a system call, is missing"
)


@contextmanager
def _demo(home: Path, *before: str) -> Iterator[Terminal]:
    with Terminal((*before, *PROGRAM, "demo", "--data", str(home / "demo.db")), home) as it:
        yield it


def _to_the_key(it: Terminal) -> None:
    """As the creator, from the first screen to the screen of the key."""
    it.shows("> Sign in as admin")
    it.press("\x1b[B")
    it.shows("> Sign in as creator")
    it.press("\r")
    it.shows("See your key")
    it.press("2")
    it.shows("Regenerate …")


def _regenerate(it: Terminal) -> None:
    it.press("g")
    it.shows("Your passphrase")
    it.press(f"{PASSPHRASE}\r")
    it.shows("Keep the old key")
    it.press("\t\r")


def _first_key(home: Path) -> None:
    """The role, and a first key that is kept behind a passphrase."""
    with _demo(home) as it:
        it.shows("> Sign in as admin")
        it.press("\r")
        it.shows("> Set up a role")
        it.press("\r")
        it.shows("create the role API key users")
        it.press("crea")
        it.shows("1 of 23 match")
        it.press("\r")
        it.shows("> □ creator")
        it.press(" ")
        it.shows("add creator")
        it.press("\x13")
        it.shows("Back to the workflow")
        it.press("\r")
        it.shows("grants it to 1 user")
        it.press("s")
        it.shows("> Generate your key")
        it.press("\r")
        it.shows("makes your first key")
        it.press("g")
        it.shows("A passphrase for your secrets")
        it.press(f"{PASSPHRASE}\r")
        it.until_quiet()
        it.press(f"{PASSPHRASE}\r")
        it.shows("here, it is kept")
        it.press("\x11")
        assert it.end() == 0


def _synced_slots(log: Path) -> int:
    """How often a slot was synced, by the log."""
    return len(re.findall(r"fsync\(\d+<[^>]*slots/[^>/]+>", log.read_text())) if log.exists() else 0


@pytest.mark.timeout(300)
def test_a_killed_regenerate_is_finished_at_the_next_start(home: Path) -> None:
    """Killed after the answer is in safety: the next start says so and finishes it, and the new key signs in."""
    log = home / "strace.log"
    _first_key(home)
    with _demo(home, *_SLOWED, "-o", str(log)) as it:
        _to_the_key(it)
        _regenerate(it)
        it.until(lambda: _synced_slots(log) >= _SEALED, "the answer in both slots")
        it.kill()
        it.end()
        assert "here, it is kept" not in it.text()
    with _demo(home) as it:
        it.shows("> Sign in as admin")
        it.press("\x1b[B")
        it.shows("> Sign in as creator")
        it.press("\r")
        it.shows("An unfinished rotation")
        it.press("\r")
        it.shows("Your passphrase")
        it.press(f"{PASSPHRASE}\r")
        it.shows("✓ done      sign in with it")
        it.shows("here, it is kept")
        it.press("\x1b")
        it.shows("> See your key")
        it.press("2")
        it.shows("Test sign-in")
        it.press("t")
        it.shows("The key signs in")
