"""A string in a TOML file, as `tomllib` reads it."""

import re
import secrets
import tomllib
from dataclasses import dataclass
from typing import Any, ClassVar

import tomlkit

from a360tui.text import shortened
from a360tui.workflow.references.formats.editing import Reading
from a360tui.workflow.references.formats.tree import value_and_rest
from a360tui.workflow.references.key_path import KeyPath
from a360tui.workflow.references.refusal import Unreadable, Unsupported

_ONE_LINE_STRING = re.compile(r'"(?:[^"\\\r\n]|\\.)*"|\'[^\'\r\n]*\'')


@dataclass(frozen=True)
class TomlFormat:
    """TOML 1.0, with tables, dotted keys, inline tables and arrays of tables."""

    path: KeyPath
    bom: ClassVar[bool] = False

    def read(self, text: str) -> Reading:
        """Read with `tomllib`.

        Tomlkit replaces the value by a mark, and what it left unchanged around that is the span.
        """
        value, rest = value_and_rest(_parsed(text), self.path)
        mark = secrets.token_hex(16)
        marked = self._marked(text, mark)
        start = marked.find(f'"{mark}"')
        head, tail = marked[:start], marked[start + len(mark) + 2 :]
        if start < 0 or not (text.startswith(head) and text.endswith(tail) and len(head) + len(tail) <= len(text)):
            raise Unsupported(f"writes {self.path} in a way that cannot be changed alone.")
        source = text[start : len(text) - len(tail)]
        if not _ONE_LINE_STRING.fullmatch(source):
            raise Unsupported(f"writes {self.path} in more than one line, or not as one string.")
        return Reading(start, start + len(source), value, rest)

    def rendered(self, source: str, key: str) -> str:
        """A literal string where there was one and that is possible; otherwise a basic string."""
        if source.startswith("'") and "'" not in key:
            return f"'{key}'"
        return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def _marked(self, text: str, mark: str) -> str:
        *way, last = self.path.segments
        try:
            document = tomlkit.parse(text)
            container: Any = document
            for segment in way:
                container = container[segment]
            container[last] = mark
            return tomlkit.dumps(document)
        except Exception:  # noqa: BLE001  # tomllib read it, so this is tomlkit's own limit: the file is left alone
            return ""


def _parsed(text: str) -> Any:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = f"is not TOML: {shortened(str(error), 100)}."
    except ValueError:
        problem = "has a number that is too long to be read."
    raise Unreadable(problem)
