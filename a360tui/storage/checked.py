"""`CheckedFile`: a small JSON file that names its format, and in which a single changed byte is noticed.

It has two lines of JSON: first the name of the format, its version and the SHA-256 of the second line; then the
content. It can be read by people, but is not meant to be edited.
"""

import hashlib
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from a360tui.storage.errors import Damaged, FutureVersion

T = TypeVar("T")

UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)
"""What msgspec raises for bytes that do not decode: ``UnicodeDecodeError``, a ValueError, where they are not UTF-8."""


class _Head(msgspec.Struct, frozen=True):
    format: str
    version: int
    sha256: str


class CheckedFile(Generic[T]):
    """One format: turns a value of its type into the bytes of a file, and back."""

    def __init__(self, name: str, version: int, content: type[T]) -> None:
        self._name = name
        self._version = version
        self._decoder = msgspec.json.Decoder(content)

    def encode(self, value: T) -> bytes:
        """The bytes for a value; a `Secret` in it is a TypeError, since these files are not encrypted."""
        body = msgspec.json.encode(value) + b"\n"
        return self._head(body) + body

    def decode(self, raw: bytes, path: Path) -> T:
        """The value that the bytes hold; ``path`` is for messages.

        Raises `Damaged` (empty, cut off, changed, another file altogether) or `FutureVersion`.
        """
        if not raw:
            raise Damaged(path, "is empty, and should not be")
        head, _, body = raw.partition(b"\n")
        if head + b"\n" != self._head(body):
            raise FutureVersion(path) if self._is_newer(head, body) else Damaged(path, "is damaged")
        try:
            return self._decoder.decode(body)
        except UNREADABLE:
            raise Damaged(path, "has content of another kind") from None

    def _head(self, body: bytes) -> bytes:
        return msgspec.json.encode(_Head(self._name, self._version, hashlib.sha256(body).hexdigest())) + b"\n"

    def _is_newer(self, head: bytes, body: bytes) -> bool:
        try:
            said = msgspec.json.decode(head, type=_Head)
        except UNREADABLE:
            return False
        whole = said.sha256 == hashlib.sha256(body).hexdigest()
        return whole and said.format == self._name and said.version > self._version
