"""One at a time, across processes, and it is known who."""

import errno
import fcntl
import json
import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from a360tui.storage import Locations, lock_key
from a360tui.storage.errors import DiskFailed, FileRefused, LockHeld
from a360tui.storage.locks import Holder, Lock
from a360tui.text import harmless
from tests.hostile.payloads import PAYLOADS
from tests.storage.conftest import JDOE

HOLD = """
import sys
from a360tui.storage import Binding, find_locations, lock_key
from a360tui.storage.errors import LockHeld
sys.stdin.readline()
try:
    with lock_key(find_locations(), Binding("https", "cr.example.com", 443, "jdoe")):
        print("held", flush=True)
        sys.stdin.readline()
except LockHeld as held:
    print("refused", held.pid, held, flush=True)
"""


def start() -> "subprocess.Popen[str]":
    """A process that takes the lock when told to, and lets go of it when told to."""
    return subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def tell(process: "subprocess.Popen[str]") -> None:
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def end(process: "subprocess.Popen[str]") -> None:
    process.communicate()


def test_another_process_is_named(locations: Locations) -> None:
    """Who comes second is told the process, the host and since when; after it let go the lock is free."""
    holder = start()
    tell(holder)
    assert said(holder) == "held"
    with pytest.raises(LockHeld) as held:
        lock_key(locations, JDOE)
    assert held.value.pid == holder.pid
    assert held.value.message.startswith(
        f"The key of jdoe at https://cr.example.com is held by process {holder.pid} on {os.uname().nodename} since "
    )
    end(holder)
    with lock_key(locations, JDOE):
        pass


def test_a_dead_holder_holds_nothing(locations: Locations) -> None:
    """A process that is killed leaves its name in the file, and no lock."""
    holder = start()
    tell(holder)
    assert said(holder) == "held"
    holder.send_signal(signal.SIGKILL)
    end(holder)
    with lock_key(locations, JDOE), pytest.raises(LockHeld) as held:
        lock_key(locations, JDOE)
    assert held.value.pid == os.getpid()


def test_a_name_that_a_dead_holder_left_is_not_said(locations: Locations) -> None:
    """Between taking a lock and signing it the file may name who died before: then nobody is named."""
    lock_key(locations, JDOE).release()
    dead = start()
    end(dead)
    (path,) = locations.locks.path.iterdir()
    path.write_bytes(msgspec.json.encode(Holder(dead.pid, os.uname().nodename, datetime.now(UTC))))
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(LockHeld, match="held by another process") as held:
            lock_key(locations, JDOE)
    assert held.value.pid is None


def test_a_file_system_without_locks(locations: Locations, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file system refuses the lock, a sentence says which lock that is."""

    def refuse(_fd: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(DiskFailed, match=r"^Locking the key of jdoe"):
        lock_key(locations, JDOE)


def test_a_holder_with_a_hostile_name(locations: Locations, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the file names as its holder, and whatever the user is called, the sentence about it is harmless."""
    monkeypatch.setattr("a360tui.storage.locks._MOMENT", 0.0)
    named = 0
    for payload in PAYLOADS:
        binding = msgspec.structs.replace(JDOE, username=payload.text.encode("utf-8", "replace").decode())
        lock_key(locations, binding).release()
        path = locations.locks.path / f"{binding.file_stem}.lock"
        path.write_text(json.dumps({"pid": 1, "host": payload.text, "since": "2026-11-23T00:00:00Z"}))
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with pytest.raises(LockHeld) as held:
                lock_key(locations, binding)
        assert harmless(held.value.message) == held.value.message
        named += held.value.pid == 1
    assert named == len(PAYLOADS) - 2  # half a pair, and what is too long, name nobody


def test_of_eight_at_once_one_wins(locations: Locations) -> None:
    """Eight processes that start together: one has the lock, and each other one names it."""
    processes = [start() for _ in range(8)]
    for process in processes:
        tell(process)
    answers = {process.pid: said(process) for process in processes}
    (winner,) = [pid for pid, answer in answers.items() if answer == "held"]
    assert all(f"process {winner} on " in answer for pid, answer in answers.items() if pid != winner)
    for process in processes:
        end(process)
    assert locations.locks.path.is_dir()


def test_others_are_not_in_the_way(locations: Locations) -> None:
    """Each Control Room and user has a lock of its own."""
    others = [
        msgspec.structs.replace(JDOE, username="asmith"),
        msgspec.structs.replace(JDOE, host="cr_example.com"),
        msgspec.structs.replace(JDOE, port=444),
        msgspec.structs.replace(JDOE, username="../../etc/passwd"),
    ]
    held = [lock_key(locations, each) for each in (JDOE, *others)]
    files = list(locations.locks.path.iterdir())
    assert len(files) == 5
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    for lock in held:
        lock.release()
        lock.release()


def test_a_lock_waits_as_long_as_it_is_told(locations: Locations) -> None:
    """Who waits gets the lock as soon as it is free."""
    holder = start()
    tell(holder)
    assert said(holder) == "held"
    tell(holder)
    Lock.acquire(locations.locks, f"{JDOE.file_stem}.lock", "It", wait=60).release()
    end(holder)


def test_a_link_is_no_lock(locations: Locations, tmp_path: Path) -> None:
    """A lock file that leads elsewhere is refused, and what it leads to is left alone."""
    lock_key(locations, JDOE).release()
    path = locations.locks.path / f"{JDOE.file_stem}.lock"
    path.unlink()
    (tmp_path / "target").write_text("target")
    path.symlink_to(tmp_path / "target")
    with pytest.raises(FileRefused):
        lock_key(locations, JDOE)
    assert (tmp_path / "target").read_text() == "target"
