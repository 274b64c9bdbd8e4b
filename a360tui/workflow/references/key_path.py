"""Key paths: how a person names one value in a TOML, JSON, YAML or INI file.

Names are joined by dots, an index stands in brackets, and a name that is more than letters, digits, ``_`` and ``-`` is
quoted as in JSON: ``a360.api_key``, ``servers[0].key``, ``"a360.prod".api_key``, ``[1]``.
"""

import json
import re
from dataclasses import dataclass

from a360tui.errors import InvalidInput

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_INDEX = re.compile(r"\[(0|[1-9][0-9]{0,5})\]")
_QUOTED = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')

LONGEST = 1000
"""Characters a key path may have."""


@dataclass(frozen=True)
class KeyPath:
    """The path from the top of a document to one value."""

    segments: tuple[str | int, ...]
    """Names as text, indexes (from 0) as numbers; at least one."""

    @classmethod
    def parse(cls, text: str) -> "KeyPath":
        """Parse what a person typed; raises `InvalidInput` on the field ``key_path``."""
        if not text or len(text) > LONGEST:
            raise _invalid("A key path is needed" if not text else "The key path is too long")
        segments: list[str | int] = []
        position = 0
        while position < len(text):
            if index := _INDEX.match(text, position):
                segments.append(int(index[1]))
                position = index.end()
                continue
            if segments:
                if text[position] != ".":
                    raise _invalid(f"The key path cannot be read at character {position + 1}")
                position += 1
            name, position = _name(text, position)
            segments.append(name)
        return cls(tuple(segments))

    def __str__(self) -> str:
        """The form that `parse` turns back into the same path."""
        written = ""
        for segment in self.segments:
            if isinstance(segment, int):
                written += f"[{segment}]"
                continue
            name = segment if _BARE.fullmatch(segment) else json.dumps(segment)
            written += f".{name}" if written else name
        return written


def _name(text: str, position: int) -> tuple[str, int]:
    if bare := _BARE.match(text, position):
        return bare[0], bare.end()
    quoted = _QUOTED.match(text, position)
    try:
        name = json.loads(quoted[0]) if quoted else None
    except ValueError:
        name = None
    if quoted is None or not isinstance(name, str):
        raise _invalid(f"The key path lacks a name at character {position + 1}")
    return name, quoted.end()


def _invalid(what: str) -> InvalidInput:
    return InvalidInput(f"{what}.", 'Write it as a360.api_key, servers[0].key or "a.b".key.', field="key_path")
