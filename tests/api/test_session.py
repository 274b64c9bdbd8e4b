import asyncio
import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from a360tui.api import ControlRoom, Password, RoleDraft, parse_address
from a360tui.api.errors import ServerError, SessionEnded
from a360tui.demo import Running
from a360tui.secret import Secret
from tests.api.conftest import OpenRoom, each_release, room_at
from tests.api.scripted_server import ScriptedServer, Step, after, answer, close, refused, rows, signed_in

SIGN_IN = "POST /v2/authentication"
REFRESH = "POST /v2/authentication/token"
LIST = "POST /v2/usermanagement/roles/list"
CREATE = "POST /v2/usermanagement/roles"
ENDED = refused(401, "The token has expired.", "UM1117")


class Elapsed:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def forward(self, **span: float) -> None:
        self.seconds += timedelta(**span).total_seconds()


def jwt(**claims: Any) -> str:
    parts = ({"alg": "RS512"}, claims)
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".c2ln"
    )


@pytest.mark.parametrize(
    ("token", "ttl", "minutes"),
    [
        (jwt(iat=946684800, exp=946684800 + 1800), "1200", 30),
        (jwt(iat="4102444800", exp="4102448400"), 0, 60),
        (jwt(exp=5), "600", 10),
        (jwt(iat=10, exp=5), "600", 10),
        (jwt(iat=True, exp="soon"), 600, 10),
        (jwt(iat=0, exp=1e300), "600", 10 * 365 * 24 * 60),
        ("opaque", "600", 10),
        ("a.b.c", "600.0", 10),
        ("a.W10.c", "600", 10),
        ("opaque", "0", 20),
        ("opaque", "-5", 20),
        ("opaque", "NaN", 20),
        ("opaque", None, 20),
        ("opaque", {"x": 1}, 20),
    ],
)
async def test_how_long_a_token_lasts(token: str, ttl: object, minutes: int) -> None:
    """Its own times come first, by the server's clock alone; then ``ttlSeconds``; then 20 minutes."""
    clock = Elapsed()
    async with (
        ScriptedServer({SIGN_IN: signed_in(token, ttl)}) as server,
        room_at(server.address, elapsed=clock) as room,
    ):
        assert room.token_left() == timedelta(minutes=minutes)
        clock.forward(minutes=7)
        assert room.token_left() == timedelta(minutes=minutes - 7)


async def test_a_token_without_its_start_was_made_when_the_server_sent_it() -> None:
    """The ``Date`` of the answer stands in for a missing ``iat``."""
    step = answer(
        {"token": jwt(exp=946684800 + 900), "user": {"id": 9}}, headers={"Date": "Sat, 01 Jan 2000 00:00:00 GMT"}
    )
    async with ScriptedServer({SIGN_IN: step}) as server, room_at(server.address, elapsed=Elapsed()) as room:
        assert room.token_left() == timedelta(minutes=15)


async def test_a_token_is_renewed_once_before_it_ends() -> None:
    """Many calls at a time when the token is about to end make one refresh, and all of them use the new token."""
    clock = Elapsed()
    script: dict[str, Step | list[Step]] = {REFRESH: signed_in("token-2"), LIST: rows([])}
    async with ScriptedServer(script) as server, room_at(server.address, elapsed=clock) as room:
        clock.forward(minutes=17)
        await room.roles_page()
        assert server.count(REFRESH) == 0
        clock.forward(minutes=1, seconds=1)
        await asyncio.gather(*(room.roles_page() for _ in range(5)))
        assert server.count(REFRESH) == 1
        assert [one.headers["x-authorization"] for one in server.of(REFRESH)] == ["token-1"]
        assert {one.headers["x-authorization"] for one in server.of(LIST)[1:]} == {"token-2"}
        assert room.token_left() == timedelta(minutes=20)


async def test_v1_sends_the_token_in_the_body_to_refresh_it() -> None:
    """The older release takes the old token in the body."""
    script: dict[str, Step | list[Step]] = {
        SIGN_IN: refused(404),
        "POST /v1/authentication": signed_in(),
        "POST /v1/authentication/token": signed_in("token-2"),
    }
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        await room.refresh()
        assert [one.json for one in server.of("POST /v1/authentication/token")] == [{"token": "token-1"}]


async def test_whoever_is_cancelled_does_not_take_the_new_token_along() -> None:
    """A call that is given up while the token is renewed leaves the renewal running: the old token is dead by then."""
    clock, go = Elapsed(), asyncio.Event()
    script: dict[str, Step | list[Step]] = {REFRESH: after(go, signed_in("token-2")), LIST: rows([])}
    async with ScriptedServer(script) as server, room_at(server.address, elapsed=clock) as room:
        clock.forward(minutes=19)
        given_up = asyncio.create_task(room.roles_page())
        await server.arrival(REFRESH)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        go.set()
        await room.roles_page()
        assert server.count(REFRESH) == 1
        assert server.of(LIST)[0].headers["x-authorization"] == "token-2"


async def test_a_room_that_is_left_takes_its_renewal_along() -> None:
    """No renewal outlives the connection."""
    clock, never = Elapsed(), asyncio.Event()
    async with ScriptedServer({REFRESH: after(never, signed_in())}) as server:
        async with room_at(server.address, elapsed=clock) as room:
            clock.forward(minutes=19)
            given_up = asyncio.create_task(room.roles_page())
            await server.arrival(REFRESH)
            given_up.cancel()
            await asyncio.wait([given_up])
        assert len(asyncio.all_tasks()) <= 2  # this test, and the server's end of the connection


@pytest.mark.parametrize("step", [refused(500), refused(404), close, refused(401)])
async def test_a_token_that_cannot_be_renewed_is_used_to_its_end(step: Step) -> None:
    """A refresh that fails is not tried with each call, and the call goes out with the token there is."""
    clock = Elapsed()
    script: dict[str, Step | list[Step]] = {REFRESH: step, LIST: rows([])}
    async with ScriptedServer(script) as server, room_at(server.address, elapsed=clock) as room:
        clock.forward(minutes=19)
        await room.roles_page()
        await room.roles_page()
        assert server.count(REFRESH) == 1
        assert server.count(LIST) == 2


async def test_no_write_is_on_its_way_while_the_token_changes() -> None:
    """The renewal waits for a write that was sent with the old token: a 401 for it would be our own doing."""
    clock, go = Elapsed(), asyncio.Event()
    script: dict[str, Step | list[Step]] = {
        CREATE: after(go, answer({"id": 1, "name": "x"}, 201)),
        REFRESH: signed_in("token-2"),
        LIST: rows([]),
    }
    async with ScriptedServer(script) as server, room_at(server.address, elapsed=clock) as room:
        write = asyncio.create_task(room.create_role(RoleDraft("x")))
        await server.arrival(CREATE)
        clock.forward(minutes=19)
        read = asyncio.create_task(room.roles_page())
        for _ in range(100):
            await asyncio.sleep(0)
        assert server.count(REFRESH) == 0
        go.set()
        await write
        await read
        assert [f"{one.method} {one.path}" for one in server.received[1:]] == [CREATE, REFRESH, LIST]


async def test_a_read_that_finds_the_session_ended_stops_without_the_credential() -> None:
    """Nothing is kept to sign in with unless that was asked for, so the person is asked."""
    async with ScriptedServer({LIST: ENDED}) as server, room_at(server.address) as room:
        with pytest.raises(SessionEnded, match="The token has expired") as ended:
            await room.roles_page()
        assert ended.value.exit_code == 5
        assert (server.count(SIGN_IN), server.count(LIST)) == (1, 1)
        with pytest.raises(SessionEnded):
            await room.roles_page()
        assert server.count(LIST) == 1


async def keeping(room: ControlRoom) -> None:
    await room.sign_in("jdoe", Password(Secret("the-password")), keep_credential=True)


async def test_a_read_signs_in_again_once_and_is_replayed() -> None:
    """With the credential kept, reads that find the session ended make one sign-in between them."""
    script: dict[str, Step | list[Step]] = {
        SIGN_IN: [signed_in("token-1"), signed_in("token-2")],
        LIST: [ENDED, ENDED, rows([])],
    }
    async with ScriptedServer(script) as server, room_at(server.address, sign_in=False) as room:
        await keeping(room)
        await asyncio.gather(room.roles_page(), room.roles_page())
        assert server.count(SIGN_IN) == 2
        assert [one.headers["x-authorization"] for one in server.of(LIST)] == ["token-1"] * 2 + ["token-2"] * 2


async def test_a_read_is_replayed_once() -> None:
    """A Control Room that refuses the new token too is believed."""
    async with ScriptedServer({LIST: ENDED}) as server, room_at(server.address, sign_in=False) as room:
        await keeping(room)
        with pytest.raises(SessionEnded):
            await room.roles_page()
        assert (server.count(SIGN_IN), server.count(LIST)) == (2, 2)


async def test_a_credential_that_is_refused_is_not_used_again() -> None:
    """A password changed meanwhile costs one failed sign-in, not three."""
    script: dict[str, Step | list[Step]] = {SIGN_IN: [signed_in(), refused(401, "Wrong.")], LIST: ENDED}
    async with ScriptedServer(script) as server, room_at(server.address, sign_in=False) as room:
        await keeping(room)
        for _ in range(3):
            with pytest.raises(SessionEnded):
                await room.roles_page()
        assert server.count(SIGN_IN) == 2


async def test_a_sign_in_that_did_not_get_through_may_be_tried_with_the_next_read() -> None:
    """A network that fails says nothing of the credential."""
    script: dict[str, Step | list[Step]] = {
        SIGN_IN: [signed_in(), refused(503), signed_in("token-2")],
        LIST: [ENDED, rows([])],
    }
    async with ScriptedServer(script) as server, room_at(server.address, sign_in=False) as room:
        await keeping(room)
        with pytest.raises(SessionEnded):
            await room.roles_page()
        assert (await room.roles_page()).items == ()


async def test_what_comes_after_the_end_of_a_session_names_that_end() -> None:
    """A read that was waiting when another one found the session ended does not say that nobody had signed in."""
    async with ScriptedServer({LIST: ENDED}) as server, room_at(server.address) as room:
        for _ in range(2):
            with pytest.raises(SessionEnded, match="the session has ended"):
                await room.roles_page()
        assert server.count(LIST) == 1


async def test_a_write_that_finds_the_session_ended_is_not_repeated() -> None:
    """401 on a write is a definite no; the caller decides what comes next, credential or not."""
    async with ScriptedServer({CREATE: ENDED}) as server, room_at(server.address, sign_in=False) as room:
        await keeping(room)
        with pytest.raises(SessionEnded, match="nothing was changed"):
            await room.create_role(RoleDraft("x"))
        assert (server.count(SIGN_IN), server.count(CREATE)) == (1, 1)


async def test_a_read_with_the_token_of_before_is_replayed_with_the_new_one() -> None:
    """A refresh kills the old token under a read that is on its way; that read asks again, without a sign-in."""
    go = asyncio.Event()
    script: dict[str, Step | list[Step]] = {LIST: [after(go, ENDED), rows([])], REFRESH: signed_in("token-2")}
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        read = asyncio.create_task(room.roles_page())
        await server.arrival(LIST)
        await room.refresh()
        go.set()
        assert (await read).items == ()
        assert server.count(SIGN_IN) == 1


async def test_a_refresh_that_is_asked_for_says_what_came_of_it() -> None:
    """The verb raises what the renewal in the background keeps to itself."""
    async with ScriptedServer({REFRESH: refused(500, "No.")}) as server, room_at(server.address) as room:
        with pytest.raises(ServerError, match="No"):
            await room.refresh()


@each_release
async def test_a_kept_token_is_gone_on_with(control_room: Running, open_room: OpenRoom) -> None:
    """A token from another session is renewed, in either release, and dead from then on; without one nobody is in."""
    async with open_room("creator") as first, ControlRoom(parse_address(control_room.url)) as second:
        signed_in_ = await second.resume(first.token)
        assert signed_in_.user.username == "creator"
        assert second.release == first.release
        assert await second.token_valid()
        assert not await first.token_valid()
        with pytest.raises(SessionEnded):
            await second.resume(first.token)
        assert second.signed_in is None


async def test_the_servers_time_is_known() -> None:
    """``now`` goes by the server's ``Date`` and what has passed since, and the difference to this machine is told."""
    clock = Elapsed()
    step = answer({"token": "t", "user": {"id": 9}}, headers={"Date": "Sat, 01 Jan 2000 00:00:00 GMT"})
    async with ScriptedServer({SIGN_IN: step}) as server, room_at(server.address, elapsed=clock) as room:
        clock.forward(hours=1)
        assert room.now().isoformat() == "2000-01-01T01:00:00+00:00"
        assert room.skew is not None
        assert room.skew < timedelta(days=-9000)
