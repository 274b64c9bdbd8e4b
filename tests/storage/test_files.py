"""Files and folders: closed to others, never through a link, whole or not there."""

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from a360tui.storage.errors import Damaged, FileRefused, FolderRefused
from a360tui.storage.files import LARGEST, Folder
from a360tui.storage.locations import Location

NOBODY = 65534


@pytest.fixture
def place(tmp_path: Path) -> Location:
    return Location(tmp_path, ("ours", "inner"))


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): stat.S_IMODE(path.lstat().st_mode) for path in folder.rglob("*")}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_modes_whatever_the_umask(place: Location, umask: int) -> None:
    """Folders are made 0700 and files 0600, not widened or narrowed afterwards."""
    before = os.umask(umask)
    try:
        with Folder.make(place) as folder:
            folder.replace("file", b"1", keep_previous=True)
            folder.replace("file", b"2", keep_previous=True)
    finally:
        os.umask(before)
    assert modes(place.base) == {"ours": 0o700, "ours/inner": 0o700} | {
        f"ours/inner/{name}": 0o600 for name in ("file", "file.previous")
    }


def test_missing_folders_above_are_made_for_us_alone(tmp_path: Path) -> None:
    """A home without ``.local/share`` gets one that is 0700 throughout."""
    with Folder.make(Location(tmp_path / ".local/share", ("ours",))):
        pass
    assert set(modes(tmp_path).values()) == {0o700}


def test_one_generation_is_kept_or_none(place: Location) -> None:
    """The previous content stands beside the file, unless no trace of it may be left."""
    with Folder.make(place) as folder:
        for content in (b"1", b"2", b"3"):
            folder.replace("file", content, keep_previous=True)
        assert (folder.read("file"), folder.read("file.previous")) == (b"3", b"2")
        folder.replace("file", b"4", keep_previous=False)
        assert (folder.read("file"), folder.read("file.previous")) == (b"4", None)
        assert folder.remove("file")
        assert not folder.remove("file")
        assert folder.names() == []


def test_what_an_interrupted_write_left_is_cleared_away(place: Location) -> None:
    """The next write of the same file deletes half-written ones, and nobody else's."""
    with Folder.make(place) as folder:
        for name in (
            ".file.0123456789abcdef.tmp",
            ".file.previous.0123456789abcdef.tmp",
            ".file.b.0123456789abcdef.tmp",
        ):
            os.close(folder.create(name))
        folder.replace("file", b"1", keep_previous=True)
        assert sorted(folder.every_name()) == [".file.b.0123456789abcdef.tmp", "file"]


def link_to_folder(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def a_file(path: Path) -> None:
    path.rmdir()
    path.write_text("")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (link_to_folder, "is a link"),
        (a_file, "is not a folder"),
        (lambda path: path.chmod(0o755), "open to others (mode 0755)"),
        (lambda path: path.chmod(0o770), "open to others (mode 0770)"),
        (lambda path: path.chmod(0o1703), "open to others (mode 1703)"),
    ],
    ids=["link", "file", "readable", "group", "writable"],
)
@pytest.mark.parametrize("part", ["ours", "ours/inner"])
def test_a_folder_that_is_no_safe_place(place: Location, harm: Callable[[Path], None], words: str, part: str) -> None:
    """Each folder of ours is refused in words when it is a link, no folder, or open; nothing is written behind it."""
    place.path.mkdir(parents=True, mode=0o700)
    (place.base / "ours").chmod(0o700)
    if part == "ours":
        place.path.rmdir()
    harm(place.base / part)
    before = sorted(place.base.rglob("*"))
    for use in (Folder.make, Folder.find):
        with pytest.raises(FolderRefused) as refused:
            use(place)
        assert words in refused.value.message
        assert str(place.base / part) in refused.value.message
    assert sorted(place.base.rglob("*")) == before


def link_to_file(path: Path) -> None:
    path.with_name("target").write_text("target")
    path.symlink_to("target")


def open_to(path: Path, mode: int) -> None:
    path.touch()
    path.chmod(mode)


def giant(path: Path) -> None:
    path.touch(0o600)
    os.truncate(path, LARGEST + 1)


@pytest.mark.parametrize(
    ("harm", "error"),
    [
        (link_to_file, FileRefused),
        (lambda path: path.symlink_to("nowhere"), FileRefused),
        (lambda path: os.mkfifo(path, 0o600), FileRefused),
        (lambda path: path.mkdir(0o700), FileRefused),
        (lambda path: path.symlink_to("/dev/zero"), FileRefused),
        (lambda path: open_to(path, 0o644), FileRefused),
        (lambda path: open_to(path, 0o620), FileRefused),
        (giant, Damaged),
    ],
    ids=["link", "dangling link", "fifo", "folder", "device", "readable", "writable", "giant"],
)
def test_a_file_that_is_none_of_ours(place: Location, harm: Callable[[Path], object], error: type[Exception]) -> None:
    """What stands under the name of a file is neither followed, nor read, nor replaced; and nothing hangs."""
    with Folder.make(place) as folder:
        harm(place.path / "file")
        before = sorted(place.path.rglob("*"))
        with pytest.raises(error):
            folder.read("file")
        with pytest.raises(error):
            folder.replace("file", b"new", keep_previous=True)
        assert sorted(place.path.rglob("*")) == before


def test_a_folder_that_is_replaced_under_our_hands(place: Location) -> None:
    """What is written goes where the check was made, not where the name leads later."""
    with Folder.make(place) as folder:
        place.path.rename(place.path.with_name("moved"))
        place.path.symlink_to("/tmp")
        folder.replace("a360tui-test-file", b"1", keep_previous=False)
    assert (place.path.with_name("moved") / "a360tui-test-file").read_bytes() == b"1"


def outcome(program: str, *arguments: str | Path) -> str:
    """What a program of ours in a process of its own printed."""
    done = subprocess.run(
        [sys.executable, "-c", f"{PROLOGUE}{program}", *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


PROLOGUE = """
import os, resource, sys
from pathlib import Path
from a360tui.storage import Folder, Location
from a360tui.storage.errors import StorageError
base = Path(sys.argv[1])
place = Location(base, ("ours",))
def tried(work):
    try: print(work())
    except StorageError as error: print(type(error).__name__, error)
"""

AS_NOBODY = f"os.setgroups([]); os.setresgid(*[{NOBODY}] * 3); os.setresuid(*[{NOBODY}] * 3)\n"
"""Rights are dropped within the process: a test's interpreter may be where nobody else reaches it."""


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that every user reaches and only we may write into."""
    if os.geteuid() != 0:
        pytest.skip("another user can be tried by root only")
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_folder_of_somebody_else_is_refused(shared: Path) -> None:
    """A folder that belongs to another user, as after sudo, is no place for ours."""
    (shared / "ours").mkdir(mode=0o700)
    os.chown(shared / "ours", NOBODY, NOBODY)
    assert outcome("tried(lambda: Folder.make(place))", shared) == (
        f"FolderRefused {shared}/ours belongs to user {NOBODY}, and you are 0. "
        "Run a360tui as its owner, or move it away."
    )


def test_a_folder_that_cannot_be_made_is_refused(shared: Path) -> None:
    """Without the right to write, the refusal says so, and nothing is made elsewhere."""
    said = outcome(f"{AS_NOBODY}tried(lambda: Folder.make(place))", shared)
    assert said == f"FolderRefused {shared}/ours cannot be used: Permission denied. Nothing was written."
    assert list(shared.iterdir()) == []


def test_a_file_of_somebody_else_is_refused(shared: Path) -> None:
    """A file that another user put into our folder is not read."""
    (shared / "ours").mkdir(mode=0o700)
    (shared / "ours/file").touch(0o600)
    os.chown(shared / "ours/file", NOBODY, NOBODY)
    assert outcome("tried(lambda: Folder.make(place).read('file'))", shared).startswith(
        f"FileRefused {shared}/ours/file belongs to user {NOBODY}, and you are 0."
    )


def test_a_write_that_fails_leaves_the_old_content(place: Location) -> None:
    """A disk that is full in the middle of a write is an error in words; the file is as it was, nothing beside it."""
    with Folder.make(place) as folder:
        folder.replace("file", b"old", keep_previous=True)
        program = """
place = Location(base, ("ours", "inner"))
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
tried(lambda: Folder.make(place).replace("file", bytes(10_000), keep_previous=True))
"""
        assert outcome(program, place.base).startswith(f"DiskFailed Writing {place.path}/file failed: File too large.")
        assert folder.read("file") == b"old"
        assert set(folder.every_name()) <= {"file", "file.previous"}


def test_durable_before_it_is_named_and_named_before_it_returns(place: Location, tmp_path: Path) -> None:
    """The order of the system calls: fsync of the file, rename, fsync of the folder, for each generation."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed (apt: strace)")
    with Folder.make(place) as folder:
        folder.replace("file", b"old", keep_previous=True)
    log = tmp_path / "strace.log"
    program = PROLOGUE + 'Folder.make(Location(base, ("ours", "inner"))).replace("file", b"new", keep_previous=True)'
    calls = "trace=fsync,rename,renameat,renameat2"
    subprocess.run(
        [strace, "-f", "-qq", "-y", "-o", log, "-e", calls, sys.executable, "-c", program, place.base],
        check=True,
        timeout=60,
    )
    lines = [line for line in log.read_text().splitlines() if str(place.path) in line]
    kinds = [re.sub(r"^\d+ +(fsync|rename)\w*\(.*", r"\1", line) for line in lines]
    assert kinds == ["fsync", "rename", "fsync", "rename", "fsync"]
    assert ".file.previous." in lines[0]
    assert ".file." in lines[2]
    assert lines[4].rstrip().endswith(f"<{place.path}>) = 0")
