"""Turn a recorded request into what a call map may keep: its constants, and placeholders for the user.

Everything else is left out and named in `Template.withheld`: a header by its name, a parameter and a field by its
place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from a360tui.api.call_rules import OWN_HEADERS
from a360tui.api.json_pointer import escaped, last_name, leaves
from a360tui.workflow.capture.private_values import PrivateValues, is_identifier

if TYPE_CHECKING:
    from a360tui.workflow.capture.har import Recorded

_BROWSER_HEADERS = OWN_HEADERS | frozenset(
    [
        *("accept-charset", "accept-language", "cache-control", "dnt", "if-match", "if-modified-since"),
        *("if-none-match", "pragma", "priority", "range", "referer", "save-data", "sec-gpc"),
        *("upgrade-insecure-requests", "x-forwarded-for", "x-requested-with-id"),
    ]
)
"""Headers, in lower case, that a browser or a proxy adds; so are those that begin with ``:`` or ``sec-``."""

_NAMED_ID = re.compile(r"(?:^|[^A-Za-z])[iI][dD]$|[a-z](?:Id|ID)$|[a-z]_id$")
_NAMED_PERSON = re.compile(r"user|principal|account|owner|member|person|people|identity", re.IGNORECASE)
_GONE = object()
"""Stands for a value that is not kept."""


@dataclass(frozen=True)
class Doubt:
    """A value that may or may not be the user's own."""

    name: str
    """The name it stands under: a field, or the part of the path before it."""
    value: str | int
    in_path: bool = False

    @property
    def text(self) -> str:
        """The value as text."""
        return str(self.value)


IsOwn = Callable[[Doubt], bool]
"""What the person said about a value."""


@dataclass
class Template:
    """The part of a request that is kept."""

    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    withheld: list[str] = field(default_factory=list)


def doubts(recorded: Recorded, private: PrivateValues) -> list[Doubt]:
    """The values in a request that a person has to be asked about, without duplicates."""
    found = [Doubt(name, unquote(part), in_path=True) for name, part in _named_parts(recorded.path)]
    found += [Doubt(last_name(place), value) for place, value in leaves(recorded.sent) if _may_be_id(value)]
    return list(dict.fromkeys(each for each in found if _is_doubtful(each, private)))


def template_of(recorded: Recorded, private: PrivateValues, is_own: IsOwn) -> Template | None:
    """The part of a request that may be kept; ``None`` where its path holds a value that may be secret."""
    return _Maker(private, is_own).template(recorded)


def shown_path(recorded: Recorded, private: PrivateValues) -> str:
    """The path for people, without the values that may be secret."""
    return "/".join(
        part if _is_plain(text, private) or is_identifier(text) or private.placeholder(text) else "…"
        for part, text in ((part, unquote(part)) for part in recorded.path.split("/"))
    )


class _Maker:
    """Makes the template of one request."""

    def __init__(self, private: PrivateValues, is_own: IsOwn) -> None:
        self._private = private
        self._is_own = is_own
        self._withheld: list[str] = []

    def template(self, recorded: Recorded) -> Template | None:
        path = self._path(recorded.path)
        if path is None:
            return None
        path += self._query(recorded.target.partition("?")[2])
        headers = dict(self._headers(recorded.headers))
        body = self._body(recorded.sent, "")
        return Template(path, headers, None if body is _GONE else body, self._withheld)

    def _own(self, value: Doubt) -> str | None:
        """The placeholder for a value that is the user's own; ``None`` for others."""
        placeholder = self._private.placeholder(value.text)
        if placeholder is not None and _NAMED_PERSON.search(value.name):
            return placeholder
        if _is_doubtful(value, self._private) and self._is_own(value):
            return placeholder or "{userId}"
        return None

    def _path(self, path: str) -> str | None:
        parts = [""]
        for name, part in _named_parts(path):
            text = unquote(part)
            own = self._own(Doubt(name, text, in_path=True))
            known = is_identifier(text) or self._private.placeholder(text) is not None
            if own is None and not known and not _is_plain(text, self._private):
                return None
            parts.append(own or quote(text, safe=":@!$&'()*+,;=~"))
        return "/".join(parts)

    def _query(self, query: str) -> str:
        kept: list[str] = []
        for pair in filter(None, query.split("&")):
            name, equals, value = pair.partition("=")
            name, text = unquote(name), unquote(value)
            own = self._own(Doubt(name, text))
            if own is not None:
                kept.append(f"{quote(name, safe='')}={own}")
            elif not text or self._private.is_constant(name, text):
                kept.append(pair if equals else quote(name, safe=""))
            else:
                self._withheld.append(f"?{name}")
        return f"?{'&'.join(kept)}" if kept else ""

    def _headers(self, headers: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
        for name, value in headers:
            lowered = name.lower()
            if lowered in _BROWSER_HEADERS or lowered.startswith((":", "sec-")):
                continue
            own = self._private.placeholder(value) if _NAMED_PERSON.search(name) else None
            if own is not None or self._private.is_constant(name, value):
                yield name, own or value
            else:
                self._withheld.append(name)

    def _body(self, value: Any, place: str) -> Any:
        """The value, reduced to what may be kept of it."""
        if isinstance(value, dict):
            parts = {name: self._body(part, f"{place}/{escaped(name)}") for name, part in value.items()}
            return {name: part for name, part in parts.items() if part is not _GONE}
        if isinstance(value, list):
            items = [self._body(part, f"{place}/{index}") for index, part in enumerate(value)]
            return [part for part in items if part is not _GONE]
        name = last_name(place)
        own = self._own(Doubt(name, value)) if _may_be_id(value) else None
        if own is not None:
            return "{userId:number}" if isinstance(value, int) else own
        if isinstance(value, str) and value:
            known = _is_doubtful(Doubt(name, value), self._private)  # and the person said: the same for everybody
            if not known and not self._private.is_constant(name, value):
                self._withheld.append(place)
                return _GONE
        return value


def _named_parts(path: str) -> Iterator[tuple[str, str]]:
    """The segments of a path, each with the one before it."""
    parts = path.split("/")
    yield from pairwise(parts)


def _may_be_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _is_doubtful(doubt: Doubt, private: PrivateValues) -> bool:
    is_users = private.placeholder(doubt.text) is not None
    names_person = _NAMED_PERSON.search(doubt.name) is not None
    if is_users and names_person:
        return False
    if doubt.in_path or names_person or _NAMED_ID.search(doubt.name):
        return is_users or is_identifier(doubt.text)
    return is_users and isinstance(doubt.value, str)


def _is_plain(text: str, private: PrivateValues) -> bool:
    """Whether it is an ordinary word of a path; there even the names that secrets have are harmless."""
    return not text or private.is_constant("", text)
