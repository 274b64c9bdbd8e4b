"""What others on the machine can try with the embedded Control Room: other users, slow clients, smuggling."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from a360tui.demo import DemoServer, Running, limits, listening
from tests.demo.conftest import http_client

SOMEBODY_ELSE = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
TRY = """
import errno, os, socket, sys
client = socket.socket(socket.AF_UNIX)
client.settimeout(30)
try:
    client.connect(sys.argv[1])
    client.sendall(b"GET /v1/authentication/type HTTP/1.1\\r\\nHost: control-room.demo\\r\\n\\r\\n")
    print(len(client.recv(99)))
except OSError as error:
    print(errno.errorcode[error.errno])
"""

as_root = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="becoming another user needs root and setpriv"
)


def somebody_else_tries(path: Path) -> str:
    """What comes of a connection of user 65534: bytes of an answer, or the error."""
    command = [*SOMEBODY_ELSE, sys.executable, "-I", "-S", "-c", TRY, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
    return done.stdout.strip()


@contextmanager
def talking(running: Running) -> Iterator[socket.socket]:
    """A connection of a client that writes its own bytes."""
    address = urlsplit(running.url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as client:
        yield client


def said(client: socket.socket) -> bytes:
    """All that comes until the other end closes."""
    heard = b""
    try:
        while data := client.recv(65536):
            heard += data
    except ConnectionError:
        pass  # a client that was cut off in the middle of its request
    return heard


def works(running: Running) -> bool:
    with http_client(running) as client:
        return client.get("/v1/authentication/type").status_code == 200


@as_root
def test_another_user_cannot_reach_the_socket() -> None:
    """The folder keeps user 65534 out; where the folder is opened for all, the server cuts the connection off."""
    with DemoServer().on_unix_socket() as running:
        assert running.socket is not None
        assert somebody_else_tries(running.socket) == "EACCES"
        running.socket.parent.chmod(0o755)
        running.socket.chmod(0o777)
        assert somebody_else_tries(running.socket) in {"0", "ECONNRESET", "EPIPE"}


@as_root
def test_another_user_cannot_read_the_data(tmp_path: Path) -> None:
    """The file that keeps the data is its owner's alone."""
    data = tmp_path / "control-room.db"
    with DemoServer(data=data).on_loopback():
        assert data.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "begins",
    [b"", b"GET /v1/auth", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"GET / HTTP/1.1\r\nX: "],
    ids=["nothing", "half a line", "half a head", "half a header"],
)
def test_a_head_that_never_ends_is_cut_off(begins: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not finish a first request in time loses the connection, and others are served."""
    monkeypatch.setattr(listening, "FIRST_REQUEST_TIME", 0.1)
    with DemoServer().on_loopback() as running, talking(running) as client:
        client.sendall(begins)
        assert said(client) == b""
        assert works(running)


def test_a_body_that_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that does not come in time is 408, or the end of the connection."""
    monkeypatch.setattr(limits, "BODY_TIME", 0.1)
    with DemoServer().on_loopback() as running, talking(running) as client:
        host = urlsplit(running.url).netloc.encode()
        client.sendall(
            b"POST /v2/authentication HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
        assert said(client).startswith(b"HTTP/1.1 408 ")
        assert works(running)


def test_a_client_that_never_reads_holds_nobody_up() -> None:
    """Answers that pile up at one connection stop its requests, and the next client is served."""
    with DemoServer(users=2000).on_loopback() as running, talking(running) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        host = urlsplit(running.url).netloc.encode()
        client.settimeout(1)
        try:
            for _ in range(5_000):
                client.sendall(b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n" * 20)
        except TimeoutError:
            pass  # the server reads no more of it
        except ConnectionError:
            pass  # or has cut it off
        assert works(running)


SMUGGLED = b"GET /v2/settings/version/details HTTP/1.1\r\nHost: HOST\r\n\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /v2/nothing HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v2/authentication HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"POST /v2/authentication HTTP/1.1\r\nHost: HOST\r\nContent-Length: +5\r\n\r\nabcde",
        b"POST /v2/authentication HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n",
        b"POST /v2/authentication HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST /v2/authentication HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"POST /v2/authentication HTTP/1.1\r\nHost: HOST\r\n Content-Length: 5\r\n\r\nabcde",
        b"GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\nHost: HOST\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: HOST\r\nX: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: HOST\r\nX" + b"y" * 1_000_000 + b": 1\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: HOST\r\n\r\n",
        b"TRACE / HTTP/1.1\r\nHost: HOST\r\n\r\n",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(control_room: Running, request_: bytes) -> None:
    """A request with two lengths, two hosts, another host or odd bytes is 4xx; what is behind it gets no 200 either."""
    with talking(control_room) as client:
        with suppress(ConnectionError, OSError):  # it may be cut off before all of it is written
            client.sendall((request_ + SMUGGLED).replace(b"HOST", urlsplit(control_room.url).netloc.encode()))
            client.shutdown(socket.SHUT_WR)
        heard = said(client)
    assert heard.startswith(b"HTTP/1.1 4") or (not heard and len(request_) > 100_000)
    first = heard.partition(b"\r\n\r\n")[0].lower()
    assert b"HTTP/1.1 200" not in heard or b"connection: close" not in first
    assert works(control_room)


def test_requests_in_one_piece_are_answered_in_order(control_room: Running) -> None:
    """Pipelined requests each get their own answer, in the order in which they came."""
    host = urlsplit(control_room.url).netloc.encode()
    paths = [b"/v1/authentication/type", b"/v2/nothing", b"/v1/authentication/type"]
    with talking(control_room) as client:
        client.sendall(b"".join(b"GET " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\n\r\n" for path in paths))
        client.shutdown(socket.SHUT_WR)
        answers = said(client).split(b"HTTP/1.1 ")[1:]
    assert [answer[:3] for answer in answers] == [b"200", b"404", b"200"]
    assert b"authType" in answers[0]
