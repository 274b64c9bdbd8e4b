"""`Slots`: two files, created before a key is made, that take the bytes of the answer as they arrive, sealed.

Only sealing, ``pwrite`` and ``fsync`` are left to do when the bytes arrive: the files are open, their space is
allocated, pyrage is loaded and the recipient is read. A slot is a block of `HEAD` bytes that says whose it is, then
frames: length and CRC-32 of an age message (4 bytes each, big-endian), and the message. Zeros follow the last one.
"""

import os
import struct
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import msgspec

from a360tui.storage.age import Identity, Recipient
from a360tui.storage.binding import Binding
from a360tui.storage.checked import CheckedFile
from a360tui.storage.errors import Damaged, DiskFailed, StorageError
from a360tui.storage.files import Folder, sync, write_all
from a360tui.storage.locations import Location
from a360tui.text import harmless

SIZE = 64 * 1024
"""Bytes allocated for each slot; the file grows for a longer answer."""

HEAD = 4096
"""Bytes before the first frame."""

_ENDING = ".slot"
_FRAME = struct.Struct(">II")


class SlotHead(msgspec.Struct, frozen=True):
    """Whose answer the slot holds; nothing in it is secret."""

    rotation: str
    """The name of the rotation, as in the journal."""
    binding: Binding
    recipient: str
    opened: datetime
    """UTC."""


_HEAD_FILE = CheckedFile("a360tui slot", 1, SlotHead)


class RawAnswer:
    """The bytes of an answer, as far as they were kept; since they hold a key, only `reveal` gives them away."""

    __slots__ = ("_content", "cut")

    def __init__(self, content: bytes, *, cut: bool) -> None:
        self._content = content
        self.cut = cut
        """Whether the file ends within a frame, or is shorter than it was made, so that bytes may be missing."""

    def reveal(self) -> bytes:
        """The bytes as they came over the wire, from the first on."""
        return self._content

    def __len__(self) -> int:
        return len(self._content)

    def __repr__(self) -> str:
        return f"RawAnswer(•••, {len(self._content)} bytes{', cut' if self.cut else ''})"


class _OpenSlot:
    """One of the files, and the bytes that could not be written into it yet."""

    def __init__(self, folder: Folder, name: str) -> None:
        self.path = folder.path / name
        self.fd = folder.create(name)
        self._end = HEAD
        self._waiting = b""

    def allocate(self, head: bytes) -> None:
        if sys.platform == "darwin":  # it has no posix_fallocate
            write_all(self.fd, bytes(SIZE))
        else:
            os.posix_fallocate(self.fd, 0, SIZE)
        os.pwrite(self.fd, head, 0)
        sync(self.fd)

    @property
    def durable(self) -> bool:
        return not self._waiting

    def append(self, frame: bytes) -> None:
        """Write all frames that failed before, and this one; after a failed fsync a page that was lost looks clean."""
        self._waiting += frame
        written = 0
        while written < len(self._waiting):
            written += os.pwrite(self.fd, self._waiting[written:], self._end + written)
        sync(self.fd)
        self._end += written
        self._waiting = b""


class Slots:
    """The open slots of one rotation; not async, but quick, since `append` is called as the key arrives."""

    def __init__(self, slots: Sequence[_OpenSlot], recipient: Recipient) -> None:
        self._slots = slots
        self._recipient = recipient
        self.paths = tuple(slot.path for slot in slots)
        """The files, for the journal and for people."""
        self.failures: list[DiskFailed] = []
        """What went wrong while appending, oldest first."""

    @classmethod
    def open(cls, locations: Sequence[Location], rotation: str, binding: Binding, recipient: Recipient) -> Self:
        """Create one slot in each folder, durable and with room for an answer: all of them, or none and an error.

        Raises `FolderRefused`, `DiskFailed`: then no key may be made.
        """
        head = _HEAD_FILE.encode(SlotHead(rotation, binding, recipient.text, datetime.now(UTC).replace(microsecond=0)))
        opened: list[_OpenSlot] = []
        try:
            for location in locations:
                with Folder.make(location) as folder:
                    opened.append(_OpenSlot(folder, rotation + _ENDING))
                    opened[-1].allocate(head)
                    sync(folder.fd)
        except OSError as error:
            _remove(opened)
            raise DiskFailed(f"Making room for the new key in {location}", error) from None
        except StorageError:
            _remove(opened)
            raise
        return cls(opened, recipient)

    @property
    def durable(self) -> bool:
        """Whether at least one slot has everything that was appended."""
        return any(slot.durable for slot in self._slots)

    def append(self, chunk: bytes) -> None:
        """Seal a piece of the answer and make it durable in each slot, before anybody looks at it.

        A failing disk raises nothing, since the rest of the answer has to be read: see `durable` and `failures`. An
        empty piece only retries what has failed.
        """
        frame = b""
        if chunk:
            sealed = self._recipient.seal(chunk)
            frame = _FRAME.pack(len(sealed), zlib.crc32(sealed)) + sealed
        for slot in self._slots:
            try:
                slot.append(frame)
            except OSError as error:
                self.failures.append(DiskFailed(f"Safekeeping the answer in {harmless(str(slot.path))}", error))

    def close(self) -> None:
        """Close the files; they stay on disk."""
        for slot in self._slots:
            os.close(slot.fd)
        self._slots = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot as it was found on disk, still sealed."""

    rotation: str
    path: Path
    head: SlotHead | None
    """None where it is damaged; the frames can be read without it."""
    frames: tuple[bytes, ...]
    """The complete frames, in order; each is an age message."""
    cut: bool
    """As in `RawAnswer.cut`."""

    def open(self, identity: Identity) -> RawAnswer:
        """The answer, up to the first frame that does not open; raises `NotOurs` where the first one does not."""
        opened: list[bytes] = []
        for frame in self.frames:
            try:
                opened.append(identity.unseal(frame, self.path))
            except Damaged:
                if not opened:
                    raise
                return RawAnswer(b"".join(opened), cut=True)
        return RawAnswer(b"".join(opened), cut=self.cut)


def find_slots(locations: Iterable[Location], rotation: str | None = None) -> list[Slot]:
    """The slots of one rotation, or all that there are, in the order of ``locations``.

    A missing folder has none. A folder or file that cannot be read does not hide what is in the others. Only where no
    other slot has a frame is the first such error raised, since the answer may be behind it: `FolderRefused`,
    `FileRefused`, `DiskFailed`.
    """
    slots: list[Slot] = []
    troubles: list[StorageError] = []
    for location in locations:
        try:
            found = Folder.find(location)
            if found is not None:
                with found as folder:
                    slots += _in_folder(folder, rotation, troubles)
        except StorageError as error:
            troubles.append(error)
    if troubles and not any(slot.frames for slot in slots):
        raise troubles[0]
    return slots


def discard_slots(locations: Iterable[Location], rotation: str) -> None:
    """Delete the slots of a rotation that is over."""
    for location in locations:
        found = Folder.find(location)
        if found is not None:
            with found as folder:
                folder.remove(rotation + _ENDING)


def _in_folder(folder: Folder, rotation: str | None, troubles: list[StorageError]) -> Iterator[Slot]:
    for name in folder.names():
        stem = name.removesuffix(_ENDING)
        if stem == name or rotation not in {None, stem}:
            continue
        try:
            raw = folder.read(name)
        except StorageError as error:
            troubles.append(error)
        else:
            if raw is not None:
                yield _parsed(stem, folder.path / name, raw)


def _parsed(rotation: str, path: Path, raw: bytes) -> Slot:
    try:
        head: SlotHead | None = _HEAD_FILE.decode(raw[:HEAD].rstrip(b"\0"), path)
    except StorageError:
        head = None
    frames, at = [], HEAD
    while at + _FRAME.size <= len(raw):
        length, checksum = _FRAME.unpack_from(raw, at)
        sealed = raw[at + _FRAME.size : at + _FRAME.size + length]
        if not length or len(sealed) < length or zlib.crc32(sealed) != checksum:
            break
        frames.append(sealed)
        at += _FRAME.size + length
    cut = len(raw) < SIZE or any(raw[at:])
    return Slot(rotation, path, head, tuple(frames), cut)


def _remove(slots: Iterable[_OpenSlot]) -> None:
    for slot in slots:
        os.close(slot.fd)
        with suppress(OSError):
            slot.path.unlink()
