"""Read the exchanges with one Control Room from a HAR file, as Chromium, Edge or Firefox saves it.

The file holds passwords, tokens and keys. What is read from it stays in memory, is left out of every ``repr``, and no
message quotes it.
"""

from __future__ import annotations

import base64
import gzip
import os
import stat
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

from a360tui.api.wire_duration import whole_number
from a360tui.api.wire_json import Misfit, decode_raw
from a360tui.errors import InvalidInput
from a360tui.origin import DEFAULT_PORTS
from a360tui.text import harmless
from a360tui.workflow.capture.instructions import WITH_CONTENT
from a360tui.workflow.capture.trimmed_json import LONGEST_TEXT, TOO_LONG, TrimmedJson

if TYPE_CHECKING:
    from a360tui.api import Address

LARGEST = 200 * 1024 * 1024
"""Bytes; the limit for a file, uncompressed."""

_DEPTH = 64
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SUCCESS = range(200, 300)

_ENTRY = "log.entries.item"
_FIELDS = {
    f"{_ENTRY}.startedDateTime": "started",
    f"{_ENTRY}.request.method": "method",
    f"{_ENTRY}.request.url": "url",
    f"{_ENTRY}.request.postData.text": "sent",
    f"{_ENTRY}.response.status": "status",
    f"{_ENTRY}.response.content.text": "content",
    f"{_ENTRY}.response.content.encoding": "encoding",
}
_HEADER = f"{_ENTRY}.request.headers.item"
_SAVE_AGAIN = "Save it again in the browser."


@dataclass(frozen=True, slots=True)
class Recorded:
    """One exchange with the Control Room that succeeded."""

    number: int
    """The number of the entry in the file, from 1."""
    clock: str
    """The time, as ``20:31:05``; empty where the file does not say."""
    method: str
    target: str = field(repr=False)
    """Path and query as they were sent."""
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    sent: Any = field(repr=False)
    """The JSON of the request; ``None`` where there was none."""
    status: int
    answer: Any = field(repr=False)
    """The JSON of the answer; ``None`` where there was none."""
    lacks_content: bool
    """Whether the file lacks the answer."""

    @property
    def path(self) -> str:
        """The path without its query."""
        return self.target.partition("?")[0]


@dataclass
class Survey:
    """What a file holds, to report what was searched."""

    entries: int = 0
    there: int = 0
    """Exchanges with the Control Room."""
    without_content: int = 0
    """Exchanges whose answer is not in the file."""
    elsewhere: Counter[str] = field(default_factory=Counter)
    """How many entries each host has."""


class HarFile:
    """One file, which can be read more than once."""

    def __init__(self, path: Path, address: Address) -> None:
        self._path = path
        self._origin = (address.scheme, address.host, address.port)
        self.survey = Survey()
        """What the last reading found."""

    def recorded(self) -> Iterator[Recorded]:
        """The successful exchanges with the Control Room, in the order of the file, without CORS preflights.

        Raises `InvalidInput` on the field ``har`` for a file that is no HAR file, or not whole.
        """
        self.survey = survey = Survey()
        for entry, headers in self._entries():
            survey.entries += 1
            found = self._exchange(entry, headers)
            if found is not None:
                survey.there += 1
                survey.without_content += found.lacks_content
                if found.status in _SUCCESS and found.method not in {"OPTIONS", "HEAD", ""}:
                    yield found
        if not survey.entries:
            raise InvalidInput(
                f"{self._name} is not a HAR file, or an empty one: there are no exchanges in it.",
                "Save it from the browser's Network panel.",
                field="har",
            )

    @property
    def _name(self) -> str:
        return harmless(str(self._path))

    def _entries(self) -> Iterator[tuple[dict[str, Any], list[tuple[str, str]]]]:
        import ijson  # type: ignore[import-untyped]  # it has no types

        with self._opened() as file:
            try:
                yield from _grouped(ijson.parse(TrimmedJson(file, LARGEST), use_float=True))
            except ijson.IncompleteJSONError:
                # Its words quote the file.
                fault = "is not JSON to its end: it was cut off, or it is not a HAR file"
            except (ijson.JSONError, UnicodeDecodeError):
                fault = "is not JSON"
            except (EOFError, zlib.error, gzip.BadGzipFile):
                fault = "is compressed, and damaged"
            else:
                return
        raise InvalidInput(f"{self._name} {fault}.", _SAVE_AGAIN, field="har")

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        try:
            with self._path.open("rb") as plain:
                if not stat.S_ISREG(os.fstat(plain.fileno()).st_mode):
                    raise InvalidInput(f"{self._name} is not a plain file.", field="har")
                head = plain.read(3)
                if head.startswith(_UTF_16):
                    raise InvalidInput(f"{self._name} is UTF-16, which no browser saves.", _SAVE_AGAIN, field="har")
                plain.seek(3 if head == _BOM else 0)
                if not head.startswith(_GZIP):
                    yield plain
                    return
                with gzip.open(plain) as unpacked:
                    yield unpacked  # type: ignore[misc]  # it reads as a file does
        except OSError as error:
            if isinstance(error, gzip.BadGzipFile):
                raise InvalidInput(f"{self._name} is compressed, and damaged.", _SAVE_AGAIN, field="har") from None
            raise InvalidInput(f"{self._name} cannot be read: {harmless(error.strerror or '')}.", field="har") from None

    def _exchange(self, entry: dict[str, Any], headers: list[tuple[str, str]]) -> Recorded | None:
        """The entry, if it is with the Control Room."""
        url = entry.get("url")
        try:
            parts = urlsplit(url if isinstance(url, str) else "")
            origin = (parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 0))
        except ValueError:
            return None
        if origin != self._origin:
            if parts.hostname:
                self.survey.elsewhere[harmless(parts.netloc.rpartition("@")[2])] += 1
            return None
        content, encoding = entry.get("content"), entry.get("encoding")
        status, method = entry.get("status"), entry.get("method")
        started = entry.get("started")
        return Recorded(
            entry["number"],
            harmless(started[11:19]) if isinstance(started, str) else "",
            method.upper() if isinstance(method, str) else "",
            (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            tuple(headers),
            _json(entry.get("sent")),
            whole_number(status) or 0,
            _json(_decoded(content) if encoding == "base64" else content),
            not content or content == TOO_LONG,
        )


def _grouped(events: Iterable[tuple[str, str, Any]]) -> Iterator[tuple[dict[str, Any], list[tuple[str, str]]]]:
    """The parts of an entry that are read, and its request's headers."""
    entry: dict[str, Any] = {}
    headers: list[tuple[str, str]] = []
    name = ""
    for prefix, event, value in events:
        if prefix == _ENTRY:
            if event == "start_map":
                entry, headers = {"number": entry.get("number", 0) + 1}, []
            elif event == "end_map":
                yield entry, headers
        elif prefix in _FIELDS:
            entry[_FIELDS[prefix]] = value
        elif prefix == f"{_HEADER}.name":
            name = value
        elif prefix == f"{_HEADER}.value" and isinstance(name, str) and isinstance(value, str):
            headers.append((name, value))


def nothing_there(survey: Survey, address: Address) -> InvalidInput:
    """The error for a file without any exchange with the Control Room."""
    hosts = ", ".join(f"{host} ({count})" for host, count in survey.elsewhere.most_common(5))
    return InvalidInput(
        f"None of the {survey.entries} exchanges in the file is with {address.display}, but with: {hosts or 'nobody'}.",
        "Give the address that the browser shows, with --control-room or a profile.",
        field="har",
    )


def content_hint(survey: Survey) -> str:
    """What to do if answers are missing from the file; empty where none is."""
    if not survey.without_content:
        return ""
    return f"{survey.without_content} of its {survey.there} answers are not in the file. {WITH_CONTENT}"


def _json(text: Any) -> Any:
    if not isinstance(text, str | bytes) or not text or text == TOO_LONG:
        return None
    try:
        return decode_raw(text.encode("utf-8", "replace") if isinstance(text, str) else text, _DEPTH)
    except Misfit:
        return None


def _decoded(text: Any) -> bytes:
    """The bytes of a base64 text, decompressed if need be; empty where it is not base64."""
    try:
        raw = base64.b64decode(text, validate=False) if isinstance(text, str) else b""
        if raw.startswith(_GZIP):
            raw = zlib.decompressobj(wbits=31).decompress(raw, LONGEST_TEXT)
    except (ValueError, zlib.error):
        return b""
    return raw
