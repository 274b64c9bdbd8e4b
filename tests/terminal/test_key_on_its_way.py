"""However the program is ended while the answer with a new key is on its way: the key is kept first."""

import signal
import subprocess
from pathlib import Path

import pytest

from a360tui.demo import DemoServer
from tests.hostile.poisoned_room import relayed
from tests.terminal.holding_room import KEY, Holding
from tests.terminal.terminal import PROGRAM, Terminal
from tests.tui.witness import Witness

PASSPHRASE = "correct horse"
_CLOSED = "closed"
_CLOSED_UNTOLD = "closed without a signal"


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM, _CLOSED, _CLOSED_UNTOLD])
def test_it_is_kept_before_the_end(home: Path, way: signal.Signals | str) -> None:
    """It waits without spinning, keeps the key, ends with 128 + n, and the key that is kept signs in."""
    with DemoServer(data=home / "company.db").on_loopback() as running, relayed(Holding(running, KEY)) as room:
        with Witness(running) as witness:
            witness.admin.allow_keys("creator")
            old = witness.make_key("creator")
        program = (*PROGRAM, "--control-room", room.url, "--username", "creator")
        with Terminal(program, home, own=way != _CLOSED_UNTOLD) as it:
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
            else:
                it.hang_up()
                it.draw_unseen()
            it.until_at_rest()
            assert it.process.poll() is None
            room.let_go.set()
            if isinstance(way, signal.Signals):
                assert it.end() == 128 + way
                assert it.is_restored()
            else:
                assert it.end_unseen()[0] == 128 + signal.SIGHUP
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
