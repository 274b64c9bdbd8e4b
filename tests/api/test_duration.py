from datetime import timedelta
from typing import Any

import msgspec
import pytest

from a360tui.api import ASSUMED_CALLS, CallMap, DurationCall, WriteDurationCall
from a360tui.api.errors import BadRequest, CallAbsent, Forbidden, OutcomeUnknown, UnexpectedAnswer
from a360tui.errors import InvalidInput
from tests.api.conftest import OpenRoom, each_release, room_at
from tests.api.scripted_server import ScriptedServer, Step, answer, close, page, refused

READ, WRITE = "GET /v2/settings/security", "PUT /v2/settings/security"


@each_release
async def test_the_duration_is_read_and_set(open_room: OpenRoom) -> None:
    """What is set is read back, in whichever unit it is whole."""
    async with open_room() as room:
        assert await room.key_duration() == timedelta(days=45)
        for duration in (timedelta(minutes=1), timedelta(hours=36), timedelta(minutes=90), timedelta(days=9999)):
            await room.set_key_duration(duration)
            assert await room.key_duration() == duration
        with pytest.raises(BadRequest):
            await room.set_key_duration(timedelta(days=10000))
        assert await room.key_duration() == timedelta(days=9999)


@each_release
async def test_the_duration_is_for_administrators(open_room: OpenRoom) -> None:
    """Without the permission it is neither read nor set."""
    async with open_room("creator") as room:
        with pytest.raises(Forbidden):
            await room.key_duration()
        with pytest.raises(Forbidden):
            await room.set_key_duration(timedelta(days=1))


async def test_the_settings_around_it_go_back_as_they_came() -> None:
    """One value changes; who modified it last is left out; text, nulls and order of the rest stay."""
    settings = {
        "banner": "a\x07\u202e",
        "nothing": None,
        "empty": "",
        "apiKeyDuration": {"value": "45", "unit": "days", "more": [1.5]},
        "lastModifiedOn": "2026-01-01T00:00:00Z",
        "lastModifiedBy": 3,
    }
    script: dict[str, Step | list[Step]] = {READ: answer(settings), WRITE: answer(status=204)}
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        await room.set_key_duration(timedelta(hours=2))
        assert list(server.of(WRITE)[0].json.items()) == [
            ("banner", "a\x07\u202e"),
            ("nothing", None),
            ("empty", ""),
            ("apiKeyDuration", {"value": "2", "unit": "hours", "more": [1.5]}),
        ]


async def test_settings_that_cannot_go_back_as_they_came() -> None:
    """A number that no program can hold is refused when it is read; no settings are written with it changed."""
    settings = b'{"other": 1e999, "apiKeyDuration": {"value": 45, "unit": "DAYS"}}'
    async with ScriptedServer({READ: answer(settings)}) as server, room_at(server.address) as room:
        with pytest.raises(UnexpectedAnswer, match="a number that is too large"):
            await room.key_duration()
        with pytest.raises(UnexpectedAnswer, match="a number that is too large"):
            await room.set_key_duration(timedelta(days=1))
        assert server.count(WRITE) == 0


def captured(write: dict[str, Any] | None = None, **both: Any) -> CallMap:
    return msgspec.structs.replace(
        ASSUMED_CALLS,
        read_duration=DurationCall("GET", "/s", "captured", **both),
        write_duration=WriteDurationCall("POST", "/s", "captured", **both | (write or {})),
    )


async def test_a_wire_that_names_no_unit() -> None:
    """A captured call may hold a bare number; what is not whole in its unit is refused before anything is sent."""
    calls = captured(value="/list/1", unit="hours")
    script: dict[str, Step | list[Step]] = {"GET /s": answer({"list": [0, 48.0]}), "POST /s": answer({})}
    async with ScriptedServer(script) as server, room_at(server.address, calls=calls) as room:
        assert await room.key_duration() == timedelta(days=2)
        await room.set_key_duration(timedelta(days=1))
        assert server.of("POST /s")[0].json == {"list": [0, 24]}
        with pytest.raises(InvalidInput, match="whole hours"):
            await room.set_key_duration(timedelta(minutes=90))
        assert server.count("POST /s") == 1


async def test_a_body_from_the_call_map_is_not_read_first() -> None:
    """Where the map holds the body of the write, the value is put into it."""
    write = WriteDurationCall(
        "PUT", "/s", "typed", body={"keep": {"value": 0, "unit": "?"}}, value="/keep/value", unit_place="/keep/unit"
    )
    calls = msgspec.structs.replace(ASSUMED_CALLS, write_duration=write)
    async with ScriptedServer({"PUT /s": answer({})}) as server, room_at(server.address, calls=calls) as room:
        await room.set_key_duration(timedelta(days=30))
        assert server.received[-1].json == {"keep": {"value": 30, "unit": "DAYS"}}
        assert len(server.received) == 2
    calls = msgspec.structs.replace(calls, write_duration=msgspec.structs.replace(write, value="/other"))
    async with ScriptedServer() as server, room_at(server.address, calls=calls) as room:
        with pytest.raises(InvalidInput, match="other is missing") as invalid:
            await room.set_key_duration(timedelta(days=30))
        assert invalid.value.field == "calls"


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "apiKeyDuration.value"),
        ({"apiKeyDuration": None}, "apiKeyDuration.value"),
        ({"apiKeyDuration": {"value": True, "unit": "DAYS"}}, "apiKeyDuration.value"),
        ({"apiKeyDuration": {"value": -1, "unit": "DAYS"}}, "apiKeyDuration.value"),
        ({"apiKeyDuration": {"value": 1.5, "unit": "DAYS"}}, "apiKeyDuration.value"),
        ({"apiKeyDuration": {"value": 10**30, "unit": "DAYS"}}, "apiKeyDuration.value"),
        ({"apiKeyDuration": {"value": "9" * 5000, "unit": "DAYS"}}, "apiKeyDuration.value"),
        ({"apiKeyDuration": {"value": 1, "unit": "FORTNIGHTS"}}, "apiKeyDuration.unit"),
        ({"apiKeyDuration": {"value": 1}}, "apiKeyDuration.unit"),
        ([], "apiKeyDuration.value"),
    ],
)
async def test_settings_that_do_not_fit(settings: Any, field: str) -> None:
    """The error names the place, and nothing is written."""
    async with ScriptedServer({READ: answer(settings)}) as server, room_at(server.address) as room:
        with pytest.raises(UnexpectedAnswer) as unexpected:
            await room.key_duration()
        assert unexpected.value.field == field
        assert server.count(WRITE) == 0


async def test_settings_without_the_place_are_not_written() -> None:
    """A value is never put where none was."""
    async with ScriptedServer({READ: answer({"other": 1})}) as server, room_at(server.address) as room:
        with pytest.raises(UnexpectedAnswer, match=r"apiKeyDuration\.value in the answer is missing"):
            await room.set_key_duration(timedelta(days=1))
        assert server.count(WRITE) == 0


@pytest.mark.parametrize("duration", [timedelta(0), timedelta(seconds=90), timedelta(minutes=-1)])
async def test_durations_that_no_control_room_takes(duration: timedelta) -> None:
    """What is not in whole minutes is refused at its field."""
    step = answer({"apiKeyDuration": {"value": 45, "unit": "DAYS"}})
    async with ScriptedServer({READ: step}) as server, room_at(server.address) as room:
        with pytest.raises(InvalidInput) as invalid:
            await room.set_key_duration(duration)
        assert invalid.value.field == "duration"
        assert server.count(WRITE) == 0


async def test_a_control_room_without_the_assumed_calls() -> None:
    """404 says that the call is assumed; a web page, as some answer for unknown paths, is no setting."""
    async with ScriptedServer() as server, room_at(server.address) as room:
        with pytest.raises(CallAbsent, match="assumption"):
            await room.key_duration()
    async with ScriptedServer({READ: page()}) as server, room_at(server.address) as room:
        with pytest.raises(UnexpectedAnswer, match="web page"):
            await room.key_duration()


@pytest.mark.parametrize("step", [close, refused(500)])
async def test_a_duration_that_may_have_been_set(step: Step) -> None:
    """Without a clear answer the outcome is unknown, and nothing is sent again."""
    settings = answer({"apiKeyDuration": {"value": 45, "unit": "DAYS"}})
    async with ScriptedServer({READ: settings, WRITE: step}) as server, room_at(server.address) as room:
        with pytest.raises(OutcomeUnknown):
            await room.set_key_duration(timedelta(days=1))
        assert server.count(WRITE) == 1


async def test_what_is_sent_back_what_is_left_out_and_what_is_new() -> None:
    """A body is made of its template and of parts of what was just read, without the places that must not go back."""
    calls = captured(
        {
            "body": {"reason": "UI", "owner": "{userId:number}", "policy": None},
            "sent_back": {"/policy": "/data/policy", "/version": "/data/version"},
            "left_out": ("/policy/lastModifiedOn", "/policy/absent"),
            "value": "/policy/ttl",
            "headers": {"X-Client": "web {username}"},
        },
        value="/data/policy/ttl",
        unit="seconds",
    )
    read = {"data": {"policy": {"ttl": "86400", "lastModifiedOn": "x", "on": [None]}, "version": 7}}
    script: dict[str, Step | list[Step]] = {"GET /s": answer(read), "POST /s": answer({})}
    async with ScriptedServer(script) as server, room_at(server.address, calls=calls) as room:
        assert await room.key_duration() == timedelta(days=1)
        await room.set_key_duration(timedelta(hours=1))
        assert room.worked == {"read_duration", "write_duration"}
        sent = server.of("POST /s")[0]
    assert sent.json == {"reason": "UI", "owner": 9, "policy": {"ttl": "3600", "on": [None]}, "version": 7}
    assert sent.headers["x-client"] == "web jdoe"


async def test_what_is_to_be_sent_back_must_be_there() -> None:
    """A place that the answer lacks is named, and nothing is written."""
    calls = captured({"sent_back": {"": "/data"}}, value="/ttl", unit="seconds")
    async with ScriptedServer({"GET /s": answer({"ttl": 60})}) as server, room_at(server.address, calls=calls) as room:
        with pytest.raises(UnexpectedAnswer, match="data in the answer is missing"):
            await room.set_key_duration(timedelta(hours=1))
        assert server.count("POST /s") == 0
