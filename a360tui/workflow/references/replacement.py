"""Replace the content of another program's file and keep its owner, mode and attributes.

The new content is written to a file beside it, which gets the same owner, mode and attributes, is synced and renamed
over it; then the folder is synced. A process that dies on the way leaves the old file or the new one, and at most a
temporary file, which nobody can read who cannot read the file itself, and which the next `locked` deletes.
"""

import errno
import fcntl
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from a360tui.storage.files import sync
from a360tui.workflow.references.foreign_file import ForeignFile, Snapshot, marks, reason
from a360tui.workflow.references.refusal import Changed, Unwritable

_TEMPORARY = re.compile(r"\.a360tui-[0-9a-f]{16}\.tmp")
_SPARE = 4096
"""Bytes that a rehearsal writes on top of the file's size, since a new key may be longer."""

_LOCK_SECONDS = 10.0
_POLL_SECONDS = 0.05
_ABANDONED_SECONDS = 3600.0
"""Seconds; where the folder cannot be locked, an older temporary file counts as abandoned."""

_NO_LOCKS = frozenset({errno.EBADF, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL})
"""What ``flock`` raises for a folder on a file system that cannot lock folders, such as NFS."""


@contextmanager
def locked(file: ForeignFile) -> Iterator[None]:
    """Keep other a360tui processes from writing in the file's folder, and delete what one that died left there."""
    with _refusing():
        is_locked = _lock(file.folder)
    try:
        with _refusing():
            _clear(file.folder, 0.0 if is_locked else _ABANDONED_SECONDS)
        yield
    finally:
        if is_locked:
            fcntl.flock(file.folder, fcntl.LOCK_UN)


def rehearse(file: ForeignFile, before: Snapshot) -> None:
    """Do all of `replace` but the rename, with a file of zeros; raises `Unwritable` with what would fail."""
    if str(file.path) in _mount_points():
        raise Unwritable("is a mount point: nothing can be put in its place.")
    try:
        os.close(file.descriptor(os.O_WRONLY))
    except OSError as error:
        # A mode that forbids writing does not forbid the rename; a flag against change (EPERM) does.
        if error.errno != errno.EACCES:
            raise Unwritable(f"cannot be written: {reason(error)}.") from error
    with _beside(file, before, bytes(len(before.data) + _SPARE)):
        pass


def replace(file: ForeignFile, before: Snapshot, data: bytes) -> None:
    """Replace what was read by ``data``, durable when this returns.

    Raises `Changed` where somebody has written the file since, and `Unwritable` where it failed: the file then has its
    old content or, if only the folder's sync failed, the new one.
    """
    name = file.path.name
    with _beside(file, before, data) as temporary:
        if marks(os.stat(name, dir_fd=file.folder, follow_symlinks=False)) != marks(before.status):
            raise Changed("was changed by another program at this moment.")
        os.rename(temporary, name, src_dir_fd=file.folder, dst_dir_fd=file.folder)
        sync(file.folder)


def make_durable(file: ForeignFile) -> None:
    """Sync a file that already has the new content, since the process that wrote it may have died before."""
    with _refusing():
        descriptor = file.descriptor(os.O_RDONLY)
        try:
            sync(descriptor)
        finally:
            os.close(descriptor)
        sync(file.folder)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unwritable(f"cannot be written: {reason(error)}.") from error


@contextmanager
def _beside(file: ForeignFile, before: Snapshot, data: bytes) -> Iterator[str]:
    """The name of a synced file beside the other, like it in all but the content; deleted afterwards unless renamed."""
    name = f".a360tui-{secrets.token_hex(8)}.tmp"
    with _refusing():
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(name, flags, 0o600, dir_fd=file.folder)
        try:
            with os.fdopen(descriptor, "wb") as temporary:
                temporary.write(data)
                temporary.flush()
                _take_over(descriptor, before)
                sync(descriptor)
            yield name
        finally:
            with suppress(OSError):  # renamed, which is well, or not removable now: then the next lock removes it
                os.unlink(name, dir_fd=file.folder)


def _take_over(descriptor: int, before: Snapshot) -> None:
    """Give a new file the owner, attributes and mode of the old one.

    The mode last, since a new owner clears bits of it.
    """
    fresh = os.fstat(descriptor)
    if (fresh.st_uid, fresh.st_gid) != (before.status.st_uid, before.status.st_gid):
        os.fchown(descriptor, before.status.st_uid, before.status.st_gid)
    for name, value in before.attributes.items():
        try:
            os.setxattr(descriptor, name, value)
        except OSError:
            # A label of the system's own (SELinux) may be set by the system only, which labels new files itself.
            if not name.startswith("security."):
                raise
    os.fchmod(descriptor, stat.S_IMODE(before.status.st_mode))


def _lock(folder: int) -> bool:
    """Lock a folder; ``False`` where its file system cannot do that."""
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Unwritable("is in a folder where another a360tui is writing.", "Try again.") from None
            time.sleep(_POLL_SECONDS)
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return False
            raise
        else:
            return True


def _clear(folder: int, age: float) -> None:
    """Delete this module's temporary files that are at least ``age`` seconds old."""
    for name in filter(_TEMPORARY.fullmatch, os.listdir(folder)):
        with suppress(FileNotFoundError):
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if status.st_uid == os.geteuid() and time.time() - status.st_mtime >= age:
                os.unlink(name, dir_fd=folder)


def _mount_points() -> frozenset[str]:
    """The mount points, on Linux; empty elsewhere."""
    try:
        with Path("/proc/self/mountinfo").open(encoding="utf-8", errors="surrogateescape") as table:
            fields = [line.split(" ", 5)[4] for line in table]
    except OSError:
        return frozenset()
    return frozenset(re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), field) for field in fields)
