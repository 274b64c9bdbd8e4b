"""Locks between processes, one for each Control Room and user; the kernel releases them when the holder dies."""

import fcntl
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import msgspec

from a360tui.storage.binding import Binding
from a360tui.storage.checked import UNREADABLE
from a360tui.storage.errors import DiskFailed, LockHeld
from a360tui.storage.files import Folder
from a360tui.storage.locations import Location, Locations

_PAUSE = 0.02
"""Seconds between two attempts at a lock that is waited for."""


_MOMENT = 0.5
"""Seconds that a holder may take to write its name after taking a lock."""


class Holder(msgspec.Struct, frozen=True):
    """The holder of a lock, as it wrote itself into the file."""

    pid: int
    host: str
    since: datetime
    """UTC."""


class Lock:
    """A lock that is held; `release` it, or use it as a context manager.

    It is ``flock`` on a file of mode 0600 that is never deleted, so two processes can never lock two different files.
    """

    def __init__(self, fd: int) -> None:
        self._fd: int | None = fd

    @classmethod
    def acquire(cls, location: Location, name: str, what: str, *, wait: float = 0.0) -> Self:
        """Take the lock ``name`` in a folder, at once or within ``wait`` seconds.

        ``what`` describes it for people, as in "*the key of jdoe at …* is held by process 4711".

        Raises `LockHeld` with the holder, `FolderRefused`, `FileRefused`, `DiskFailed`.
        """
        with Folder.make(location) as folder:
            try:
                fd = _opened(folder, name)
            except OSError as error:
                raise DiskFailed(_locking(what), error) from None
        try:
            _wait_for(fd, what, wait)
            _sign(fd)
        except BaseException:
            os.close(fd)
            raise
        return cls(fd)

    def release(self) -> None:
        """Let go of it; a second time does nothing."""
        if self._fd is not None:
            fd, self._fd = self._fd, None
            with suppress(OSError):
                os.ftruncate(fd, 0)
            os.close(fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.release()


def lock_key(locations: Locations, binding: Binding) -> Lock:
    """The lock under which the key of one user of one Control Room is changed; raises `LockHeld` at once."""
    return Lock.acquire(locations.locks, f"{binding.file_stem}.lock", f"The key of {binding}")


def _opened(folder: Folder, name: str) -> int:
    try:
        return folder.create(name)
    except FileExistsError:
        return folder.open(name, os.O_RDWR)


def _wait_for(fd: int, what: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not _locked(fd, what):
        if time.monotonic() >= end:
            raise _held(fd, what)
        time.sleep(_PAUSE)


def _locked(fd: int, what: str) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise DiskFailed(_locking(what), error, "The file system may not know locks.") from None
    return True


def _locking(what: str) -> str:
    return f"Locking {what[:1].lower()}{what[1:]}"


def _sign(fd: int) -> None:
    """Write who holds the lock. This is for people only: the lock holds even if writing fails."""
    holder = Holder(os.getpid(), os.uname().nodename, datetime.now(UTC).replace(microsecond=0))
    try:
        os.ftruncate(fd, 0)
        os.pwrite(fd, msgspec.json.encode(holder) + b"\n", 0)
    except OSError:
        return


def _held(fd: int, what: str) -> LockHeld:
    """The error, naming the holder; a holder that has just taken the lock gets a moment to write its name."""
    end = time.monotonic() + _MOMENT
    while not (holder := _holder(fd)) and time.monotonic() < end:
        time.sleep(_PAUSE)
    if not holder:
        return LockHeld(what)
    return LockHeld(what, pid=holder.pid, host=holder.host, since=holder.since)


def _holder(fd: int) -> Holder | None:
    """The holder that the file names; None where it names none, or one that has died."""
    try:
        holder = msgspec.json.decode(os.pread(fd, 4096, 0), type=Holder)
        if holder.host == os.uname().nodename:
            os.kill(holder.pid, 0)
    except PermissionError:
        return holder
    except (OSError, OverflowError, *UNREADABLE):
        return None
    return holder
