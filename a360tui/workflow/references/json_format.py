"""A string in a JSON file, as `json` reads it."""

import json
import re
from dataclasses import dataclass
from typing import Any, ClassVar

from a360tui.secret import Secret
from a360tui.workflow.references.editing import Reading, Spot
from a360tui.workflow.references.key_path import KeyPath
from a360tui.workflow.references.refusal import Absent, Unreadable, Unsupported
from a360tui.workflow.references.tree import value_and_rest

_BLANK = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class JsonFormat:
    """JSON in the form that `json.loads` takes, which has no comments."""

    path: KeyPath
    bom: ClassVar[bool] = True

    def locate(self, text: str) -> Spot:
        """Walk to the value, the decoder skipping what is beside the way; names on the way are unique."""
        _parsed(text)
        index = _blank(text, 0)
        for segment in self.path.segments:
            index = _member(text, index, segment) if isinstance(segment, str) else _item(text, index, segment)
        value, end = _DECODER.raw_decode(text, index)
        if not isinstance(value, str):
            raise Unsupported(f"has a {type(value).__name__} at {self.path}, not a string.")
        return Spot(index, end, Secret(value))

    def rendered(self, source: str, key: str) -> str:  # noqa: ARG002  # JSON has one style
        """JSON has one way to write a string."""
        return json.dumps(key)

    def read(self, text: str) -> Reading:
        """Read by `json.loads`."""
        return value_and_rest(_parsed(text), self.path)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        problem = f"is not JSON (line {error.lineno}, column {error.colno})."
    except ValueError:
        problem = "has a number that is too long to be read."
    raise Unreadable(problem)


def _member(text: str, index: int, name: str) -> int:
    """Where the value of the member ``name`` begins, in the object at ``index``."""
    if text[index] != "{":
        raise Absent(f"has no {name}: there is no object around it.")
    found: list[int] = []
    index = _blank(text, index + 1)
    while text[index] != "}":
        key, index = _DECODER.raw_decode(text, index)
        index = _blank(text, _blank(text, index) + 1)
        if key == name:
            found.append(index)
        index = _after_value(text, index)
    if not found:
        raise Absent(f"has no {name}.")
    if len(found) > 1:
        raise Unsupported(f"has {name} {len(found)} times.")
    return found[0]


def _item(text: str, index: int, number: int) -> int:
    """Where the item ``number`` begins, in the array at ``index``."""
    if text[index] != "[":
        raise Absent(f"has no item {number}: there is no array around it.")
    index = _blank(text, index + 1)
    for _ in range(number):
        if text[index] == "]":
            break
        index = _after_value(text, index)
    if text[index] == "]":
        raise Absent(f"has no item {number}.")
    return index


def _after_value(text: str, index: int) -> int:
    """Where the next member or item begins, or the bracket that ends them, after the value at ``index``."""
    _, index = _DECODER.raw_decode(text, index)
    index = _blank(text, index)
    return _blank(text, index + 1) if text[index] == "," else index


def _blank(text: str, index: int) -> int:
    match = _BLANK.match(text, index)
    return match.end() if match else index
