"""Before a connection is safe no byte of a credential leaves: TLS, plain text, redirects, proxies, names."""

import asyncio
import datetime as dt
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from a360tui.api import Address, ApiKey, ControlRoom, Limits, Password, RoleDraft, parse_address
from a360tui.api.errors import (
    ConnectionLost,
    ConnectionRefused,
    NameNotFound,
    NotReachable,
    OutcomeUnknown,
    Redirected,
    TLSFailed,
)
from a360tui.errors import A360Error, InvalidInput
from a360tui.secret import Secret
from tests.api.conftest import QUICK, room_at
from tests.api.scripted_server import Conversation, ScriptedServer, Step, answer, rows

AUTHORITY = trustme.CA()
NOW = dt.datetime.now(dt.UTC)
CANARY = "canary-of-the-password"
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@dataclass
class Wire:
    """What arrived at a port, byte for byte, before anything understands it."""

    port: int = 0
    received: bytearray = field(default_factory=bytearray)


@asynccontextmanager
async def wire(behind: int | None = None, says: bytes | None = None) -> AsyncIterator[Wire]:
    """Record what comes to a port of 127.0.0.1, and pass it on to another one, or answer with some bytes and close."""
    seen = Wire()
    talks: set[asyncio.Task[Any]] = set()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        talks.add(talk)
        try:
            if behind is None:
                seen.received += await reader.read(65536)
                writer.write(says or b"")
                await writer.drain()
                return
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", behind)
            await _both_ways(reader, writer, there_reader, there_writer, seen.received)
        except (ConnectionError, asyncio.CancelledError):
            pass  # one side went, or the test ended
        finally:
            writer.transport.abort()
            talks.discard(talk)

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    seen.port = server.sockets[0].getsockname()[1]
    try:
        yield seen
    finally:
        server.close()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()
        await asyncio.sleep(0)  # what was aborted is closed in the loop's next round


async def _both_ways(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    there_reader: asyncio.StreamReader,
    there_writer: asyncio.StreamWriter,
    record: bytearray | None = None,
) -> None:
    """Pass bytes on until one side has no more."""
    ways = [
        asyncio.create_task(_pour(reader, there_writer, record)),
        asyncio.create_task(_pour(there_reader, writer, None)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        there_writer.transport.abort()
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, record: bytearray | None) -> None:
    while data := await reader.read(65536):
        if record is not None:
            record += data
        writer.write(data)
        await writer.drain()


async def sign_in(
    address: Address, ca_file: Path | None = None, credential: type[Password | ApiKey] = Password
) -> None:
    async with ControlRoom(address, ca_file=ca_file, limits=QUICK) as room:
        await room.sign_in("jdoe", credential(Secret(CANARY)))


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(str(path))
    return path


def certified(
    *names: str,
    authority: trustme.CA = AUTHORITY,
    begins: dt.datetime | None = None,
    ends: dt.datetime | None = None,
    version: ssl.TLSVersion | None = None,
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf = authority.issue_cert(*(names or ("127.0.0.1",)), not_before=begins, not_after=ends)
    leaf.configure_cert(context)
    if version is not None:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    return context


def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """A certificate that is its own authority, as a fresh installation has it."""
    authority = trustme.CA()
    certificate, key = tmp_path / "own.pem", tmp_path / "own.key"
    authority.cert_pem.write_to_path(str(certificate))
    authority.private_key_pem.write_to_path(str(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


BAD_TLS: dict[str, tuple[Callable[[Path], ssl.SSLContext], str]] = {
    "expired": (lambda _: certified(ends=NOW - timedelta(days=1)), "has expired.*this machine's clock may be wrong"),
    "not yet valid": (
        lambda _: certified(begins=NOW + timedelta(days=1), ends=NOW + timedelta(days=9)),
        "not valid yet.*This machine's clock may be wrong",
    ),
    "wrong host": (lambda _: certified("cr.example.com"), "another host than 127.0.0.1"),
    "unknown authority": (lambda _: certified(authority=trustme.CA()), "does not know.*--ca-file"),
    "self-signed": (self_signed, "does not know.*--ca-file"),
    "TLS 1.0": (lambda _: certified(version=ssl.TLSVersion.TLSv1), "TLS 1"),
    "TLS 1.1": (lambda _: certified(version=ssl.TLSVersion.TLSv1_1), "TLS 1"),
}


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("credential", [Password, ApiKey])
@pytest.mark.parametrize("name", BAD_TLS)
async def test_a_connection_that_is_not_safe_gets_nothing(
    name: str, credential: type[Password | ApiKey], ca_file: Path, tmp_path: Path
) -> None:
    """Which fault it is and what helps is said; the bytes on the wire hold nothing of the credential or the user."""
    make, words = BAD_TLS[name]
    async with ScriptedServer(tls=make(tmp_path)) as server, wire(server.port) as seen:
        with pytest.raises(TLSFailed, match=words) as failed:
            await sign_in(Address("https", "127.0.0.1", seen.port), ca_file, credential)
        assert failed.value.exit_code == 3
        assert server.received == []
    assert seen.received
    assert CANARY.encode() not in seen.received
    assert b"jdoe" not in seen.received


async def test_a_good_connection_hides_it_too(ca_file: Path) -> None:
    """The same recorder before a good certificate: the sign-in arrives, and nothing of it can be read on the way."""
    async with ScriptedServer(tls=certified()) as server, wire(server.port) as seen:
        await sign_in(Address("https", "127.0.0.1", seen.port), ca_file)
        assert server.received[0].json == {"username": "jdoe", "password": CANARY}
    assert CANARY.encode() not in seen.received


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "does not speak TLS"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak TLS"),
        (b"", "nothing was sent|No secure connection"),
        (b"\x15\x03\x01\x00\x02\x02\x28", "No secure connection"),
    ],
    ids=["plain http", "ssh", "silence", "an alert"],
)
async def test_another_service_at_the_tls_port(says: bytes, words: str) -> None:
    """What speaks no TLS is told as that, and got a greeting of TLS and nothing else."""
    async with wire(says=says) as seen:
        with pytest.raises(NotReachable, match=words):
            await sign_in(Address("https", "127.0.0.1", seen.port))
    assert seen.received[:1] == b"\x16"
    assert CANARY.encode() not in seen.received


async def test_http_at_a_port_that_speaks_tls() -> None:
    """The reverse can only be on this machine, since http goes nowhere else; it is told, and ends."""
    async with ScriptedServer(tls=certified()) as server:
        with pytest.raises(NotReachable):
            await sign_in(Address("http", "127.0.0.1", server.port))
        assert server.received == []


async def test_the_certificates_of_ssl_cert_file(ca_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``SSL_CERT_FILE`` names what this machine trusts, as for every other program."""
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    async with ScriptedServer(tls=certified()) as server:
        await sign_in(server.address)
        assert server.count("POST /v2/authentication") == 1


# Redirects ------------------------------------------------------------------------------------------------------------

CALLS: dict[str, Callable[[ControlRoom], Awaitable[object]]] = {
    "GET /v1/authentication/type": lambda room: room.auth_type(),
    "POST /v2/authentication": lambda room: room.sign_in("jdoe", Password(Secret(CANARY))),
    "POST /v2/usermanagement/roles/list": lambda room: room.roles_page(),
    "POST /v2/usermanagement/roles": lambda room: room.create_role(RoleDraft("x")),
    "POST /v2/usermanagement/users/self/apikey": lambda room: room.generate_key(),
    "POST /v2/authentication/token": lambda room: room.refresh(),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["another host", "http", "itself"])
async def test_no_redirect_is_followed(call: str, status: int, to: str, ca_file: Path) -> None:
    """To another host, to http or to itself for ever: the target is named, sees no request, and it was sent once."""
    async with ScriptedServer({call: answer()}) as other:
        places = {
            "another host": f"https://localhost:{other.port}{call.partition(' ')[2]}",
            "http": f"{other.address.url}{call.partition(' ')[2]}",
            "itself": call.partition(" ")[2],
        }
        sends_on = answer(status=status, headers={"Location": places[to]})
        async with (
            ScriptedServer({call: sends_on}, tls=certified()) as server,
            room_at(
                server.address, sign_in="v2/authentication" not in call or "token" in call, ca_file=ca_file
            ) as room,
        ):
            with pytest.raises((Redirected, OutcomeUnknown), match=f"{status}") as told:
                await CALLS[call](room)
            assert {"another host": "localhost", "http": "127.0.0.1", "itself": "another place"}[to] in str(told.value)
            assert server.count(call) == 1
        assert (other.connections, other.received) == (0, [])


# Proxies --------------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _no_proxy_of_who_runs_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def tunnel(to: int, asked: list[bytes]) -> Step:
    """A proxy that makes the tunnel that it is asked for, to a port of this machine whatever the name."""

    async def step(talk: Conversation) -> bool:
        asked.append(await talk.reader.readuntil(b"\r\n\r\n"))
        reader, writer = await asyncio.open_connection("127.0.0.1", to)
        await talk.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await _both_ways(talk.reader, talk.writer, reader, writer)
        return False

    return step


def says(line: bytes) -> Step:
    """A proxy that answers to CONNECT with a status."""

    async def step(talk: Conversation) -> bool:
        await talk.reader.readuntil(b"\r\n\r\n")
        await talk.send(b"HTTP/1.1 " + line + b"\r\nContent-Length: 0\r\n\r\n")
        return False

    return step


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
async def test_a_proxy_is_a_tunnel_and_is_shown(variable: str, ca_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy of the environment is used, and named without its password; it learns the host and nothing else."""
    asked: list[bytes] = []
    async with ScriptedServer(tls=certified("cr.example.com")) as server:
        async with ScriptedServer(on_connect=tunnel(server.port, asked)) as proxy, wire(proxy.port) as seen:
            monkeypatch.setenv(variable, f"http://someone:canary-of-the-proxy@127.0.0.1:{seen.port}")
            async with ControlRoom(parse_address("https://cr.example.com"), ca_file=ca_file, limits=QUICK) as room:
                assert room.proxy == f"127.0.0.1:{seen.port}"
                await room.sign_in("jdoe", Password(Secret(CANARY)))
        assert server.count("POST /v2/authentication") == 1
        assert "proxy-authorization" not in server.received[0].headers
    assert asked[0].startswith(b"CONNECT cr.example.com:443 ")
    assert b"Proxy-Authorization: Basic" in asked[0]
    assert CANARY.encode() not in seen.received
    assert b"token-1" not in seen.received


async def test_a_proxy_that_is_spoken_to_by_tls(ca_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An https:// proxy is trusted as the Control Room is, by the CA file too; its own user and password are hidden."""
    asked: list[bytes] = []
    async with ScriptedServer(tls=certified("cr.example.com")) as server:
        step = tunnel(server.port, asked)
        async with ScriptedServer(on_connect=step, tls=certified()) as proxy, wire(proxy.port) as seen:
            monkeypatch.setenv("HTTPS_PROXY", f"https://someone:canary-of-the-proxy@127.0.0.1:{seen.port}")
            await sign_in(parse_address("https://cr.example.com"), ca_file)
        assert server.count("POST /v2/authentication") == 1
    assert asked[0].startswith(b"CONNECT cr.example.com:443 ")
    assert b"Proxy-Authorization: Basic" in asked[0]
    assert b"CONNECT" not in seen.received
    assert CANARY.encode() not in seen.received


@pytest.mark.parametrize(
    "fault", [{"ends": NOW - timedelta(days=1)}, {"authority": trustme.CA()}], ids=["expired", "unknown authority"]
)
@pytest.mark.parametrize("scheme", ["https", "http"])
async def test_whose_certificate_is_bad_is_said(
    fault: dict[str, Any], scheme: str, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy's own, or the Control Room's behind it: the sentence names whose it is, and no credential was sent."""
    bad = certified("127.0.0.1", "cr.example.com", **fault)
    async with ScriptedServer(tls=bad) as server:
        step = tunnel(server.port, [])
        async with ScriptedServer(on_connect=step, tls=bad if scheme == "https" else None) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://someone:canary-of-the-proxy@127.0.0.1:{proxy.port}")
            whose = f"the proxy 127.0.0.1:{proxy.port}" if scheme == "https" else "cr.example.com"
            with pytest.raises(TLSFailed, match=f"certificate of {whose} ") as failed:
                await sign_in(parse_address("https://cr.example.com"), ca_file)
        assert server.received == []
    assert "canary" not in str(failed.value)


@pytest.mark.parametrize("mark", ["/", "?", "#", "\\"])
@pytest.mark.parametrize("url", ["http://someone:12{}canary@127.0.0.1:9", "someone:12{}canary@127.0.0.1:9"])
async def test_a_password_that_looks_like_the_end_of_a_host(
    url: str, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no clear address is shown in no part: what looks like a port may be the beginning of a password."""
    monkeypatch.setenv("HTTPS_PROXY", url.format(mark))
    shown = ""
    try:
        async with ControlRoom(parse_address("https://cr.example.com"), limits=QUICK) as room:
            shown = room.proxy
            await room.auth_type()
    except A360Error as error:
        shown += str(error)
    assert "_PROXY" in shown
    assert not [part for part in ("someone", "canary", "12") if part in shown.replace("127.0.0.1", "")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"407 Proxy Authentication Required", "wants a user and a password of its own"),
        (b"403 Forbidden", "did not connect to cr.example.com"),
        (b"502 Bad Gateway", "did not connect to cr.example.com"),
        (b"301 Moved\r\nLocation: http://127.0.0.1:1/", "did not connect to cr.example.com"),
    ],
)
async def test_a_proxy_that_makes_no_tunnel(line: bytes, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its refusal is told as the proxy's, with its name and the variables to look at; no sign-in was sent."""
    async with ScriptedServer(on_connect=says(line)) as proxy, wire(proxy.port) as seen:
        monkeypatch.setenv("HTTPS_PROXY", f"http://someone:canary-of-the-proxy@127.0.0.1:{seen.port}")
        with pytest.raises(NotReachable, match=rf"The proxy 127\.0\.0\.1:{seen.port} {words}.*_PROXY") as failed:
            await sign_in(parse_address("https://cr.example.com"))
        assert "canary" not in str(failed.value)
    assert CANARY.encode() not in seen.received


@pytest.mark.parametrize(
    ("url", "kind", "words"),
    [
        ("http://127.0.0.1:{free}", ConnectionRefused, "Nothing listens at the proxy 127.0.0.1"),
        ("http://no-such-proxy.invalid:3128", NameNotFound, "No host is called no-such-proxy.invalid:3128"),
        ("no-such-proxy.invalid:3128", NameNotFound, "No host is called no-such-proxy.invalid:3128"),
        ("socks5://127.0.0.1:1", InvalidInput, "speaks SOCKS"),
        ("socks5h://user:canary@127.0.0.1:1", InvalidInput, "speaks SOCKS"),
        ("gopher://127.0.0.1:1", InvalidInput, "cannot be used"),
        ("http://127.0.0.1:99999", InvalidInput, "cannot be used"),
        ("http://:8080", InvalidInput, "cannot be used"),
        ("http://[", InvalidInput, "cannot be used"),
        ("http://x\x1b[31m:1", InvalidInput, "cannot be used"),
    ],
)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
async def test_a_proxy_that_cannot_be_used(
    variable: str, url: str, kind: type[A360Error], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not there, without a name, SOCKS, no address at all: the sentence blames the proxy and not the Control Room."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        monkeypatch.setenv(variable, url.format(free=held.getsockname()[1]))
        with pytest.raises(kind, match=words) as failed:
            await sign_in(parse_address("https://cr.example.com"))
    assert "_PROXY" in failed.value.hint
    assert str(failed.value).isprintable()
    assert "canary" not in str(failed.value)


@pytest.mark.parametrize("no_proxy", ["*", "cr.example.com", "example.com", ".example.com", "x, cr.example.com"])
async def test_no_proxy_is_kept_to(no_proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Control Room that ``NO_PROXY`` names, or whose domain it names, is reached directly."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert ControlRoom(parse_address("https://cr.example.com")).proxy == "127.0.0.1:9"
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert ControlRoom(parse_address("https://cr.example.com")).proxy == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_what_stays_here_goes_through_no_proxy(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Control Room on this machine, the demo's among them, ignores every proxy variable."""
    async with wire(says=b"HTTP/1.1 502 X\r\n\r\n") as seen, ScriptedServer({CALLS_LIST: rows([])}) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{seen.port}")
            monkeypatch.setenv(name.lower(), f"http://127.0.0.1:{seen.port}")
        assert ControlRoom(Address("https", host, server.port)).proxy == ""
        await sign_in(Address("http", host, server.port))
        assert server.count("POST /v2/authentication") == 1
    assert seen.received == b""


CALLS_LIST = "POST /v2/usermanagement/roles/list"


# Names and addresses --------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="this machine has no IPv6")
async def test_the_first_address_is_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name whose IPv6 address leads nowhere is reached by its IPv4 address, with one sign-in."""
    async with ScriptedServer() as server:
        find = socket.getaddrinfo

        def both(host: object, port: object, *rest: Any, **named: Any) -> list[Any]:
            if host not in ("localhost", b"localhost"):
                return list(find(host, port, *rest, **named))  # type: ignore[arg-type]  # as it was called
            dead = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", server.port, 0, 0))
            return [dead, (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))]

        monkeypatch.setattr(socket, "getaddrinfo", both)
        await sign_in(Address("http", "localhost", server.port))
        assert server.count("POST /v2/authentication") == 1


async def test_a_handshake_that_is_reset() -> None:
    """A connection that breaks before it is safe is told as not made; nothing was sent, and it is not tried again."""

    async def resets(talk: Conversation) -> bool:
        await talk.reader.read(1)
        talk.reset()
        return False

    async with ScriptedServer(on_connect=resets) as server:
        with pytest.raises(ConnectionLost, match="nothing was sent"):
            await sign_in(Address("https", "127.0.0.1", server.port))
        assert server.connections == 1


async def test_a_connection_that_is_never_accepted() -> None:
    """A full queue at the other end ends with the time for connecting, and the sentence says that nothing was sent."""
    limits = Limits(connect=0.3, exchange=30, generate=30, retry_wait=0)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = Address("http", "127.0.0.1", listener.getsockname()[1])
        fillers = [socket.socket() for _ in range(4)]
        try:
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(("127.0.0.1", address.port))
            async with ControlRoom(address, limits=limits) as room:
                with pytest.raises(NotReachable, match="does not answer; nothing was sent"):
                    await room.sign_in("jdoe", Password(Secret(CANARY)))
        finally:
            for filler in fillers:
                filler.close()
