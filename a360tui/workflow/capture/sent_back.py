"""Find which part of a writing request's body the page had just read, and what it left out.

The page reads settings, changes one value and sends them back. A call map that held the whole body would send the
settings of the day of the recording. So it holds the place that the part was read from, and the part is read again each
time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from a360tui.api.json_pointer import at_pointer, escaped, last_name, leaves, with_value_at


@dataclass(frozen=True)
class SentBack:
    """The parts of a body that come from what was read."""

    parts: dict[str, str]
    """Place in the body → place in the answer."""
    left_out: tuple[str, ...]
    """Places that the answer has and the body lacks."""
    rest: Any
    """The body with null in place of these parts; ``None`` where nothing is left of it."""


def sent_back(body: Any, value_place: str, answer: Any, answer_place: str) -> SentBack:
    """Compare a body with what was read; the two places are where each holds the duration."""
    for outer in _outermost_first(value_place, answer_place):
        place, origin = value_place[: len(value_place) - len(outer)], answer_place[: len(answer_place) - len(outer)]
        part, whole = at_pointer(body, place), at_pointer(answer, origin)
        if isinstance(part, dict) and _is_part(part, whole):
            missing = tuple(_missing(part, whole, place))
            if not place:
                return SentBack({"": origin}, missing, None)
            rest = with_value_at(body, place, None)
            found = _named_alike(rest, answer, value_place)
            return SentBack({place: origin, **found}, missing, _without(rest, found))
    found = _named_alike(body, answer, value_place)
    return SentBack(found, (), _without(body, found))


def _without(body: Any, places: Iterable[str]) -> Any:
    for place in places:
        body = with_value_at(body, place, None)
    return body


def _outermost_first(one: str, other: str) -> Iterator[str]:
    """The endings that two pointers have in common, the longest first; each begins with a slash."""
    ours, theirs = one.split("/")[1:], other.split("/")[1:]
    common = 0
    while common < min(len(ours), len(theirs)) and ours[-1 - common] == theirs[-1 - common]:
        common += 1
    for count in range(common, 0, -1):
        yield "/" + "/".join(ours[-count:])


def _is_part(part: Any, whole: Any) -> bool:
    """Whether the other value has every name of this one, with the same kind of content."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            name in whole and _is_part(each, whole[name]) for name, each in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and len(part) == len(whole) and all(map(_is_part, part, whole))
    return not isinstance(whole, dict | list)


def _missing(part: Any, whole: Any, place: str) -> Iterator[str]:
    if isinstance(part, dict):
        for name, each in whole.items():
            inner = f"{place}/{escaped(name)}"
            if name not in part:
                yield inner
            else:
                yield from _missing(part[name], each, inner)
    elif isinstance(part, list):
        for index, (ours, theirs) in enumerate(zip(part, whole, strict=True)):
            yield from _missing(ours, theirs, f"{place}/{index}")


def _named_alike(body: Any, answer: Any, value_place: str) -> dict[str, str]:
    """Single values of a body that the answer has under the same name, at exactly one place."""
    named: dict[str, list[tuple[str, Any]]] = {}
    for place, value in leaves(answer):
        named.setdefault(last_name(place), []).append((place, value))
    found: dict[str, str] = {}
    for place, value in leaves(body):
        if value is None:
            continue
        alike = [each for each, content in named.get(last_name(place), []) if type(content) is type(value)]
        if place != value_place and len(alike) == 1 and not last_name(place).isdecimal():
            found[place] = alike[0]
    return found
