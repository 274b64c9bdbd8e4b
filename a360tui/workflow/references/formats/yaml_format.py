"""A string in a YAML file, as `ruamel.yaml` reads it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import ScalarNode

from a360tui.secret import Secret
from a360tui.text import shortened
from a360tui.workflow.references.formats.editing import THE_VALUE, Reading
from a360tui.workflow.references.formats.limits import DEEPEST
from a360tui.workflow.references.key_path import KeyPath
from a360tui.workflow.references.refusal import Absent, Unreadable, Unsupported

_STRING = "tag:yaml.org,2002:str"

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Plain words that some readers of YAML 1.1 or 1.2 take for something other than a string."""


@dataclass(frozen=True)
class YamlFormat:
    """YAML 1.2 of one document; the value is a scalar in one line, without a tag and without an anchor."""

    path: KeyPath
    bom: ClassVar[bool] = True

    def read(self, text: str) -> Reading:
        """Walk the parser's events to the value; the rest is every other event, with its value, style and anchor.

        An alias is never followed, since it stands for a value elsewhere.
        """
        events = _events(text)
        event = self._event(events)
        start, end = event.start_mark.index, event.end_mark.index
        if event.style in ("|", ">") or len(text[start:end].splitlines()) > 1:
            raise Unsupported(f"writes {self.path} in more than one line.")
        rest = "\n".join(_description(other, THE_VALUE if other is event else None) for other in events)
        return Reading(start, end, Secret(event.value), Secret(rest))

    def rendered(self, source: str, key: str) -> str:
        """Plain where it was plain and every reader would take the key for a string; quotes stay as they are."""
        if source.startswith("'"):
            return "'" + key.replace("'", "''") + "'"
        if not source.startswith('"') and _PLAIN.fullmatch(key) and key.lower() not in _WORDS:
            return key
        return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def _event(self, events: list[Event]) -> ScalarEvent:
        """The event of the value."""
        if sum(isinstance(event, DocumentStartEvent) for event in events) != 1:
            raise Unsupported("does not hold one document but none or several.")
        index = next(number for number, event in enumerate(events) if isinstance(event, NodeEvent))
        for segment in self.path.segments:
            index = _member(events, index, segment) if isinstance(segment, str) else _item(events, index, segment)
            if isinstance(events[index], AliasEvent):
                raise Unsupported(f"has an alias on the way to {self.path}: name the place that it stands for.")
        event = events[index]
        if not isinstance(event, ScalarEvent):
            raise Unsupported(f"has no string at {self.path}.")
        if event.anchor is not None:
            raise Unsupported(f"has an anchor at {self.path}: other places use the same value.")
        if event.tag is not None:
            raise Unsupported(f"has a tag at {self.path}.")
        if event.implicit[0] and YAML(pure=True).resolver.resolve(ScalarNode, event.value, (True, False)) != _STRING:
            raise Unsupported(f"has no string at {self.path}: write it in quotes.")
        return event


def _events(text: str) -> list[Event]:
    events: list[Event] = []
    depth = 0
    try:
        for event in YAML(pure=True).parse(text):
            events.append(event)
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth > DEEPEST:  # as it is without brackets
                raise Unreadable("is nested too deeply.")
    except MarkedYAMLError as error:
        line = f" (line {error.problem_mark.line + 1})" if error.problem_mark else ""
        problem = f"is not YAML: {shortened(str(error.problem or error.context), 100)}{line}."
    except YAMLError:
        problem = "is not YAML."
    else:
        return events
    raise Unreadable(problem)


def _member(events: list[Event], index: int, name: str) -> int:
    """The index of the value of ``name``, in the mapping that starts at ``index``."""
    if not isinstance(events[index], MappingStartEvent):
        raise Absent(f"has no {name}: there is no mapping around it.")
    children = list(_children(events, index))
    found = [
        value
        for key, value in zip(children[::2], children[1::2], strict=True)
        if isinstance(event := events[key], ScalarEvent) and event.value == name
    ]
    if not found:
        raise Absent(f"has no {name}.")
    if len(found) > 1:
        raise Unsupported(f"has {name} {len(found)} times.")
    return found[0]


def _item(events: list[Event], index: int, number: int) -> int:
    """The index of the item ``number``, in the sequence that starts at ``index``."""
    if not isinstance(events[index], SequenceStartEvent):
        raise Absent(f"has no item {number}: there is no sequence around it.")
    children = list(_children(events, index))
    if number >= len(children):
        raise Absent(f"has no item {number}.")
    return children[number]


def _children(events: list[Event], index: int) -> Iterator[int]:
    """The indexes of the nodes right inside the collection that starts at ``index``."""
    depth = 0
    for number, event in enumerate(events[index:], index):
        if isinstance(event, CollectionEndEvent):
            depth -= 1
            if depth == 0:
                return
        elif depth == 1 and isinstance(event, NodeEvent):
            yield number
        if isinstance(event, CollectionStartEvent):
            depth += 1


def _description(event: Event, value: str | None) -> str:
    """An event without its position in the text; for the value, also without its content and its style."""
    parts: list[Any] = [type(event).__name__, getattr(event, "anchor", None), getattr(event, "tag", None)]
    if value is not None:
        return repr([*parts, value])
    return repr([*parts, *(getattr(event, name, None) for name in ("value", "style", "implicit", "version", "tags"))])
