"""However the program is ended while the answer with a new key is on its way: the key is kept first."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from a360tui.demo import DemoServer
from tests.hostile.poisoned_room import relayed
from tests.terminal.holding_room import KEY, Holding
from tests.terminal.terminal import PROGRAM, Terminal
from tests.terminal.test_every_screen import FAILING, SIGNALS
from tests.tui.witness import Witness

PASSPHRASE = "correct horse"
_CLOSED = "closed"
_CLOSED_UNTOLD = "closed without a signal"
_FAILS = "a failure of the program itself"


@pytest.mark.parametrize("way", [*SIGNALS, _CLOSED, _CLOSED_UNTOLD, _FAILS])
def test_it_is_kept_before_the_end(home: Path, way: signal.Signals | str) -> None:
    """It waits without spinning, keeps the key, ends with 128 + n or 1, and the key that is kept signs in."""
    with DemoServer(data=home / "company.db").on_loopback() as running, relayed(Holding(running, KEY)) as room:
        with Witness(running) as witness:
            witness.admin.allow_keys("creator")
            old = witness.make_key("creator")
        program = (sys.executable, "-c", FAILING) if way == _FAILS else PROGRAM
        where = ("--control-room", room.url, "--username", "creator")
        with Terminal((*program, *where), home, own=way != _CLOSED_UNTOLD) as it:
            it.shows("Sign in to a Control Room")
            it.press(f"{running.account('creator').password}\r")
            it.shows("API key workflow")
            it.press("2")
            it.shows("Regenerate …")
            it.press("g")
            it.shows("Use an assumed call?")
            it.press("\t\r")
            it.shows("A passphrase for your secrets")
            it.press(f"{PASSPHRASE}\r{PASSPHRASE}\r")
            it.shows("Keep the old key")
            it.press("\t\r")
            it.until(room.held.is_set, "the new key on its way")
            if isinstance(way, signal.Signals):
                it.signal(way)
            elif way == _FAILS:
                it.press("\x10")
                it.shows("Waiting for the Control Room's answer.")
            else:
                it.hang_up()
                it.draw_unseen()
            it.until_at_rest()
            assert it.process.poll() is None
            room.let_go.set()
            if way in {_CLOSED, _CLOSED_UNTOLD}:
                assert it.end_unseen()[0] == 128 + signal.SIGHUP
            else:
                assert it.end() == (128 + way if isinstance(way, signal.Signals) else 1)
                assert it.is_restored()
        assert _tried(home, room) == 0
        with Witness(running) as witness:
            assert not witness.signs_in("creator", old)


def _tried(home: Path, room: Holding) -> int:
    """What ``key test`` says of the key that is kept."""
    passphrase = home / "passphrase"
    passphrase.write_text(PASSPHRASE)
    passphrase.chmod(0o600)
    program = (*PROGRAM, "--control-room", room.url, "--username", "creator", "--passphrase-file", str(passphrase))
    return subprocess.run((*program, "key", "test"), env=Terminal.environment(home), check=False).returncode
