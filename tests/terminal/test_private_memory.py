"""The memory of a program that holds secrets: in no core file, and closed to the other processes of its user."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from a360tui.demo import Running
from tests.canaries import leaks
from tests.terminal.terminal import PROGRAM, Terminal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it is asked of the kernel, by /proc")

_WITHOUT_POWERS = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all")
"""As an ordinary user's process: root may read everything."""

_WITH_CORE_FILES = 'ulimit -c unlimited && cd "$1" && shift && exec "$@"'


def _program(running: Running, folder: Path) -> tuple[str, ...]:
    options = ("--control-room", running.url, "--username", "admin")
    return ("sh", "-c", _WITH_CORE_FILES, "sh", str(folder), *PROGRAM, *options)


def _sign_in(it: Terminal, running: Running) -> None:
    it.shows("Sign in to a Control Room")
    it.press(f"{running.account('admin').password}\r")
    it.shows("API key workflow")


def _reads(process: int, name: str) -> bool:
    """Whether a process without powers reads one of the files that tell of another process."""
    command = (*_WITHOUT_POWERS, "head", "-c", "1", f"/proc/{process}/{name}")
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV])
def test_no_core_file(control_room: Running, home: Path, number: signal.Signals) -> None:
    """Ended by the kernel where core files of any size are wanted: there is none, as there is of another program."""
    other = home / "other"
    other.mkdir()
    subprocess.run(["sh", "-c", _WITH_CORE_FILES, "sh", str(other), "sh", "-c", f"kill -{number} $$"], check=False)
    if not list(other.iterdir()):
        pytest.skip("this system gives core files to a program, and not to the folder where one is")
    with Terminal(_program(control_room, home), home) as it:
        _sign_in(it, control_room)
        it.signal(number)
        assert it.end() == 128 + number
    secret = control_room.account("admin").password
    written = [path for path in home.rglob("*") if path.is_file() and other not in path.parents]
    assert not [path for path in written if path.name.startswith("core")]
    assert leaks(secret, [path.read_bytes() for path in written]) == []


def test_memory_is_closed(control_room: Running, home: Path) -> None:
    """Another process of the same user reads neither memory nor environment, and gcore gets nothing."""
    with Terminal((*_WITHOUT_POWERS, "sleep", "60"), home) as ordinary:
        ordinary.until(lambda: _reads(ordinary.process.pid, "environ"), "a process that is open to its user's others")
    with Terminal((*_WITHOUT_POWERS, *_program(control_room, home)), home) as it:
        _sign_in(it, control_room)
        limits = Path(f"/proc/{it.process.pid}/limits").read_text()
        assert [line.split()[4] for line in limits.splitlines() if line.startswith("Max core")] == ["0"]
        assert [name for name in ("environ", "maps", "mem") if _reads(it.process.pid, name)] == []
        if shutil.which("gcore"):
            dump = (*_WITHOUT_POWERS, "gcore", "-o", str(home / "dump"), str(it.process.pid))
            assert subprocess.run(dump, capture_output=True, check=False, cwd=home).returncode != 0
        assert not [path for path in home.rglob("*") if path.name.startswith("dump")]
        os.kill(it.process.pid, signal.SIGKILL)
        it.end()
