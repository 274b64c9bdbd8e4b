"""A process that gets hardly any files, memory or threads."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from a360tui.crash import is_shortage, report
from tests.cli.conftest import Program, Served, program, served, with_role

__all__ = ["program", "served", "with_role"]

MEGABYTE = 1024 * 1024

with_limits = pytest.mark.skipif(shutil.which("prlimit") is None, reason="limits are set with prlimit")
with_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="threads are refused with strace")


def generate(program: Program, room: Served, *under: str) -> subprocess.CompletedProcess[str]:
    """Make a key in a process that ``under`` starts: it is on stdout and signs in, or none was made and it is said."""
    command = ("--control-room", room.url, "--username", "creator", "--password-stdin", "key", "generate", "--yes")
    done = subprocess.run(
        [*under, sys.executable, "-m", "a360tui", *command],
        input=room.password("creator"),
        capture_output=True,
        text=True,
        env=program.environment,
        check=False,
    )
    program.secrets.add(room.password("creator"))
    program.check_talk(done.stderr)
    room.state()
    made = room.value("SELECT count(*) FROM api_keys WHERE user_id = (SELECT id FROM users WHERE username='creator')")
    assert made == (1 if done.stdout else 0)
    assert done.stdout or (done.returncode in {1, 2} and done.stderr)
    if done.stdout:
        assert program.run_with_key(room, "creator", done.stdout.strip(), "key", "test").code == 0
    return done


@with_limits
@pytest.mark.parametrize("most", range(6, 14))
def test_few_files(program: Program, with_role: Served, most: int) -> None:
    """However few files may be open: the new key is on stdout, or none was made and a sentence says what failed."""
    generate(program, with_role, "prlimit", f"--nofile={most}")


@with_limits
@pytest.mark.parametrize("megabytes", range(42, 66, 4))
def test_little_memory(program: Program, with_role: Served, megabytes: int) -> None:
    """However soon memory ends, in the middle of a rotation too: the key is printed, or none was made."""
    generate(program, with_role, "prlimit", f"--as={megabytes * MEGABYTE}")


@with_strace
@pytest.mark.parametrize("which", ["1", "2", "1+", "2+"])
def test_no_thread(program: Program, with_role: Served, tmp_path: Path, which: str) -> None:
    """A thread or a process that the system refuses, one or all from then on: the key is printed, or none was made."""
    log = tmp_path / "log"
    calls = "clone,clone3,fork,vfork"
    done = generate(
        program,
        with_role,
        *("strace", "-f", "-qq", "-o", str(log), "-e", f"trace={calls}"),
        *("-e", f"inject={calls}:error=EAGAIN:when={which}"),
    )
    assert "INJECTED" in log.read_text()
    assert "no more memory or threads" in done.stderr


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (MemoryError(), True),
        (RuntimeError("can't start new thread"), True),
        (RuntimeError("can't start new thread", "canary"), False),
        (RuntimeError("canary"), False),
        (None, False),
    ],
)
def test_what_the_machine_lacks_is_no_mistake_of_the_program(error: Exception | None, short: bool) -> None:
    """It is said as that, with what to do, and nobody is asked to report it."""
    said = report(error)
    assert (is_shortage(error), "ulimit" in said, "Please report" in said) == (short, short, not short)
    assert "canary" not in said
    assert len(said.splitlines()) == 3
