"""Durations on the wire: what is written is read back, and what cannot be said exactly is refused."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a360tui.api.call_map import DurationCall, Unit
from a360tui.api.wire_duration import SPANS, duration_in, iso_duration, unit_of_word, with_duration
from a360tui.api.wire_json import Misfit
from a360tui.errors import InvalidInput

MINUTES = st.integers(1, 9999 * 24 * 60)
UNITS = st.sampled_from(list(SPANS))
STANDING = st.sampled_from(["DAYS", "days", "Day", "hour", "HOURS", "Minutes", "d", "H", "min"])
OWN_WORDS = st.dictionaries(UNITS, st.text("ABCxyz123", min_size=4, max_size=8), min_size=1).filter(
    lambda words: len(set(words.values())) == len(words)
)


def call(**how: Any) -> DurationCall:
    return DurationCall("PUT", "/s", "captured", value="/a/0/v", **how)


@given(minutes=MINUTES, unit=UNITS, as_text=st.booleans())
def test_a_number_in_a_unit(minutes: int, unit: Unit, *, as_text: bool) -> None:
    """It is read back as the same duration, a number as a number and a text as a text, or it is refused with words."""
    wire, duration = call(unit=unit), timedelta(minutes=minutes)
    body = {"a": [{"v": "7" if as_text else 7}], "b": None}
    if duration % SPANS[unit]:
        with pytest.raises(InvalidInput, match=unit) as refused:
            with_duration(body, wire, duration)
        assert refused.value.field == "duration"
    else:
        sent = with_duration(body, wire, duration)
        assert duration_in(sent, wire) == duration
        assert isinstance(sent["a"][0]["v"], str) == as_text
        assert sent["b"] is None


@given(minutes=MINUTES, standing=STANDING)
def test_a_unit_beside_in_its_usual_word(minutes: int, standing: str) -> None:
    """Number and word together mean the same duration; the word is written in the style of the one before."""
    wire, duration = call(unit="beside", unit_place="/u"), timedelta(minutes=minutes)
    sent = with_duration({"a": [{"v": 7}], "u": standing}, wire, duration)
    assert duration_in(sent, wire) == duration
    assert (sent["u"].islower(), sent["u"].isupper()) == (standing.islower(), standing.isupper())
    assert sent["u"].lower().endswith("s") or not standing.lower().endswith("s")


@given(minutes=MINUTES, words=OWN_WORDS)
def test_a_unit_beside_in_the_wires_own_words(minutes: int, words: dict[Unit, str]) -> None:
    """Only words that are known are written; a duration that none of them says exactly is refused."""
    wire, duration = call(unit="beside", unit_place="/u", unit_words=words), timedelta(minutes=minutes)
    body = {"a": [{"v": 7}], "u": "?"}
    if all(duration % SPANS[unit] for unit in words):
        with pytest.raises(InvalidInput, match="Give whole"):
            with_duration(body, wire, duration)
    else:
        sent = with_duration(body, wire, duration)
        assert sent["u"] in words.values()
        assert duration_in(sent, wire) == duration


@given(minutes=MINUTES)
def test_iso_8601(minutes: int) -> None:
    """Every duration of whole minutes can be said in it."""
    wire, duration = call(unit="iso8601"), timedelta(minutes=minutes)
    assert duration_in(with_duration({"a": [{"v": "P1D"}]}, wire, duration), wire) == duration


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("P45D", timedelta(days=45)),
        ("P6W", timedelta(weeks=6)),
        ("PT1H30M", timedelta(minutes=90)),
        ("P1DT0.5S", timedelta(days=1, seconds=0.5)),
        ("P1M", None),
        ("P1Y", None),
        ("P", None),
        ("PT", None),
        ("P1DT", None),
        ("45", None),
        ("p45d", None),
        (45, None),
        ("P999999999D", timedelta(days=999999999)),
        ("P999999999W", None),
    ],
)
def test_what_is_iso_8601(text: object, span: timedelta | None) -> None:
    """Weeks, days and times have a fixed length; months and years have none, and are none."""
    assert iso_duration(text) == span


@pytest.mark.parametrize(
    ("word", "unit"),
    [("DAY", "days"), ("Hours", "hours"), ("min", "minutes"), ("ms", "milliseconds"), ("fortnight", None), (1, None)],
)
def test_words_for_units(word: object, unit: str | None) -> None:
    """In any case, short or long, one or many; another word is none."""
    assert unit_of_word(word) == unit


@pytest.mark.parametrize("value", [-1, 1.5, True, None, "1.5", "٣", [], 10**400, "9" * 30])
@pytest.mark.parametrize("unit", ["seconds", "iso8601"])
def test_values_that_are_no_duration(value: object, unit: str) -> None:
    """The place is named."""
    with pytest.raises(Misfit) as misfit:
        duration_in({"a": [{"v": value}]}, call(unit=unit))
    assert misfit.value.field == "a.0.v"


@pytest.mark.parametrize("duration", [timedelta(0), timedelta(seconds=90), timedelta(days=-1)])
@pytest.mark.parametrize("unit", list(SPANS))
def test_what_is_not_in_whole_minutes_is_not_written(duration: timedelta, unit: str) -> None:
    """A Control Room takes whole minutes, from one up, whatever the wire could say."""
    with pytest.raises(InvalidInput, match="whole minutes"):
        with_duration({"a": [{"v": 7}]}, call(unit=unit), duration)
