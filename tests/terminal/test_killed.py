"""The screens killed with ``kill -9`` in the middle of a regenerate, and started again."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from a360tui.storage.slots import HEAD
from tests.terminal.story import be_creator_who_may, generate
from tests.terminal.terminal import PROGRAM, Terminal

PASSPHRASE = "correct horse"
_SLOWED = ("strace", "-f", "-qq", "-o", os.devnull, "-e", "trace=fsync", "-e", "inject=fsync:delay_exit=100000")
"""Each call of fsync takes a tenth of a second, so that there is a moment to kill in; nobody has to be root for it."""

pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace, which slows system calls down, is missing"
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
        be_creator_who_may(it)
        generate(it)
        it.shows("A passphrase for your secrets")
        it.press(f"{PASSPHRASE}\r{PASSPHRASE}\r")
        it.shows("It is kept here")
        it.press("\x11")
        assert it.end() == 0


def _filled_slots(home: Path) -> int:
    """How many slots have more in them than their head."""
    return sum(any(slot.read_bytes()[HEAD:]) for slot in home.rglob("*.slot"))


@pytest.mark.timeout(300)
def test_a_killed_regenerate_is_finished_at_the_next_start(home: Path) -> None:
    """Killed after the answer is in safety: the next start says so and finishes it, and the new key signs in."""
    _first_key(home)
    with _demo(home, *_SLOWED) as it:
        _to_the_key(it)
        _regenerate(it)
        it.until(lambda: _filled_slots(home) == 2, "the answer in both slots")
        it.kill()
        it.end()
        assert "It is kept here" not in it.text()
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
        it.shows("It is kept here")
        it.press("\x1b")
        it.shows("> See your key")
        it.press("2")
        it.shows("Test sign-in")
        it.press("t")
        it.shows("The key signs in")
