import asyncio
import datetime as dt
import ssl
from pathlib import Path

import pytest
import trustme

from a360tui.api import Address, ControlRoom, Password, parse_address
from a360tui.api.errors import NotReachable, TLSFailed
from a360tui.api.tls import no_tls, system_trust
from a360tui.demo import DemoServer, Running
from a360tui.errors import InvalidInput
from a360tui.secret import Secret
from tests.api.conftest import QUICK
from tests.api.scripted_server import Conversation, ScriptedServer

AUTHORITY = trustme.CA()


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(str(path))
    return path


def server_context(authority: trustme.CA = AUTHORITY, *names: str, ends: dt.datetime | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or ("127.0.0.1",)), not_after=ends).configure_cert(context)
    return context


async def sign_in(address: Address, ca_file: Path | None = None) -> None:
    async with ControlRoom(address, ca_file=ca_file, limits=QUICK) as room:
        await room.sign_in("jdoe", Password(Secret("the-password")))


async def test_a_private_authority_is_trusted_when_it_is_given(ca_file: Path) -> None:
    """The CA file of the profile is enough, and is added to what the system trusts."""
    async with ScriptedServer(tls=server_context()) as server:
        await sign_in(server.address, ca_file)
        assert server.count("POST /v2/authentication") == 1


async def test_the_embedded_control_room_over_tls() -> None:
    """``demo serve --tls`` is reached with the CA file that it names, and not without."""
    with DemoServer().on_loopback(tls=True) as running:
        await _signs_in(running)
        with pytest.raises(TLSFailed, match="--ca-file"):
            await sign_in(parse_address(running.url), None)


async def _signs_in(running: Running) -> None:
    async with ControlRoom(parse_address(running.url), ca_file=running.ca_file) as room:
        await room.sign_in("admin", Password(Secret(running.account("admin").password)))
        assert (await room.roles_page()).items


YESTERDAY = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("context", "given", "problem", "words"),
    [
        (server_context(), False, "unknown authority", "--ca-file"),
        (server_context(trustme.CA()), True, "unknown authority", "--ca-file"),
        (server_context(AUTHORITY, "cr.example.com"), True, "wrong host", "another host than 127.0.0.1"),
        (server_context(ends=YESTERDAY), True, "expired", "clock"),
    ],
    ids=["unknown authority", "another authority", "wrong host", "expired"],
)
async def test_a_certificate_that_is_not_good(
    context: ssl.SSLContext, given: bool, problem: str, words: str, ca_file: Path
) -> None:
    """The sentence says which fault it is and what helps; the server gets no request, so no password."""
    async with ScriptedServer(tls=context) as server:
        with pytest.raises(TLSFailed, match=words) as failed:
            await sign_in(server.address, ca_file if given else None)
        assert failed.value.problem == problem
        assert failed.value.exit_code == 3
        assert server.received == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
async def test_old_tls_is_refused(ca_file: Path) -> None:
    """A server that speaks TLS 1.1 at most gets no connection."""
    context = server_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    async with ScriptedServer(tls=context) as server:
        with pytest.raises(TLSFailed):
            await sign_in(server.address, ca_file)
        assert server.received == []


async def test_plain_http_where_tls_is_expected() -> None:
    """A port without TLS is told as that, before anything of the request is sent."""
    async with ScriptedServer(on_connect=_answers_plainly) as server:
        with pytest.raises(TLSFailed, match="does not speak TLS") as failed:
            await sign_in(Address("https", "127.0.0.1", server.port), None)
        assert failed.value.problem == "old protocol"


async def _answers_plainly(talk: Conversation) -> bool:
    await talk.reader.read(1)
    await talk.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    return False


async def test_a_reset_in_the_handshake() -> None:
    """A connection that breaks before it is secure is not reachable, and nothing was sent."""

    async def resets(talk: Conversation) -> bool:
        await talk.reader.read(1)
        talk.reset()
        return False

    async with ScriptedServer(on_connect=resets) as server:
        with pytest.raises(NotReachable, match="nothing was sent"):
            await sign_in(Address("https", "127.0.0.1", server.port), None)


async def test_a_ca_file_that_is_none(tmp_path: Path) -> None:
    """A file that is missing or holds no certificate is a mistake in the configuration, at its field."""
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    for path, why in (
        (tmp_path / "missing.pem", "cannot be read: No such file or directory"),
        (empty, "cannot be read as certificates"),
        (tmp_path, "cannot be read"),
    ):
        with pytest.raises(InvalidInput, match=why) as invalid:
            await sign_in(parse_address("https://cr.example.com"), path)
        assert invalid.value.field == "ca_file"


async def test_the_secrets_of_a_connection_are_not_logged(
    ca_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``SSLKEYLOGFILE`` is not honoured."""
    log = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    async with ScriptedServer(tls=server_context()) as server:
        await sign_in(server.address, ca_file)
    assert not log.exists()


def test_nothing_less_than_verified_tls_1_2() -> None:
    """The context for https verifies, and speaks nothing older."""
    context = system_trust(None)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


async def test_a_connection_without_tls_makes_no_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing in over plain HTTP makes none, which costs a megabyte; what stands for one would not get TLS to begin."""

    def refuse(*_: object) -> ssl.SSLContext:
        raise AssertionError("a context was made")

    async with ScriptedServer() as server:
        with monkeypatch.context() as patched:
            patched.setattr(ssl, "SSLContext", refuse)
            await sign_in(server.address)
        assert server.count("POST /v2/authentication") == 1
    assert not hasattr(no_tls(), "wrap_bio")


async def test_a_handshake_can_be_cancelled() -> None:
    """A server that never answers the hello holds nobody up."""
    reached = asyncio.Event()

    async def silent(talk: Conversation) -> bool:
        reached.set()
        await talk.until_gone()
        return False

    async with ScriptedServer(on_connect=silent) as server:
        signing_in = asyncio.create_task(sign_in(Address("https", "127.0.0.1", server.port), None))
        await reached.wait()
        signing_in.cancel()
        with pytest.raises(asyncio.CancelledError):
            await signing_in
