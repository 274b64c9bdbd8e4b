"""A private temporary folder for a run's socket or certificate."""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from a360tui.demo.errors import DemoError

LONGEST_SOCKET_PATH = 103
"""Bytes; every system accepts a Unix socket's path of this length."""
_PREFIX = "a360tui-demo-"
_LONGEST_NAME = len(_PREFIX) + 30
_UNLOCKED_TIME = 60.0
"""Seconds for which a new folder may be without its run's lock."""


@contextmanager
def private_folder() -> Iterator[Path]:
    """A new folder that only this user can enter, removed at the end, as are those of runs that were killed."""
    for parent in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp makes it 0700
        if not parent or len(os.fsencode(parent)) + _LONGEST_NAME > LONGEST_SOCKET_PATH:
            continue
        with suppress(OSError):
            folder = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=parent, ignore_cleanup_errors=True)
            break
    else:
        raise DemoError("There is no folder for temporary files that can be written to.")
    with folder as path, _held(path):
        _remove_left_behind(Path(parent))
        yield Path(path)


@contextmanager
def _held(path: str) -> Iterator[None]:
    """A lock on the folder that lasts as long as its run lives, however that ends and in whatever container."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_SH)
        yield
    finally:
        os.close(fd)


def _remove_left_behind(parent: Path) -> None:
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # somebody else's, held by its run, or just removed
            fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                state = os.fstat(fd)
                is_ours = state.st_uid == os.getuid() and stat.S_IMODE(state.st_mode) == stat.S_IRWXU
                if is_ours and time.time() - state.st_mtime > _UNLOCKED_TIME:
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder)
            finally:
                os.close(fd)
