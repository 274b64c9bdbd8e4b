"""Private files that are written whole or not at all: mode 0600 in folders of 0700, replaced atomically."""

import errno
import fcntl
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from a360tui.storage.errors import Damaged, DiskFailed, FileRefused, FolderRefused, reason
from a360tui.storage.locations import Location
from a360tui.text import harmless

PREVIOUS = ".previous"
"""The ending of the file that keeps the previous generation."""

LARGEST = 16 * 1024 * 1024
"""Bytes; none of our files comes near to this size."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_OTHERS_TOUCH = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_CHANGE = stat.S_IWGRP | stat.S_IWOTH
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Folder:
    """A folder of ours, held open by its descriptor: nothing can be slipped in between a check and a use.

    *Ours* means made by this user, mode 0700 and no link, and the same for each folder that `Location.parts` names. A
    context manager. Hold a lock (`a360tui.storage.locks`) to replace a file.
    """

    def __init__(self, fd: int, path: Path) -> None:
        self.fd = fd
        self.path = path
        """For messages; every file is reached through `fd`."""

    @classmethod
    def make(cls, location: Location) -> Self:
        """Open a folder, and create it where it is missing.

        Raises `FolderRefused`: then nothing was written.
        """
        with _refusing(location.path):
            _make_base(location.base)
            return cls(_descend(location, make=True), location.path)

    @classmethod
    def find(cls, location: Location) -> Self | None:
        """Open a folder, if it is there; raises `FolderRefused` where it is no safe place."""
        with _refusing(location.path):
            try:
                return cls(_descend(location, make=False), location.path)
            except FileNotFoundError:
                return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        os.close(self.fd)

    def names(self) -> list[str]:
        """The names of the files, sorted, without those that begin with a dot."""
        with self._failing("Listing", ""):
            return sorted(name for name in self.every_name() if not name.startswith("."))

    def every_name(self) -> list[str]:
        """The names of everything in it, half-written files too; raises `OSError`."""
        return os.listdir(self.fd)  # noqa: PTH208  # pathlib lists no descriptor

    def read(self, name: str, *, by_hand: bool = False) -> bytes | None:
        """The whole file; None where there is none.

        With ``by_hand`` others may be allowed to read the file, but not to change it. Raises `FileRefused` for a link,
        a device, a file of somebody else or open to others, and `Damaged` for one above `LARGEST`.
        """
        with self._failing("Reading", name):
            try:
                fd = self.open(name, os.O_RDONLY, closed_to=_OTHERS_CHANGE if by_hand else _OTHERS_TOUCH)
            except FileNotFoundError:
                return None
            with os.fdopen(fd, "rb") as file:
                content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise Damaged(self.path / name, "is far larger than any file of ours")
        return content

    def replace(self, name: str, content: bytes, *, keep_previous: bool, by_hand: bool = False) -> None:
        """Replace the file atomically; the new content is durable when this returns.

        Afterwards the file has either the old or the new content, even if the machine stops in between. With
        ``keep_previous`` the old content goes to ``name.previous``; without it no trace of the old content is left.
        Raises `DiskFailed`, `FileRefused`.
        """
        old = self.read(name, by_hand=by_hand)
        with self._failing("Writing", name):
            self._tidy(name)
            if keep_previous and old is not None:
                self._put(name + PREVIOUS, old)
            self._put(name, content)
            if not keep_previous:
                with suppress(FileNotFoundError):
                    os.unlink(name + PREVIOUS, dir_fd=self.fd)
            sync(self.fd)

    def create(self, name: str) -> int:
        """Create an empty file and give its descriptor, open for reading and writing.

        Raises `FileExistsError`, `OSError`.
        """
        return os.open(name, _NEW, 0o600, dir_fd=self.fd)

    def open(self, name: str, flags: int, *, closed_to: int = _OTHERS_TOUCH) -> int:
        """Open an existing file of ours, never through a link, and give its descriptor.

        Raises `FileRefused`, `OSError`.
        """
        try:
            fd = os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=self.fd)
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.EMLINK}:
                raise self._refused(name, "is a link", "Remove the link; it was not followed.") from None
            raise
        found = os.fstat(fd)
        fault = _fault(found, stat.S_ISREG(found.st_mode), "a plain file", "600", closed_to)
        if fault:
            os.close(fd)
            raise self._refused(name, *fault)
        return fd

    def rename(self, name: str, new_name: str) -> None:
        """Rename a file or folder, durably; a file that has the new name is replaced."""
        with self._failing("Renaming", name):
            os.rename(name, new_name, src_dir_fd=self.fd, dst_dir_fd=self.fd)
            sync(self.fd)

    def remove(self, name: str) -> bool:
        """Delete a file, its previous generation and what an interrupted write left.

        False where there was no such file.
        """
        with self._failing("Deleting", name):
            self._tidy(name)
            found = [each for each in (name, name + PREVIOUS) if each in self.every_name()]
            for each in found:
                os.unlink(each, dir_fd=self.fd)
            sync(self.fd)
            return name in found

    def set_aside(self, name: str, word: str) -> str:
        """Rename a file or folder out of the way, to something like ``vault.age.damaged-5f1c20aa``.

        Gives the new name.
        """
        aside = f"{name}.{word}-{os.urandom(4).hex()}"
        self.rename(name, aside)
        return aside

    def _tidy(self, name: str) -> None:
        """Delete what an interrupted write of this file left; the caller's lock keeps others from writing it."""
        leftover = re.compile(rf"\.{re.escape(name)}(?:{re.escape(PREVIOUS)})?\.[0-9a-f]{{16}}\.tmp")
        for each in filter(leftover.fullmatch, self.every_name()):
            os.unlink(each, dir_fd=self.fd)

    def _put(self, name: str, content: bytes) -> None:
        temporary = f".{name}.{os.urandom(8).hex()}.tmp"
        fd = self.create(temporary)
        try:
            try:
                write_all(fd, content)
                sync(fd)
            finally:
                os.close(fd)
            os.rename(temporary, name, src_dir_fd=self.fd, dst_dir_fd=self.fd)
        except OSError:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=self.fd)
            raise

    def _refused(self, name: str, what: str, hint: str) -> FileRefused:
        return FileRefused(f"{harmless(str(self.path / name))} {what}.", hint)

    @contextmanager
    def _failing(self, doing: str, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise DiskFailed(f"{doing} {harmless(str(self.path / name))}", error) from None


def write_all(fd: int, content: bytes) -> None:
    """Write every byte at the descriptor's position."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(fd, rest) :]


def sync(fd: int) -> None:
    """Wait until a file or folder is on the disk itself (``fsync``), where the file system can do that."""
    try:
        if sys.platform == "darwin":  # where fsync leaves it in the drive's cache
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        else:
            os.fsync(fd)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some network file systems cannot do it for a folder
            raise


def _make_base(base: Path) -> None:
    missing = []
    while not base.exists():
        missing.append(base)
        base = base.parent
    for folder in reversed(missing):
        with suppress(FileExistsError):
            folder.mkdir(0o700)
        fd = os.open(folder.parent, _FOLDER)
        try:
            sync(fd)
        finally:
            os.close(fd)


def _descend(location: Location, *, make: bool) -> int:
    """Open the folders one below the other, from the base; each is checked through the descriptor that is then used."""
    fd = os.open(location.base, _FOLDER)
    path = location.base
    for part in location.parts:
        above, path = fd, path / part
        try:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, 0o700, dir_fd=above)
                    sync(above)
            fd = _open_folder(part, above, path)
        finally:
            os.close(above)
    return fd


def _open_folder(name: str, above: int, path: Path) -> int:
    found = os.stat(name, dir_fd=above, follow_symlinks=False)
    if stat.S_ISLNK(found.st_mode):
        raise FolderRefused(f"{harmless(str(path))} is a link.", "Put a folder of your own there; it was not followed.")
    fd = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=above)
    fault = _fault(os.fstat(fd), True, "a folder", "700")  # O_DIRECTORY has seen to it that it is one
    if fault:
        os.close(fd)
        raise FolderRefused(f"{harmless(str(path))} {fault[0]}.", fault[1])
    return fd


def _fault(
    found: os.stat_result, right_kind: bool, kind: str, mode: str, closed_to: int = _OTHERS_TOUCH
) -> tuple[str, str] | None:
    """What is wrong with a file or folder, and what to do about it; None where nothing is."""
    if not right_kind:
        return f"is not {kind}", "Move it away."
    if found.st_uid != os.geteuid():
        return (
            f"belongs to user {found.st_uid}, and you are {os.geteuid()}",
            "Run a360tui as its owner, or move it away.",
        )
    if found.st_mode & closed_to:
        return f"is open to others (mode {stat.S_IMODE(found.st_mode):04o})", f"Run chmod {mode} on it."
    return None


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = "is not a folder" if error.errno == errno.ENOTDIR else f"cannot be used: {reason(error)}"
        raise FolderRefused(f"{harmless(str(path))} {what}.", "Nothing was written.") from None
