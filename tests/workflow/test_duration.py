"""The API-Key duration: what people type, what is printed, and the planned change of it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a360tui.errors import InvalidInput
from a360tui.workflow.duration import (
    LONGEST,
    SHORTEST,
    UNITS,
    duration_code,
    duration_words,
    parse_duration,
    plan_duration,
)
from a360tui.workflow.errors import NotAsWritten
from tests.api.conftest import room_at
from tests.api.scripted_server import ScriptedServer, answer
from tests.workflow.conftest import SignIn, each_release

possible = st.integers(1, LONGEST // SHORTEST).map(lambda minutes: timedelta(minutes=minutes))


@given(possible)
def test_what_is_printed_is_read_back_the_same(duration: timedelta) -> None:
    """Every duration that a Control Room takes survives being printed and typed again, short and in words."""
    assert duration == parse_duration(duration_code(duration)) == parse_duration(duration_words(duration))


@given(st.text(max_size=12))
def test_any_text_is_a_duration_or_a_sentence(text: str) -> None:
    """Whatever is typed is a possible duration, or an error at the field that says what to give."""
    refusals: list[InvalidInput] = []
    try:
        assert SHORTEST <= parse_duration(text) <= LONGEST
    except InvalidInput as refusal:
        refusals.append(refusal)
    assert all(each.field == "duration" and each.message and "45d" in each.hint for each in refusals)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90m", timedelta(minutes=90)),
        ("12h", timedelta(hours=12)),
        ("45d", timedelta(days=45)),
        (" 45 Days ", timedelta(days=45)),
        ("1 minute", timedelta(minutes=1)),
        ("9999d", timedelta(days=9999)),
        ("239976h", timedelta(days=9999)),
    ],
)
def test_numbers_with_units_are_understood(text: str, expected: timedelta) -> None:
    """A whole number with minutes, hours or days, long or short, with blanks or without."""
    assert expected == parse_duration(text)


@pytest.mark.parametrize("text", ["", "  ", "0d", "10000d", "239977h", "1.5h", "abc", "45", "-1d", "1w", "٣d", "1e3m"])
def test_what_no_control_room_takes_is_refused(text: str) -> None:
    """Nothing, zero, too long, fractions, no unit, other digits: each is refused at the field ``duration``."""
    with pytest.raises(InvalidInput) as caught:
        parse_duration(text)
    assert caught.value.field == "duration"


@pytest.mark.parametrize(("unit", "span"), UNITS.items())
def test_words_know_one_from_many(unit: str, span: timedelta) -> None:
    """One of a unit is written without its s."""
    assert duration_words(span) == f"1 {unit[:-1]}"


@each_release
async def test_a_change_is_written_and_read_back_and_the_second_time_changes_nothing(sign_in: SignIn) -> None:
    """In each release the planned change is made once; planned again, there is nothing to do."""
    async with sign_in("admin") as room:
        change = await plan_duration(room, timedelta(days=30))
        assert change.plan.changes
        await change.plan.run()
        assert await room.key_duration() == timedelta(days=30)
        again = await plan_duration(room, timedelta(days=30))
        assert not again.plan.changes
        assert "30 days already" in again.plan.nothing_to_do


async def test_a_change_that_does_not_stay_is_told() -> None:
    """A Control Room that accepts a duration and shows another one afterwards is not called done."""
    settings = {"apiKeyDuration": {"value": 45, "unit": "DAYS"}}
    script = {"GET /v2/settings/security": answer(settings), "PUT /v2/settings/security": answer(settings)}
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        change = await plan_duration(room, timedelta(days=30))
        with pytest.raises(NotAsWritten, match="says 45 days now"):
            await change.plan.run()
        assert server.count("PUT /v2/settings/security") == 1


@pytest.mark.parametrize(
    ("seconds", "words", "code"), [(90, "90 seconds", "90s"), (60, "1 minute", "1m"), (0.5, "0.5 seconds", "0.5s")]
)
def test_a_duration_that_nobody_can_set_is_not_rounded(seconds: float, words: str, code: str) -> None:
    """A Control Room that counts in seconds may hold what is no whole minute: it is told as it is."""
    duration = timedelta(seconds=seconds)
    assert (duration_words(duration), duration_code(duration)) == (words, code)
