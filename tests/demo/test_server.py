import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from a360tui.demo import Account, DemoServer, PortInUse, PortRefused, Running, listening
from tests.demo.conftest import http_client


def python(code: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def over(running: Running) -> httpx.Client:
    """A client of the Unix socket."""
    return httpx.Client(base_url=running.url, transport=httpx.HTTPTransport(uds=str(running.socket)), trust_env=False)


def test_importing_it_loads_no_server() -> None:
    """Who only asks for ``--help`` does not pay for a web server."""
    heavy = "{'starlette', 'uvicorn', 'jwt', 'ssl', 'asyncio', 'cryptography', 'trustme', 'httpx'}"
    process = python(f"import sys, a360tui.demo; print(sorted({heavy} & sys.modules.keys()))")
    assert process.communicate() == ("[]\n", "")


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose path leaves room for a socket, which pytest's own may not."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


def test_the_socket_is_in_a_folder_of_its_own(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is 0700 in the runtime folder, its path is short enough, and it is gone at the end."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short_folder))
    with DemoServer().on_unix_socket() as running:
        assert running.socket is not None
        folder = running.socket.parent
        assert folder.parent == short_folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert len(os.fsencode(running.socket)) < 108
        with over(running) as client:
            assert client.get("/v1/authentication/type").json() == {"authType": "DATABASE"}
            assert client.get("/", headers={"Host": "127.0.0.1"}).status_code == 421
    assert list(short_folder.iterdir()) == []


def test_what_a_killed_run_left_behind_goes(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start removes the folder of a run that is no more, and neither a run's that lives nor one that is just made."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short_folder))
    left, made, other = (short_folder / name for name in ("a360tui-demo-left", "a360tui-demo-made", "other"))
    for folder in (left, made, other):
        folder.mkdir(mode=0o700)
        (folder / "socket").touch()
    with DemoServer().on_unix_socket() as first:
        assert first.socket is not None
        for folder in (left, other, first.socket.parent):
            os.utime(folder, (0, 0))
        with DemoServer().on_unix_socket() as second:
            assert second.socket is not None
            assert sorted(short_folder.iterdir()) == sorted((made, other, first.socket.parent, second.socket.parent))


@pytest.mark.parametrize("place", ["x" * 100, "not/there"])
def test_a_runtime_folder_that_will_not_do_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Where the runtime folder is too deep for a socket, or missing, another one is taken."""
    (tmp_path / ("x" * 100)).mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / place))
    with DemoServer().on_unix_socket() as running, over(running) as client:
        assert client.get("/v1/authentication/type").status_code == 200


@pytest.mark.skipif(not hasattr(socket, "SO_PEERCRED"), reason="the system does not tell who is at the other end")
def test_another_user_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection of another user to the Unix socket is closed before anything is read."""
    with DemoServer().on_unix_socket() as running, over(running) as client:
        me = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: me + 1)
        with pytest.raises(httpx.TransportError):
            client.get("/v1/authentication/type")


def test_it_serves_tls_for_its_own_authority() -> None:
    """With the authority's file the certificate is right for 127.0.0.1 and localhost; without it, it is not."""
    with DemoServer().on_loopback(tls=True) as running:
        assert running.ca_file is not None
        assert stat.S_IMODE(running.ca_file.parent.stat().st_mode) == 0o700
        trusting = ssl.create_default_context(cafile=running.ca_file)
        port = urlsplit(running.url).port
        for url in (running.url, f"https://localhost:{port}"):
            with httpx.Client(base_url=url, verify=trusting, trust_env=False) as client:
                assert client.get("/v1/authentication/type").status_code == 200
        with http_client(running, verify=True) as client, pytest.raises(httpx.ConnectError, match="CERTIFICATE"):
            client.get("/")
    assert not running.ca_file.parent.exists()


def test_it_listens_on_this_machine_alone(control_room: Running) -> None:
    """The address is 127.0.0.1 and nothing else, on the port that was free."""
    assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+", control_room.url)
    assert (control_room.socket, control_room.ca_file) == (None, None)


def test_a_port_in_use_is_said_so(control_room: Running) -> None:
    """A second server on the same port is a sentence, not a traceback of a socket."""
    port = urlsplit(control_room.url).port or 0
    with pytest.raises(PortInUse, match=f"Port {port} "), DemoServer().on_loopback(port):
        pass


def test_a_port_that_does_not_exist_is_said_so() -> None:
    """65536 is no port."""
    with pytest.raises(PortRefused, match="65536"), DemoServer().on_loopback(65536):
        pass


def test_a_port_is_free_again_at_once() -> None:
    """A server can be started anew on the port that it just had, even with a client that never hung up."""
    with ExitStack() as stack:  # noqa: SIM117 - the client outlives the server
        with DemoServer().on_loopback() as running:
            stack.enter_context(http_client(running)).get("/")
            port = urlsplit(running.url).port or 0
    with DemoServer().on_loopback(port) as running:
        assert urlsplit(running.url).port == port


def test_it_ends_with_connections_open() -> None:
    """A silent client, half a head and half a body do not keep it from ending, and it leaves no thread."""
    before = set(threading.enumerate())
    with DemoServer().on_loopback() as running:
        address = urlsplit(running.url)
        starts = (b"", b"POST /v2/auth", b"POST /v2/authentication HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        connections = [socket.create_connection((address.hostname, address.port)) for _ in starts]
        for connection, start in zip(connections, starts, strict=True):
            connection.sendall(start)
        with http_client(running) as client:
            assert client.get("/v1/authentication/type").status_code == 200
    for connection in connections:
        connection.close()
    assert set(threading.enumerate()) == before


def test_a_connection_that_asks_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that only connects does not keep a place for ever; one that has asked may go on."""
    monkeypatch.setattr(listening, "FIRST_REQUEST_TIME", 0.05)
    with DemoServer().on_loopback() as running, http_client(running) as client:
        assert client.get("/").status_code == 200
        address = urlsplit(running.url)
        with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
            assert connection.recv(1) == b""
        assert client.get("/").status_code == 200


def test_too_many_connections_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the cap a request is 503, and below it the server answers again."""
    monkeypatch.setattr(listening, "MOST_CONNECTIONS", 3)
    with DemoServer().on_loopback() as running:
        address = urlsplit(running.url)
        held = [socket.create_connection((address.hostname, address.port)) for _ in range(3)]
        with http_client(running) as client:
            assert client.get("/").status_code == 503
        for connection in held:
            connection.close()
        with http_client(running, transport=httpx.HTTPTransport(retries=0)) as client:
            while client.get("/", headers={"Connection": "close"}).status_code == 503:
                pass


def test_each_start_makes_new_passwords() -> None:
    """Passwords are random, belong to one run, and are not in what an account prints."""
    server = DemoServer()
    with server.on_loopback() as first:
        pass
    with server.on_loopback() as second:
        pass
    assert first.accounts[0].password != second.accounts[0].password
    assert [account.username for account in first.accounts] == ["admin", "creator", "runner"]
    assert first.accounts[0].password not in repr(first)
    assert len({account.password for account in first.accounts}) == 3


def test_passwords_can_be_given() -> None:
    """For pictures and tests the passwords can be fixed."""
    with DemoServer(passwords={"admin": "open sesame"}).on_loopback() as running:
        assert running.account("admin") == Account("admin", "open sesame", ("AAE_Admin",))


def test_two_servers_live_side_by_side(control_room: Running) -> None:
    """Each has its own data: a token of one opens nothing in the other."""
    with DemoServer().on_loopback() as other, http_client(other) as there, http_client(control_room) as here:
        account = other.account("admin")
        body = {"username": account.username, "password": account.password}
        assert here.post("/v2/authentication", json=body).status_code == 401
        token = there.post("/v2/authentication", json=body).json()["token"]
        for client, valid in ((there, True), (here, False)):
            answer = client.get("/v1/authentication/token", headers={"X-Authorization": token})
            assert answer.json() == {"valid": valid}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("tls", [False, True])
def test_a_signal_ends_it_cleanly(number: signal.Signals, tls: bool) -> None:
    """``serve`` returns, says nothing on stderr, and removes the certificate's folder."""
    process = python(
        "from a360tui.demo import DemoServer\n"
        f"DemoServer().serve(0, {tls}, on_listening=lambda running: print(running.url, running.ca_file, flush=True))\n"
        "print('ended')"
    )
    with process:
        assert process.stdout is not None
        url, ca_file = process.stdout.readline().split()
        verify = ssl.create_default_context(cafile=ca_file) if tls else False
        with httpx.Client(base_url=url, verify=verify, trust_env=False) as client:
            assert client.get("/v1/authentication/type").status_code == 200
        process.send_signal(number)
        assert process.communicate(timeout=30) == ("ended\n", "")
    assert process.returncode == 0
    assert not Path(ca_file).exists()


def test_a_signal_at_the_first_line_ends_it_too() -> None:
    """Who reads the first line and sends SIGTERM at once does not come too early."""
    process = python(
        "import os, signal\nfrom a360tui.demo import DemoServer\n"
        "DemoServer().serve(on_listening=lambda running: os.kill(os.getpid(), signal.SIGTERM))\nprint('ended')"
    )
    assert process.communicate(timeout=30) == ("ended\n", "")
