"""Find the recorded exchanges that read or set the duration, by the duration that the page showed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from a360tui.api.json_pointer import at_pointer, escaped, last_name, leaves
from a360tui.api.wire_duration import SPANS, iso_duration, unit_of_word, whole_number

if TYPE_CHECKING:
    from a360tui.api.call_map import Unit, WireUnit
    from a360tui.workflow.capture.har import Recorded

_TELLING = re.compile(r"duration|expir|life|ttl|valid|age|period|key|secret|token|credential", re.IGNORECASE)
_UNIT_NAME = re.compile(r"unit|period|type", re.IGNORECASE)
_LONGEST_WORD = 20


@dataclass(frozen=True)
class Reading:
    """One way to read the duration from an answer."""

    recorded: Recorded = field(repr=False)
    place: str
    unit: WireUnit
    unit_place: str | None = None
    unit_words: tuple[tuple[Unit, str], ...] = ()
    """The wire's own word for the unit, where it is not one of the usual words."""

    @property
    def is_telling(self) -> bool:
        """Whether a name suggests a duration, or keys."""
        return _TELLING.search(last_name(self.place)) is not None or _TELLING.search(self.place) is not None

    @property
    def value(self) -> Any:
        """What stands there: a number, or a text that spells one or is ISO 8601."""
        return at_pointer(self.recorded.answer, self.place)

    def words(self) -> str:
        """How it is read, in words for people."""
        return unit_words(self.unit, self.unit_place)


@dataclass(frozen=True)
class Writing:
    """A place in a request's body that may hold the duration, in the form of a `Reading`."""

    recorded: Recorded = field(repr=False)
    place: str
    unit_place: str | None


def unit_words(unit: WireUnit, unit_place: str | None) -> str:
    """How a number on the wire is meant, for people."""
    if unit == "beside":
        return f"with its unit at {unit_place}"
    return "in ISO 8601" if unit == "iso8601" else f"in {unit}"


def readings(recorded: Recorded, duration: timedelta) -> list[Reading]:
    """Every way to read the duration that the page showed from an answer."""
    if recorded.method != "GET" or recorded.answer is None:
        return []
    return [
        reading for place, value in leaves(recorded.answer) for reading in _of_leaf(recorded, place, value, duration)
    ]


def writings(recorded: Recorded, reading: Reading) -> list[Writing]:
    """The places in a writing request that have the same name as the place that was read."""
    if recorded.method == "GET" or recorded.sent is None:
        return []
    found: list[Writing] = []
    for place, value in leaves(recorded.sent):
        if last_name(place) != last_name(reading.place) or not _is_alike(value, reading):
            continue
        unit_place = None
        if reading.unit_place is not None:
            unit_place = f"{place.rpartition('/')[0]}/{escaped(last_name(reading.unit_place))}"
            if not isinstance(at_pointer(recorded.sent, unit_place), str):
                continue
        found.append(Writing(recorded, place, unit_place))
    return found


def _of_leaf(recorded: Recorded, place: str, value: Any, duration: timedelta) -> Iterator[Reading]:
    if iso_duration(value) == duration:
        yield Reading(recorded, place, "iso8601")
    number = whole_number(value)
    if not number:
        return
    fitting = [unit for unit, span in SPANS.items() if divmod(duration, span) == (number, timedelta(0))]
    has_unit = False
    for unit_place, word in _words_beside(recorded.answer, place):
        unit = unit_of_word(word)
        has_unit = has_unit or unit is not None
        if unit in fitting:
            yield Reading(recorded, place, "beside", unit_place)
        elif unit is None and _UNIT_NAME.search(last_name(unit_place)):
            yield from (Reading(recorded, place, "beside", unit_place, ((each, word),)) for each in fitting)
    if not has_unit:  # else the number is not to be read without it
        yield from (Reading(recorded, place, each) for each in fitting)


def _words_beside(answer: Any, place: str) -> Iterator[tuple[str, str]]:
    """The short texts in the same object, with their places."""
    parent = place.rpartition("/")[0]
    holder = at_pointer(answer, parent)
    if isinstance(holder, dict):
        for name, value in holder.items():
            if isinstance(value, str) and 0 < len(value) <= _LONGEST_WORD and not whole_number(value):
                yield f"{parent}/{escaped(name)}", value


def _is_alike(value: Any, reading: Reading) -> bool:
    if reading.unit == "iso8601":
        return iso_duration(value) is not None
    return bool(whole_number(value)) and isinstance(value, str) == isinstance(reading.value, str)
