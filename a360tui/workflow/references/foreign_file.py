"""A file that belongs to another program, read with its mode, owner and attributes.

It is reached through its folder's descriptor, so that nothing that happens to the path later can redirect a write.
`a360tui.workflow.references.replacement` writes it.
"""

import errno
import os
import shlex
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from a360tui.workflow.references.kinds import shown_path
from a360tui.workflow.references.refusal import Absent, Unreadable, Unsupported

LARGEST = 128 << 10
"""Bytes; the limit for a file."""

_GROUP_OR_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file's content, and what a new file in its place takes over."""

    data: bytes
    status: os.stat_result
    attributes: dict[str, bytes]
    """Extended attributes, access control lists among them; empty where the system has none."""


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A regular file of this user in a folder that nobody else may write to; use `opened`."""

    path: Path
    """The file's path, with links resolved."""
    folder: int
    """The descriptor of the folder that it is in."""

    def read(self) -> Snapshot:
        """The content; raises a `Refusal` for anything but a regular file of this user of at most 128 KiB."""
        with _refusing():
            _refuse_unfit(os.stat(self.path.name, dir_fd=self.folder, follow_symlinks=False))
            with os.fdopen(self.descriptor(os.O_RDONLY), "rb") as file:
                status = os.fstat(file.fileno())
                _refuse_unfit(status)
                data = file.read(LARGEST + 1)
                attributes = _attributes(file.fileno())
        if len(data) > LARGEST:
            raise Unsupported("is larger than 128 KiB.")
        return Snapshot(data, status, attributes)

    def descriptor(self, flags: int) -> int:
        """Open the file itself, never through a link and without blocking; raises `OSError`."""
        return os.open(
            self.path.name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, dir_fd=self.folder
        )


@contextmanager
def opened(path: str) -> Iterator[ForeignFile]:
    """Resolve a path, with its links, and hold the folder of the file open.

    Raises a `Refusal` where nothing is there, or where somebody else could put another file in its place.
    """
    given = Path(path)
    with _refusing():
        target = given.resolve(strict=True)
        _refuse_unsafe(given.parent, given.parent.stat())
        folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _refuse_unsafe(target.parent, os.fstat(folder))
        yield ForeignFile(target, folder)
    finally:
        os.close(folder)


def marks(status: os.stat_result) -> tuple[int, ...]:
    """What differs once a file has been written or replaced: device, inode, size and times."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def reason(error: OSError) -> str:
    """The system's message for an error, in lower case: ``permission denied``."""
    return (error.strerror or type(error).__name__).lower()


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise Absent("is not there.") from None
    except (OSError, RuntimeError) as error:  # pathlib's RuntimeError is a link that leads to itself
        if isinstance(error, OSError) and error.errno != errno.ELOOP:
            raise Unreadable(f"cannot be read: {reason(error)}.") from error
        raise Unreadable("cannot be read: its link leads in a circle.") from error


def _refuse_unfit(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise Unsupported("is a folder.")
    if not stat.S_ISREG(status.st_mode):
        raise Unsupported("is not a regular file.")
    if status.st_size > LARGEST:
        raise Unsupported("is larger than 128 KiB.")
    if os.geteuid() not in (0, status.st_uid):
        raise Unsupported("belongs to someone else.")
    if status.st_nlink > 1:
        raise Unsupported(f"has {status.st_nlink} names (hard links), of which only one would get the new key.")


def _refuse_unsafe(folder: Path, status: os.stat_result) -> None:
    if status.st_mode & _GROUP_OR_OTHERS_WRITE:
        shown = shown_path(folder)
        raise Unsupported(f"is in a folder that others may write, {shown}.", f"chmod go-w {shlex.quote(str(folder))}")
    if os.geteuid() != 0 and status.st_uid not in (0, os.geteuid()):
        raise Unsupported("is in a folder that belongs to someone else.")


def _attributes(descriptor: int) -> dict[str, bytes]:
    if sys.platform != "linux":
        return {}
    try:
        return {name: os.getxattr(descriptor, name) for name in os.listxattr(descriptor)}
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENOSYS):
            return {}
        raise
