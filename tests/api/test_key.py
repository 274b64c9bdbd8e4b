import asyncio

import msgspec
import pytest

from a360tui.api import ASSUMED_CALLS, ApiKey, CallMap, GenerateCall, Query, RoleDraft
from a360tui.api.errors import (
    BadRequest,
    CallAbsent,
    Conflict,
    Forbidden,
    NotReachable,
    OutcomeUnknown,
    Redirected,
    Refused,
    SessionEnded,
    SignInFailed,
    TooManyRequests,
)
from a360tui.api.filters import Eq
from a360tui.api.models import GENERATE_API_KEY
from a360tui.errors import A360Error, InvalidInput
from a360tui.secret import Secret
from tests.api.conftest import HASTY, OpenRoom, each_release, room_at
from tests.api.scripted_server import (
    ScriptedServer,
    Step,
    answer,
    close,
    cut,
    drip,
    hang,
    head,
    page,
    pieces,
    refused,
    reset,
)

GENERATE = "POST /v2/usermanagement/users/self/apikey"
KEY = 'demo-k\\e"y{}'


async def allow_creator(open_room: OpenRoom) -> None:
    async with open_room() as room:
        creator = (await room.users_page(Query(Eq("username", "creator")))).items[0]
        await room.create_role(RoleDraft("Keys", "", (GENERATE_API_KEY,), (creator.id,)))


@each_release
async def test_a_key_is_made_and_signs_in(open_room: OpenRoom) -> None:
    """The key signs in, its times are in the user's record, and a new one ends it."""
    await allow_creator(open_room)
    async with open_room("creator") as room:
        assert (await room.own_user()).api_key_created_on is None
        first = await room.generate_key()
        own = await room.own_user()
        assert own.username == "creator"
        assert own.id == room.require_signed_in().user.id
        assert (own.api_key_created_on, own.api_key_expiration_time) == (first.created_on, first.expiration_time)
        assert (await room.user(own.id)).api_key_created_on == first.created_on
        await room.sign_in("creator", ApiKey(first.key))
        second = await room.generate_key()
        assert second.key != first.key
        with pytest.raises(SignInFailed, match="API key is wrong"):
            await room.sign_in("creator", ApiKey(first.key))
        await room.sign_in("creator", ApiKey(second.key))


@each_release
async def test_without_the_permission_no_key_is_made(open_room: OpenRoom) -> None:
    """403 is a definite no."""
    async with open_room("creator") as room:
        with pytest.raises(Forbidden):
            await room.generate_key()


async def test_the_bytes_come_before_anything_is_made_of_them() -> None:
    """``on_chunk`` gets what arrives when it arrives: here half a key before the connection breaks."""
    body = b'{"apiKey":"half a ke'
    chunks: list[bytes] = []
    async with ScriptedServer({GENERATE: cut(body, 100)}) as server, room_at(server.address) as room:
        with pytest.raises(OutcomeUnknown):
            await room.generate_key(on_chunk=chunks.append)
    assert b"".join(chunks) == body


async def test_the_bytes_come_while_the_rest_is_on_its_way() -> None:
    """What is put into safety does not wait for the whole answer."""
    arrived, go = asyncio.Event(), asyncio.Event()

    async def slowly(talk: object) -> bool:
        await pieces(head(200, 20) + b'{"apiKey"')(talk)  # type: ignore[arg-type]  # a step takes its conversation
        await go.wait()
        return await pieces(b':"0123456"}')(talk)  # type: ignore[arg-type]  # as above

    chunks: list[bytes] = []

    def take(chunk: bytes) -> None:
        chunks.append(chunk)
        arrived.set()

    async with ScriptedServer({GENERATE: slowly}) as server, room_at(server.address) as room:
        making = asyncio.create_task(room.generate_key(on_chunk=take))
        await arrived.wait()
        assert b"".join(chunks) == b'{"apiKey"'
        go.set()
        assert (await making).key == Secret("0123456")


async def test_the_call_has_a_connection_of_its_own() -> None:
    """A connection that was kept open too long can then never explain a lost answer."""
    async with ScriptedServer({GENERATE: answer({"apiKey": KEY})}) as server, room_at(server.address) as room:
        before = server.connections
        made = await room.generate_key()
        assert made.key == Secret(KEY)
        assert (made.created_on, made.expiration_time) == (None, None)
        assert server.connections == before + 1
        assert server.received[-1].body == b""
        await room.generate_key()
        assert server.connections == before + 2


@pytest.mark.parametrize(
    "step",
    [
        close,
        reset,
        cut(b'{"apiKey":"x"}', 100),
        pieces(b"HTTP/1.1 200 OK\r\nContent-"),
        pieces(b"nonsense\r\n\r\n"),
        answer({"apiKey": 5}),
        answer({"apiKey": ""}),
        answer({"key": KEY}),
        answer([KEY]),
        answer(KEY),
        answer(b""),
        answer(status=204),
        answer(b'{"apiKey":"x","apiKey":"y"}'),
        answer(b'{"apiKey":"x","n":NaN}'),
        answer(b'\xff\xfe{"apiKey"'),
        answer(b"[" * 10000),
        answer(b"x" * (9 * 1024 * 1024)),
        page(),
        refused(408),
        refused(500),
        refused(502),
        refused(503, headers={"Retry-After": "0"}),
        refused(504),
        answer(status=303, headers={"Location": "/done"}),
        answer(status=302, headers={"Location": "/done"}),
    ],
)
async def test_an_unknown_outcome_is_called_so(step: Step) -> None:
    """After the request left, everything but a clear answer leaves open whether a key was made; it is sent once."""
    async with ScriptedServer({GENERATE: step}) as server, room_at(server.address) as room:
        with pytest.raises(OutcomeUnknown) as unknown:
            await room.generate_key()
        assert unknown.value.exit_code == 6
        assert "not known" in unknown.value.message
        assert server.count(GENERATE) == 1


@pytest.mark.parametrize("step", [hang, drip(head(200, 100) + b'{"apiKey":"x"}')], ids=["nothing", "a drip"])
async def test_an_answer_that_does_not_come_leaves_the_outcome_unknown(step: Step) -> None:
    """The deadline ends the waiting, and says that nobody knows."""
    async with ScriptedServer({GENERATE: step}) as server, room_at(server.address, HASTY) as room:
        with pytest.raises(OutcomeUnknown, match=r"within 0\.5 s"):
            await room.generate_key()
        assert server.count(GENERATE) == 1


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (refused(400, "No."), BadRequest),
        (refused(401, "No."), SessionEnded),
        (refused(403, "No."), Forbidden),
        (refused(404, "No."), CallAbsent),
        (refused(405, "No."), CallAbsent),
        (refused(409, "No."), Conflict),
        (refused(418, "No."), Refused),
        (refused(429, "No.", headers={"Retry-After": "0"}), TooManyRequests),
        (page(404), CallAbsent),
        (answer(status=307, headers={"Location": "https://evil.example/"}), Redirected),
        (answer(status=301), Redirected),
    ],
)
async def test_a_definite_no_is_called_so(step: Step, kind: type[A360Error]) -> None:
    """A refusal means that no key was made; it is not tried again, not even where a read would be."""
    async with ScriptedServer({GENERATE: step}) as server, room_at(server.address) as room:
        with pytest.raises(kind) as refused_:
            await room.generate_key()
        assert not isinstance(refused_.value, OutcomeUnknown)
        assert server.count(GENERATE) == 1


async def test_an_absent_call_is_called_an_assumption() -> None:
    """Where a Control Room lacks an assumed call, the hint says what that is; of a captured one, that it was there."""
    async with ScriptedServer() as server:
        async with room_at(server.address) as room:
            with pytest.raises(CallAbsent, match="assumption"):
                await room.generate_key()
        calls = msgspec.structs.replace(ASSUMED_CALLS, generate=GenerateCall("POST", "/v2/x", "captured"))
        async with room_at(server.address, calls=calls) as room:
            with pytest.raises(CallAbsent, match="not there any more"):
                await room.generate_key()


async def test_what_a_browser_sent_and_is_not_kept_is_named_where_it_may_be_missed() -> None:
    """A refusal of a captured call says what was left out of it."""
    calls = captured(source="captured", withheld=("X-CSRF-Token", "/note"))
    script: dict[str, Step | list[Step]] = {"PUT /v9/keys?x=1": refused(403)}
    async with ScriptedServer(script) as server, room_at(server.address, calls=calls) as room:
        with pytest.raises(Forbidden, match="not kept: X-CSRF-Token, /note"):
            await room.generate_key()


async def test_no_connection_means_no_key() -> None:
    """Where the connection fails, nothing was sent, and that is certain."""
    async with ScriptedServer() as server, room_at(server.address) as room:
        await server.__aexit__()
        with pytest.raises(NotReachable) as unreachable:
            await room.generate_key()
        assert unreachable.value.exit_code == 3


def captured(**generate: object) -> CallMap:
    return msgspec.structs.replace(
        ASSUMED_CALLS, generate=msgspec.convert({"method": "PUT", "path": "/v9/keys?x=1"} | generate, GenerateCall)
    )


async def test_a_captured_call_is_sent_as_it_was_seen() -> None:
    """Method, path, body and the places in the answer come from the call map."""
    calls = captured(
        source="captured", body={"a": [None, 1]}, key="/data/0/a~1b", created_on="/data/1", expiration_time="/data/2"
    )
    step = answer({"data": [{"a/b": KEY}, "2026-01-01T00:00:00.5+02:00", "soon"]})
    async with ScriptedServer({"PUT /v9/keys?x=1": step}) as server, room_at(server.address, calls=calls) as room:
        made = await room.generate_key()
        assert made.key == Secret(KEY)
        assert made.created_on is not None
        assert made.created_on.isoformat() == "2025-12-31T22:00:00.500000+00:00"
        assert made.expiration_time is None
        assert server.received[-1].json == {"a": [None, 1]}


@pytest.mark.parametrize("path", ["", "x", "@evil.example/", "https://evil.example/", "/a b", "/a#b", "/a\nb", "/ä"])
async def test_a_path_that_is_none_is_refused(path: str) -> None:
    """A call map cannot send the token to another host."""
    async with ScriptedServer() as server, room_at(server.address, calls=captured(path=path)) as room:
        with pytest.raises(InvalidInput) as invalid:
            await room.generate_key()
        assert invalid.value.field == "calls"
        assert len(server.received) == 1
