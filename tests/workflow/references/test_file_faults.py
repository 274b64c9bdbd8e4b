"""A value in a file, when the operating system refuses, runs out of space, or the process dies in the middle."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

OLD = "KEY=the-old-key\n"
NEW = "KEY=the-new-key\n"
ROOM = str(Path(__file__).parents[3])

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else, or mounts")
traced = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


@pytest.fixture
def file(folder: Path) -> Path:
    path = folder / ".env"
    path.write_text(OLD)
    return path


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that everybody may pass through, as not in pytest's own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@dataclass(frozen=True)
class Told:
    """What `one_change` printed."""

    ready: bool
    preflight: str
    result: str
    sentence: str


def change(file: Path, *before: str, user: str = "") -> subprocess.CompletedProcess[str]:
    """Change the key in a process of its own, ``before`` being what starts it."""
    program = [sys.executable, "-m", "tests.workflow.references.one_change"]
    keys = [OLD.removeprefix("KEY=").strip(), NEW.removeprefix("KEY=").strip()]
    command = [*before, *program, str(file), *keys, *([user] if user else [])]
    return subprocess.run(command, cwd=ROOM, capture_output=True, text=True, check=False)


def told(run: subprocess.CompletedProcess[str]) -> Told:
    assert not run.stderr
    return Told(*json.loads(run.stdout))


def in_a_mount(script: str) -> list[str]:
    """What starts a program in a mount namespace of its own, after a line of shell."""
    if subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode:
        pytest.skip("no mount namespaces here")
    return ["unshare", "-m", "sh", "-c", f'{script} && exec "$@"', "sh"]


@root_only
@pytest.mark.parametrize(("uid", "mode", "sentence"), [(65534, 0o500, "permission denied"), (0, 0o755, "someone else")])
def test_a_folder_without_the_right_to_write_is_refused_before(
    uid: int, mode: int, sentence: str, reachable: Path
) -> None:
    """Who may read a file but not replace it hears so from the preflight, and the file stays."""
    folder = reachable / "bots"
    folder.mkdir()
    file = folder / ".env"
    file.write_text(OLD)
    os.chown(file, uid, uid)
    file.chmod(0o644)
    os.chown(folder, uid, uid)
    folder.chmod(mode)
    answer = told(change(file, user="65534"))
    assert (answer.ready, answer.result) == (False, "failed")
    assert sentence in answer.preflight
    assert sentence in answer.sentence
    assert file.read_text() == OLD


@root_only
def test_a_read_only_file_system_is_refused_before(file: Path) -> None:
    """Nothing is tried after the preflight that the preflight did not try."""
    answer = told(
        change(file, *in_a_mount(f"mount --bind {file.parent} {file.parent} && mount -o remount,bind,ro {file.parent}"))
    )
    assert (answer.ready, answer.result) == (False, "failed")
    assert "read-only file system" in answer.preflight
    assert file.read_text() == OLD


@root_only
def test_a_mounted_file_is_refused_before(file: Path) -> None:
    """A file that is a mount point, as in a container, cannot be replaced."""
    other = file.with_name("other")
    other.write_text(OLD)
    answer = told(change(file, *in_a_mount(f"mount --bind {other} {file}")))
    assert (answer.ready, answer.result) == (False, "failed")
    assert "mount point" in answer.preflight
    assert "busy" in answer.sentence
    assert file.read_text() == OLD
    assert other.read_text() == OLD


@root_only
def test_a_full_disk_is_refused_before(file: Path, tmp_path: Path) -> None:
    """Without the space for a second copy the preflight says no, and a change leaves the old file whole."""
    kept, folder = tmp_path / "kept", file.parent
    fill = (
        f"mount -t tmpfs -o size=16k,mode=0700 none {folder} && cp {kept} {file} && "
        f"(cat /dev/zero > {folder}/zeros 2> {tmp_path}/full; true)"
    )
    kept.write_text(OLD + "#" * 3000)
    show = tmp_path / "shown"
    before = in_a_mount(fill)
    before[4] = before[4].replace('exec "$@"', f'"$@" && cp {file} {show}')
    answer = told(change(file, *before))
    assert (answer.ready, answer.result) == (False, "failed")
    assert "no space left" in answer.preflight
    assert show.read_text() == kept.read_text()


@root_only
def test_a_protected_file_is_refused_before(file: Path) -> None:
    """A file that chattr protects passes for a writable one until the rename: the preflight notices before."""
    if (
        shutil.which("chattr") is None
        or subprocess.run(["chattr", "+i", file], check=False, capture_output=True).returncode
    ):
        pytest.skip("no chattr here")
    try:
        answer = told(change(file))
    finally:
        subprocess.run(["chattr", "-i", file], check=True)
    assert (answer.ready, answer.result) == (False, "failed")
    assert "not permitted" in answer.preflight
    assert file.read_text() == OLD


@traced
def test_content_is_on_disk_before_its_name_and_the_name_before_the_answer(file: Path, tmp_path: Path) -> None:
    """The order is: sync the new file, rename it, sync the folder."""
    log = tmp_path / "log"
    run = change(file, "strace", "-f", "-qq", "-y", "-o", str(log), "-e", "trace=fsync,rename,renameat,renameat2")
    assert told(run).result == "updated"
    calls = [line.split(maxsplit=1)[1] for line in log.read_text().splitlines()]
    last = [re.sub(r"-[0-9a-f]{16}\.tmp", ".tmp", call.replace(f"{file.parent}", "bots")) for call in calls[-3:]]
    assert re.match(r"fsync\(\d+<bots/\.a360tui\.tmp>\) += 0", last[0])
    assert re.match(r'renameat2?\(\d+<bots>, "\.a360tui\.tmp", \d+<bots>, "\.env"', last[1])
    assert re.match(r"fsync\(\d+<bots>\) += 0", last[2])


@traced
@pytest.mark.parametrize("syscall", ["fsync", "renameat", "fchmod", "unlinkat", "flock"])
def test_a_death_at_any_step_leaves_the_old_file_or_the_new_one(syscall: str, folder: Path) -> None:
    """Killed at each such call in turn, the file is whole, and the next change finishes and leaves nothing behind."""
    hits = 0
    for number in range(1, 20):
        file = folder / f"{number}" / ".env"
        file.parent.mkdir(mode=0o700)
        file.write_text(OLD)
        log = folder / f"log-{number}"
        inject = f"inject={syscall}:signal=KILL:when={number}"
        killed = change(file, "strace", "-f", "-qq", "-o", str(log), "-e", f"trace={syscall}", "-e", inject)
        assert file.read_text() in (OLD, NEW)
        if killed.returncode == 0:
            break
        hits += 1
        assert "killed by SIGKILL" in log.read_text()
        assert told(change(file)).result == "updated"
        assert file.read_text() == NEW
        assert [file] == list(file.parent.iterdir())
    assert hits > 0
