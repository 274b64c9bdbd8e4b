"""A string in a JSON file, as `json` reads it."""

import json
import re
from dataclasses import dataclass
from typing import Any, ClassVar

from a360tui.workflow.references.formats.editing import Reading
from a360tui.workflow.references.formats.tree import value_and_rest
from a360tui.workflow.references.key_path import KeyPath
from a360tui.workflow.references.refusal import Unreadable, Unsupported

_BLANK = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class JsonFormat:
    """JSON as `json.loads` reads it, which has no comments."""

    path: KeyPath
    bom: ClassVar[bool] = True

    def read(self, text: str) -> Reading:
        """Read with `json.loads`; walk to the value, and let the decoder skip everything on the way."""
        value, rest = value_and_rest(_parsed(text), self.path)
        index = _blank(text, 0)
        for segment in self.path.segments:
            index = _member(text, index, segment) if isinstance(segment, str) else _item(text, index, segment)
        _, end = _DECODER.raw_decode(text, index)
        return Reading(index, end, value, rest)

    def rendered(self, source: str, key: str) -> str:  # noqa: ARG002  # JSON has one style
        """The key as a JSON string, whatever the ``source``."""
        return json.dumps(key)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        problem = f"is not JSON (line {error.lineno}, column {error.colno})."
    except ValueError:
        problem = "has a number that is too long to be read."
    raise Unreadable(problem)


def _member(text: str, index: int, name: str) -> int:
    """The index at which the value of the member ``name``, which exists, begins in the object at ``index``."""
    found: list[int] = []
    index = _blank(text, index + 1)
    while text[index] != "}":
        key, index = _DECODER.raw_decode(text, index)
        index = _blank(text, _blank(text, index) + 1)
        if key == name:
            found.append(index)
        index = _after_value(text, index)
    if len(found) > 1:
        raise Unsupported(f"has {name} {len(found)} times.")
    return found[0]


def _item(text: str, index: int, number: int) -> int:
    """The index at which the item ``number``, which exists, begins in the array at ``index``."""
    index = _blank(text, index + 1)
    for _ in range(number):
        index = _after_value(text, index)
    return index


def _after_value(text: str, index: int) -> int:
    """The index of the next member or item, or of the closing bracket, after the value at ``index``."""
    _, index = _DECODER.raw_decode(text, index)
    index = _blank(text, index)
    return _blank(text, index + 1) if text[index] == "," else index


def _blank(text: str, index: int) -> int:
    match = _BLANK.match(text, index)
    return match.end() if match else index
