"""A secret that is asked for at a prompt: whatever comes in between, it is not shown, and the terminal is as before."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.terminal import GONE, PROGRAM, Terminal
from tests.terminal.test_every_screen import SIGNALS
from tests.terminal.test_stopping import state_of

_ASKING = (*PROGRAM, "--control-room", "http://127.0.0.1:9", "--username", "admin", "key", "test")
_PROMPT = "API key of admin:"


@pytest.fixture
def it(home: Path) -> Iterator[Terminal]:
    with Terminal(_ASKING, home) as it:
        it.shows(_PROMPT)
        it.until(lambda: not it.echoes, "a silent terminal")
        yield it


@pytest.mark.parametrize("number", SIGNALS)
def test_ended(it: Terminal, number: signal.Signals) -> None:
    """Each signal that ends programs gives the echo back, with 128 + n."""
    it.signal(number)
    assert it.end(GONE) == 128 + number
    assert it.echoes


def test_a_closed_terminal(it: Terminal) -> None:
    """The window is closed: it ends as by SIGHUP."""
    it.hang_up()
    assert it.end_unseen()[0] == 128 + signal.SIGHUP


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to see a stopped process in")
@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP])
def test_stopped_and_continued(it: Terminal, number: signal.Signals) -> None:
    """Stopped, the shell can be used; continued by a shell that turned the echo on, it asks again and shows nothing."""
    it.signal(number)
    it.until(lambda: state_of(it.process.pid) == "T", "a stopped process")
    assert it.echoes or number == signal.SIGSTOP
    it.echo()
    it.screen.reset()
    it.signal(signal.SIGCONT)
    it.until(lambda: not it.echoes, "a silent terminal")
    it.shows(_PROMPT)
    it.press("canary\n")
    assert it.end() == 3
    assert it.echoes
    assert b"canary" not in it.raw
