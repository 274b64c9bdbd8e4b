import asyncio
import gzip
import socket
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from a360tui.api import Address, ControlRoom, Limits, Password, RoleDraft, parse_address
from a360tui.api.errors import (
    ConnectionLost,
    ConnectionRefused,
    NameNotFound,
    NotAControlRoom,
    NotReachable,
    OutcomeUnknown,
    Redirected,
    ServerError,
    TooManyRequests,
    TooSlow,
    UnexpectedAnswer,
)
from a360tui.demo import DemoServer
from a360tui.errors import A360Error, InvalidInput
from a360tui.secret import Secret
from tests.api.conftest import HASTY, QUICK, OpenRoom, room_at
from tests.api.scripted_server import (
    Conversation,
    ScriptedServer,
    Step,
    answer,
    bomb,
    close,
    cut,
    drip,
    hang,
    head,
    page,
    pieces,
    refused,
    reset,
    rows,
)

LIST = "POST /v2/usermanagement/roles/list"
CREATE = "POST /v2/usermanagement/roles"


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port on which nobody listens, and nobody will while the test runs."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


async def test_nobody_listens(free_port: int) -> None:
    """A refused port is told as that, after a few attempts that cost nothing."""
    async with ControlRoom(Address("http", "127.0.0.1", free_port), limits=QUICK) as room:
        with pytest.raises(ConnectionRefused, match=f"127.0.0.1:{free_port}") as refused_:
            await room.auth_type()
        assert refused_.value.exit_code == 3


async def test_no_such_name(free_port: int) -> None:
    """A host that does not resolve is told as that."""
    async with ControlRoom(Address("https", "no-such-host.invalid", free_port), limits=QUICK) as room:
        with pytest.raises(NameNotFound, match=r"no-such-host\.invalid"):
            await room.auth_type()


@pytest.mark.parametrize(
    ("step", "limits", "kind"),
    [(close, QUICK, ConnectionLost), (reset, QUICK, ConnectionLost), (hang, HASTY, TooSlow)],
    ids=["closed", "reset", "silent"],
)
async def test_a_connection_that_ends_before_an_answer(step: Step, limits: Limits, kind: type[A360Error]) -> None:
    """Closed, reset or silent: a read says what happened, a write that nobody knows what came of it."""
    async with ScriptedServer({LIST: step, CREATE: step}) as server, room_at(server.address, limits) as room:
        with pytest.raises(kind):
            await room.roles_page()
        with pytest.raises(OutcomeUnknown):
            await room.create_role(RoleDraft("x"))
        assert server.count(CREATE) == 1


@pytest.mark.parametrize("step", [hang, drip(b"x"), drip(head(200, 10)), drip(head(200, 10**6) + b" ")])
async def test_the_deadline_is_for_the_whole_exchange(step: Step) -> None:
    """A server that always sends a little does not stretch it."""
    async with ScriptedServer({LIST: step}) as server, room_at(server.address, HASTY) as room:
        with pytest.raises((TooSlow, NotAControlRoom)) as slow:
            await room.roles_page()
        assert server.count(LIST) == 1
        assert slow.value.exit_code in {3, 4}


async def test_a_connection_that_is_never_made() -> None:
    """Where nothing could be sent, a write is certainly not done."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        try:
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(("127.0.0.1", port))
            async with ControlRoom(Address("http", "127.0.0.1", port), limits=HASTY) as room:
                with pytest.raises(NotReachable, match="nothing was sent"):
                    await room.sign_in("jdoe", Password(Secret("x")))
        finally:
            for filler in fillers:
                filler.close()


@pytest.mark.parametrize(
    ("greeting", "kind"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", ConnectionLost),
        (b"220 mail.example ESMTP\r\n\r\n", NotAControlRoom),
        (b"\x15\x03\x01\x00\x02\x02F", NotAControlRoom),
        (b"HTTP/9 ?\r\n\r\n", NotAControlRoom),
    ],
)
async def test_another_service_at_the_port(greeting: bytes, kind: type[NotReachable]) -> None:
    """What speaks no HTTP is no Control Room; what says half a line and goes is a lost connection."""
    async with (
        ScriptedServer({"GET /v1/authentication/type": pieces(greeting)}) as server,
        room_at(server.address, sign_in=False) as room,
    ):
        with pytest.raises(kind):
            await room.auth_type()


@pytest.mark.parametrize(
    "step",
    [
        cut(b'{"list": [', 100),
        pieces(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
        pieces(b"HTTP/1.1 200 OK\r\nContent-"),
    ],
)
async def test_half_an_answer(step: Step) -> None:
    """An answer that breaks off is a lost connection; a read asks again and gets the next one."""
    async with ScriptedServer({LIST: [step, rows([{"id": 1}])]}) as server, room_at(server.address) as room:
        assert len((await room.roles_page()).items) == 1
        assert server.count(LIST) == 2


async def test_chunks_that_are_none() -> None:
    """An answer that is not valid HTTP after its head is unexpected, not a lost connection."""
    step = pieces(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
    async with ScriptedServer({LIST: step}) as server, room_at(server.address) as room:
        with pytest.raises(UnexpectedAnswer, match="not valid HTTP"):
            await room.roles_page()


@pytest.mark.parametrize("status", [502, 503, 504, 429])
async def test_a_read_is_asked_again_where_that_may_help(status: int) -> None:
    """Gateways that stumble and limits that pass are waited out."""
    steps = [refused(status), refused(status, headers={"Retry-After": "0"}), rows([{"id": 1}])]
    async with ScriptedServer({LIST: steps}) as server, room_at(server.address) as room:
        assert len((await room.roles_page()).items) == 1
        assert server.count(LIST) == 3


@pytest.mark.parametrize(("status", "times"), [(500, 1), (501, 1), (400, 1), (404, 1), (409, 1), (502, 4), (429, 4)])
async def test_a_read_is_not_asked_for_ever(status: int, times: int) -> None:
    """What will not pass is believed at once, the rest after four attempts."""
    async with ScriptedServer({LIST: refused(status)}) as server, room_at(server.address) as room:
        with pytest.raises(A360Error):
            await room.roles_page()
        assert server.count(LIST) == times


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("0", 0),
        ("17", 17),
        ("-5", 0),
        ("9" * 100, 999999999),
        ("Sat, 01 Jan 2000 00:01:00 GMT", 60),
        ("Fri, 31 Dec 1999 00:00:00 GMT", 0),
        ("soon", None),
        ("1.5", None),
        ("", None),
        ("٣", None),
        ("Sat, 99 Jan 2000 99:99:99 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
    ],
)
async def test_every_kind_of_retry_after(header: str, asked: int | None) -> None:
    """Seconds, a date by the server's clock, negative, huge or junk: each is a wait or none, and a bounded one."""
    headers = {"Retry-After": header.encode().decode("latin-1"), "Date": "Sat, 01 Jan 2000 00:00:00 GMT"}
    limits = Limits(retry_wait=0, longest_retry_wait=0)
    async with ScriptedServer({LIST: refused(429, headers=headers)}) as server, room_at(server.address, limits) as room:
        with pytest.raises(TooManyRequests) as many:
            await room.roles_page()
        assert many.value.retry_after == (None if asked is None else timedelta(seconds=asked))
        assert server.count(LIST) == (1 if asked else 4)


async def test_a_wait_can_be_cancelled() -> None:
    """Who gives up does not wait for the server's half minute."""
    async with (
        ScriptedServer({LIST: refused(503, headers={"Retry-After": "29"})}) as server,
        room_at(server.address) as room,
    ):
        reading = asyncio.create_task(room.roles_page())
        await server.arrival(LIST)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_write_is_sent_once(status: int) -> None:
    """After a 5xx it may have been done, after 429 it was not; neither is sent again."""
    async with ScriptedServer({CREATE: refused(status)}) as server, room_at(server.address) as room:
        with pytest.raises(TooManyRequests if status == 429 else OutcomeUnknown):
            await room.create_role(RoleDraft("x"))
        assert server.count(CREATE) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(status: int) -> None:
    """The other place is named and gets nothing, least of all the token."""
    async with ScriptedServer() as other:
        to_other = answer(status=status, headers={"Location": f"{other.address.url}/v2/usermanagement/roles/list"})
        async with ScriptedServer({LIST: to_other}) as server, room_at(server.address) as room:
            with pytest.raises(Redirected, match=r"points to 127\.0\.0\.1") as redirected:
                await room.roles_page()
            assert redirected.value.target == "127.0.0.1"
            assert (len(other.received), server.count(LIST)) == (0, 1)


@pytest.mark.parametrize(
    "location",
    ["", "/login", "http://[", "http://e\x1b[31mvil/", "//evil.example\\@x", "http://a b/", "//xn--a", "//a:x", "//é"],
)
async def test_a_redirect_to_nowhere(location: str) -> None:
    """Whatever stands in the header, the sentence is harmless."""
    step = answer(status=302, headers={"Location": location})
    async with ScriptedServer({LIST: step}) as server, room_at(server.address) as room:
        with pytest.raises(Redirected) as redirected:
            await room.roles_page()
        assert str(redirected.value).isprintable()
        assert server.count(LIST) == 1


async def test_a_body_is_capped_before_it_is_unfolded() -> None:
    """300 MB in 300 kB, 9 MB in the clear, or one long text: reading stops at 8 MiB."""
    for step in (
        answer(bomb(300, 31), headers={"Content-Encoding": "gzip"}),
        answer(b" " * (9 * 1024 * 1024)),
        answer({"list": ["x" * (10 * 1024 * 1024)]}),
    ):
        async with ScriptedServer({LIST: step}) as server, room_at(server.address) as room:
            with pytest.raises(UnexpectedAnswer, match="larger than 8192 KiB"):
                await room.roles_page()


@pytest.mark.parametrize(
    ("encoding", "data", "fits"),
    [
        ("gzip", gzip.compress(b'{"list": []}'), True),
        ("deflate", zlib.compress(b'{"list": []}'), True),
        ("identity", b'{"list": []}', True),
        ("gzip", gzip.compress(b'{"list": []}')[:-9], False),
        ("gzip", gzip.compress(b'{"list": []}') + b"x", False),
        ("gzip", b'{"list": []}', False),
        ("br", b"x", False),
        ("gzip, gzip", b"x", False),
    ],
    ids=["gzip", "deflate", "none", "gzip cut off", "gzip and more", "no gzip", "another", "twice"],
)
async def test_compression_that_nobody_asked_for(encoding: str, data: bytes, fits: bool) -> None:
    """A proxy that compresses all the same is understood; what cannot be understood is no lost connection."""
    step = answer(data, headers={"Content-Encoding": encoding})
    async with ScriptedServer({LIST: step}) as server, room_at(server.address) as room:
        if fits:
            assert (await room.roles_page()).items == ()
        else:
            with pytest.raises(UnexpectedAnswer, match="compressed"):
                await room.roles_page()
        assert server.received[-1].headers["accept-encoding"] == "identity"


async def test_what_goes_along_with_a_request() -> None:
    """The token goes bare in its one header; no cookie that was set comes back, nothing is in the URL."""
    steps = answer({"list": []}, headers={"Set-Cookie": "JSESSIONID=abc; Path=/"})
    async with ScriptedServer({LIST: steps}) as server, room_at(server.address) as room:
        for _ in range(2):
            await room.roles_page()
        headers = server.received[-1].headers
        assert headers["x-authorization"] == "token-1"
        assert not headers.keys() & {"authorization", "cookie"}
        assert headers["user-agent"] == "a360tui"
        assert all("?" not in request.path for request in server.received)


async def test_a_kept_connection_that_the_server_closed() -> None:
    """A connection that went stale between two reads is replaced without a word."""

    async def once(talk: Conversation) -> bool:
        await rows([])(talk)
        return False

    async with ScriptedServer({LIST: once}) as server, room_at(server.address) as room:
        for _ in range(3):
            await room.roles_page()
        assert server.count(LIST) >= 3


async def test_a_connection_is_kept_between_requests() -> None:
    """Reads and writes one after the other share one connection."""
    async with ScriptedServer({LIST: rows([]), CREATE: answer({"id": 1}, 201)}) as server:
        async with room_at(server.address) as room:
            for _ in range(3):
                await room.roles_page()
                await room.create_role(RoleDraft("x"))
        assert server.connections == 1


def with_more(status: int, body: bytes, more: bytes) -> Step:
    """An answer, and more bytes in the same piece."""

    async def step(talk: Conversation) -> bool:
        await talk.send(head(status, None if status == 204 else len(body)) + body + more)
        return True

    return step


@pytest.mark.parametrize(
    "first",
    [
        with_more(200, b'{"list": []}', head(201, 20) + b'{"id": 1, "name": 2}'),
        with_more(204, b"", b"{}"),
        with_more(200, b'{"list": []}', b"\n"),
    ],
    ids=["an answer too many", "a body with 204", "a line end"],
)
async def test_more_than_an_answer_is_the_answer_to_nothing(first: Step) -> None:
    """What a proxy sends twice, or a server too much, is not taken for the answer to the next request, a write."""
    script = {LIST: first, CREATE: refused(500, "It failed")}
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        with suppress(UnexpectedAnswer):
            await room.roles_page()
        with pytest.raises(OutcomeUnknown, match=r"it failed \(500\): It failed\. Look"):
            await room.create_role(RoleDraft("x"))
        assert (server.count(CREATE), server.connections) == (1, 2)


async def test_a_proxy_from_the_environment_gets_nothing_that_stays_here(
    monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    """Loopback ignores ``HTTP_PROXY``, which would get the token in the clear: none is there, none is missed."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
    async with ScriptedServer({LIST: rows([])}) as server, room_at(server.address) as room:
        await room.roles_page()
        assert server.count(LIST) == 1


async def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy on the way to a distant Control Room that does not connect is named, and no secret reached it."""
    async with ScriptedServer(signs_in=False, on_connect=_no_tunnel) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        async with ControlRoom(parse_address("https://cr.example.com"), limits=QUICK) as room:
            with pytest.raises(NotReachable, match=r"proxy.*cr\.example\.com"):
                await room.sign_in("jdoe", Password(Secret("x")))


async def _no_tunnel(talk: Conversation) -> bool:
    await talk.reader.readuntil(b"\r\n\r\n")
    await talk.send(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    return False


async def test_a_proxy_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy address that the HTTP library does not take is a mistake in the configuration."""
    monkeypatch.setenv("HTTPS_PROXY", "gopher://127.0.0.1:1")
    with pytest.raises(InvalidInput, match="HTTPS_PROXY"):
        await ControlRoom(parse_address("https://cr.example.com")).__aenter__()


async def test_http_stays_on_this_machine() -> None:
    """An address that was made by hand cannot send secrets unprotected either."""
    with pytest.raises(InvalidInput, match="unprotected"):
        ControlRoom(Address("http", "cr.example.com", 80))


async def test_the_unix_socket(tmp_path: Path) -> None:
    """The embedded Control Room of the demo is reached through its socket, under any name."""
    with DemoServer().on_unix_socket() as running:
        address = Address("http", running.url.removeprefix("http://"), 80)
        async with ControlRoom(address, socket=running.socket) as room:
            await room.sign_in("admin", Password(Secret(running.account("admin").password)))
            assert (await room.own_user()).username == "admin"
    async with ControlRoom(address, socket=tmp_path / "gone", limits=QUICK) as room:
        with pytest.raises(ConnectionRefused):
            await room.auth_type()


async def test_a_call_in_the_middle_can_be_cancelled() -> None:
    """Cancelling takes effect at once, closes the connection, and leaves nothing running."""
    async with ScriptedServer({LIST: hang}) as server, room_at(server.address) as room:
        reading = asyncio.create_task(room.roles_page())
        await server.arrival(LIST)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading


async def test_calls_cancelled_at_any_moment_hold_up_no_other(open_room: OpenRoom) -> None:
    """Wherever calls at once are cancelled, connecting or waiting, the next one waits for nothing of theirs."""
    async with open_room(limits=Limits(exchange=5.0)) as room:
        for turns in range(80):
            reading = asyncio.gather(room.roles_page(), room.roles_page(), room.version())
            for _ in range(turns):
                await asyncio.sleep(0)
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
            await room.refresh()


async def test_a_failure_on_the_servers_side_of_a_read() -> None:
    """500 is told at once, with what the Control Room says and what to do."""
    async with ScriptedServer({LIST: refused(500, "Internal.")}) as server, room_at(server.address) as room:
        with pytest.raises(ServerError, match="Internal") as failed:
            await room.roles_page()
        assert failed.value.exit_code == 1
        assert failed.value.hint


async def test_a_page_in_place_of_a_list() -> None:
    """The web UI's fallback with status 200 is no empty list."""
    async with ScriptedServer({LIST: page()}) as server, room_at(server.address) as room:
        with pytest.raises(UnexpectedAnswer, match="web page"):
            await room.roles_page()
