"""A duration as it stands on the wire: a number in a unit, a number with its unit beside it, or ISO 8601 text."""

import re
from datetime import timedelta
from typing import Any

from a360tui.api.call_map import DurationCall, Unit
from a360tui.api.json_pointer import at_pointer, field_name, with_value_at
from a360tui.api.wire_json import Misfit
from a360tui.errors import InvalidInput

SPANS: dict[Unit, timedelta] = {
    "milliseconds": timedelta(milliseconds=1),
    "seconds": timedelta(seconds=1),
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
}

_ABBREVIATIONS: dict[str, Unit] = {
    "ms": "milliseconds",
    "msec": "milliseconds",
    "s": "seconds",
    "sec": "seconds",
    "m": "minutes",
    "min": "minutes",
    "h": "hours",
    "hr": "hours",
    "d": "days",
}
_NAMED_UNITS = tuple(unit for unit in reversed(SPANS) if unit not in {"milliseconds", "seconds"})
"""The usual words for units on the wire, the largest unit first."""

_ISO = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,9})W|(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,12}(?:\.\d{1,6})?)S)?)?)",
    re.ASCII,
)
_LARGEST = 2**63


def duration_in(answer: Any, call: DurationCall) -> timedelta:
    """The duration in an answer; raises `Misfit`, which names the place."""
    value = at_pointer(answer, call.value)
    if call.unit == "iso8601":
        span = iso_duration(value)
        if span is None:
            raise Misfit("is not a duration in ISO 8601, or not one of a fixed length", field_name(call.value))
        return span
    number = whole_number(value)
    if number is None:
        raise Misfit("is not a whole number", field_name(call.value))
    unit = call.unit if call.unit != "beside" else _unit_beside(answer, call)
    try:
        return number * SPANS[unit]
    except OverflowError:
        raise Misfit("is out of range", field_name(call.value)) from None


def with_duration(body: Any, call: DurationCall, duration: timedelta) -> Any:
    """The body with another duration, written as the one before was, and everything else as it was.

    Raises `Misfit` where the body lacks the place, and `InvalidInput` for a duration that the wire cannot express
    exactly.
    """
    if duration < SPANS["minutes"] or duration % SPANS["minutes"]:
        raise InvalidInput("The duration is not in whole minutes.", "Give at least one minute.", field="duration")
    if call.unit == "iso8601":
        return put_at(body, call.value, iso_words(duration))
    unit = _unit_to_write(call, duration)
    number: int | str = duration // SPANS[unit]
    if isinstance(at_pointer(body, call.value), str):
        number = str(number)
    body = put_at(body, call.value, number)
    if call.unit == "beside":
        place = call.unit_place or ""
        word = call.unit_words.get(unit) or _in_style(unit, at_pointer(body, place))
        body = put_at(body, place, word)
    return body


def put_at(body: Any, pointer: str, value: Any) -> Any:
    """The body with another value at a place; raises `Misfit` where the body lacks the place."""
    try:
        return with_value_at(body, pointer, value)
    except KeyError:
        raise Misfit("is missing", field_name(pointer)) from None


def whole_number(value: Any) -> int | None:
    """The number, zero or more, that a value is or spells; ``None`` where it is none."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= len(str(_LARGEST)):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def unit_of_word(word: Any) -> Unit | None:
    """The unit that a word means, in any case, with or without its s; ``None`` for other words."""
    if not isinstance(word, str):
        return None
    lowered = word.strip().lower()
    if lowered in _ABBREVIATIONS:
        return _ABBREVIATIONS[lowered]
    return next((unit for unit in SPANS if unit.removesuffix("s") == lowered.removesuffix("s")), None)


def iso_duration(value: Any) -> timedelta | None:
    """The length of an ISO 8601 duration; ``None`` for other values, and for years and months, whose length varies."""
    match = _ISO.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    parts = {name: float(text) if name == "seconds" else int(text) for name, text in match.groupdict("0").items()}
    try:
        return timedelta(**parts)
    except OverflowError:
        return None


def iso_words(duration: timedelta) -> str:
    """A duration of whole minutes in ISO 8601, in the largest unit that fits: ``P45D``, ``PT12H``, ``PT90M``."""
    if not duration % SPANS["days"]:
        return f"P{duration.days}D"
    if not duration % SPANS["hours"]:
        return f"PT{duration // SPANS['hours']}H"
    return f"PT{duration // SPANS['minutes']}M"


def _unit_beside(answer: Any, call: DurationCall) -> Unit:
    place = call.unit_place or ""
    word = at_pointer(answer, place)
    own = next((unit for unit, known in call.unit_words.items() if known == word), None)
    unit = own or unit_of_word(word)
    if unit is None:
        raise Misfit("is not a known unit of time", field_name(place))
    return unit


def _unit_to_write(call: DurationCall, duration: timedelta) -> Unit:
    """The largest unit that expresses it exactly, of those that the wire knows."""
    if call.unit not in {"beside", "iso8601"}:
        known: tuple[Unit, ...] = (call.unit,)  # type: ignore[assignment]  # mypy does not narrow by a set
    elif call.unit_words:
        known = tuple(sorted(call.unit_words, key=SPANS.__getitem__, reverse=True))
    else:
        known = _NAMED_UNITS
    for unit in known:
        if not duration % SPANS[unit]:
            return unit
    units = " or ".join(known)
    raise InvalidInput(f"This Control Room takes the duration in {units}.", f"Give whole {units}.", field="duration")


def _in_style(unit: Unit, standing: Any) -> str:
    """The usual word for a unit, in the case and the number (singular, plural) of the word that stands there."""
    word: str = unit
    if isinstance(standing, str) and standing:
        if standing.lower() in _ABBREVIATIONS:
            likes = [short for short, meant in _ABBREVIATIONS.items() if meant == unit]
            word = min(likes, key=lambda short: abs(len(short) - len(standing)))
        elif unit_of_word(standing) is not None and not standing.lower().endswith("s"):
            word = unit.removesuffix("s")
        if standing.islower():
            return word
        if standing.istitle() and len(standing) > 1:
            return word.title()
    return word.upper()
