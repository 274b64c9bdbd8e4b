"""`TrimmedJson`: reads a JSON file without the texts that are too long to matter.

A HAR file holds whole scripts and pictures as texts of many megabytes. They are skipped before a parser sees them, so
that the memory it takes does not depend on the file.
"""

import re
from typing import BinaryIO

from a360tui.errors import InvalidInput

LONGEST_TEXT = 1024 * 1024
"""Bytes; a longer text is replaced. The calls that are looked for are far shorter."""
TOO_LONG = "(a360tui: too long, left out)"
"""Replaces a text that is too long."""

_DEEPEST = 200
_CHUNK = 256 * 1024
_PART_OF_TEXT = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_QUOTE = ord('"')


class TrimmedJson:
    """A file object for a parser: `read` gives bytes, and an empty piece at the end."""

    def __init__(self, file: BinaryIO, largest: int) -> None:
        """``largest`` is how many bytes the file may have; above that, `read` raises `InvalidInput`."""
        self._file = file
        self._left = largest
        self._depth = 0
        self._in_text = False
        self._escaped = False
        """Whether the last chunk ended between a backslash and what it escapes."""
        self._text = bytearray()
        self._too_long = False

    def read(self, size: int = -1) -> bytes:
        """Some bytes, more or fewer than ``size``."""
        if size == 0:
            return b""
        while True:
            chunk = self._file.read(_CHUNK)
            if not chunk:
                return b""
            self._left -= len(chunk)
            if self._left < 0:
                raise InvalidInput(
                    "The file is too large: up to 200 MB can be read.",
                    "Clear the list in the browser just before the button is pressed, and save it just after.",
                    field="har",
                )
            if trimmed := self._trimmed(chunk):
                return trimmed

    def _trimmed(self, chunk: bytes) -> bytes:
        out = bytearray()
        at = 0
        while at < len(chunk):
            at = self._take_text(chunk, at, out) if self._in_text else self._take_structure(chunk, at, out)
        return bytes(out)

    def _take_structure(self, chunk: bytes, at: int, out: bytearray) -> int:
        """Everything up to the next text."""
        end = chunk.find(b'"', at)
        part = chunk[at:] if end < 0 else chunk[at:end]
        self._depth += part.count(b"[") + part.count(b"{") - part.count(b"]") - part.count(b"}")
        if self._depth > _DEEPEST:
            raise InvalidInput("The file is nested too deep for one that a browser saved.", field="har")
        out += part
        if end < 0:
            return len(chunk)
        self._in_text, self._too_long = True, False
        self._text.clear()
        return end + 1

    def _take_text(self, chunk: bytes, at: int, out: bytearray) -> int:
        """Collect as much of a text as is there; the text is passed on once it has ended."""
        if self._escaped:
            self._keep(chunk[at : at + 1])
            self._escaped = False
            return at + 1
        match = _PART_OF_TEXT.match(chunk, at)
        end = match.end() if match else at
        self._keep(chunk[at:end])
        if end == len(chunk):
            return end
        if chunk[end] == _QUOTE:
            out += b'"' + (TOO_LONG.encode() if self._too_long else self._text) + b'"'
            self._in_text = False
        else:
            self._keep(chunk[end : end + 1])
            self._escaped = True
        return end + 1

    def _keep(self, part: bytes) -> None:
        if self._too_long:
            return
        self._text += part
        if len(self._text) > LONGEST_TEXT:
            self._too_long = True
            self._text.clear()
