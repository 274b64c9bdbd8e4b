"""``demo serve``, and the embedded Control Room as the screens start it."""

import json
import os
import signal
import socket
import ssl
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from a360tui.cli.demo import EmbeddedControlRoom, NotStarted
from a360tui.demo import DemoServer, Release
from a360tui.tui.demo_story import PEOPLE
from tests.cli.conftest import Program, end_of


def first_line(process: "subprocess.Popen[str]") -> Any:
    """The JSON line that is there once it listens."""
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def password_of(served: Any, username: str) -> str:
    return next(str(account["password"]) for account in served["accounts"] if account["username"] == username)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal(program: Program, number: signal.Signals) -> None:
    """The first line says all that a client needs; at the signal it ends with 0 and nothing more to say."""
    with program.started("demo", "serve", "--json") as process:
        served = first_line(process)
        assert list(served) == ["url", "caFile", "accounts"]
        assert served["caFile"] is None
        roles = {account["username"]: account["roles"] for account in served["accounts"]}
        assert roles["admin"] == ["AAE_Admin"]
        assert roles.keys() == {"admin", "creator", "runner"}
        assert len({account["password"] for account in served["accounts"]}) == 3
        assert httpx.get(f"{served['url']}/v1/authentication/type").json() == {"authType": "DATABASE"}
        process.send_signal(number)
        assert process.communicate() == ("", "")
        assert process.returncode == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{served['url']}/v1/authentication/type")


def test_a_table_for_people(program: Program) -> None:
    """Without ``--json`` the address and the accounts are readable, and it says how it ends."""
    with program.started("demo", "serve") as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "Ctrl-C ends it.\n"
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate()
    lines = shown.splitlines()
    assert lines[0].startswith("The embedded Control Room listens at http://127.0.0.1:")
    assert [line.split()[0] for line in lines[2:]] == ["USERNAME", "admin", "creator", "runner"]


@pytest.mark.parametrize("release", list(Release))
@pytest.mark.parametrize("place", ["before", "after"])
def test_its_options_may_stand_on_both_sides(program: Program, release: Release, place: str) -> None:
    """``demo --release R serve`` is ``demo serve --release R``; each release is served."""
    options = ("--release", release, "--users", "30")
    command = ("demo", *options, "serve", "--json") if place == "before" else ("demo", "serve", "--json", *options)
    with program.started(*command) as process:
        served = first_line(process)
        known = program.run(
            *("--control-room", served["url"], "--username", "admin", "--password-stdin", "whoami", "--json"),
            stdin=password_of(served, "admin"),
        )
        process.terminate()
    assert json.loads(known.stdout)["api"] == ("v1" if release == "11.3" else "v2")


def test_tls(program: Program) -> None:
    """``--tls`` serves https with a certificate whose authority is in the file that is named."""
    with program.started("demo", "serve", "--json", "--tls") as process:
        served = first_line(process)
        assert served["url"].startswith("https://127.0.0.1:")
        done = program.run(
            *("--control-room", served["url"], "--username", "admin", "--password-stdin", "whoami"),
            *("--ca-file", served["caFile"]),
            stdin=password_of(served, "admin"),
        )
        assert done.code == 0, done.stderr
        process.terminate()
        process.wait()
    assert not Path(served["caFile"]).exists()


def ignore_hangup() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


@pytest.mark.parametrize(("start", "stays"), [(None, False), (ignore_hangup, True)])
def test_its_terminal_is_closed(program: Program, start: Callable[[], None] | None, stays: bool) -> None:
    """It ends and takes its certificate with it; under nohup it goes on."""
    with program.started("demo", "serve", "--json", "--tls", preexec_fn=start) as process:
        served = first_line(process)
        process.send_signal(signal.SIGHUP)
        if stays:
            certificates = ssl.create_default_context(cafile=served["caFile"])
            assert httpx.get(f"{served['url']}/v1/authentication/type", verify=certificates).status_code == 200
            process.terminate()
        assert process.communicate() == ("", "")
        assert process.returncode == 0
    assert not Path(served["caFile"]).parent.exists()


def test_the_data_stay(program: Program, tmp_path: Path) -> None:
    """With ``--data`` a role is still there after a restart; the passwords are new; the file is private."""
    data = tmp_path / "company.db"
    passwords = set()
    for created in (True, False):
        with program.started("demo", "serve", "--json", "--data", str(data)) as process:
            served = first_line(process)
            passwords.add(password_of(served, "admin"))
            done = program.run(
                *("--control-room", served["url"], "--username", "admin", "--password-stdin"),
                *("role", "setup", "API key users", "--yes", "--json"),
                stdin=password_of(served, "admin"),
            )
            assert json.loads(done.stdout)["created"] is created
            process.terminate()
    assert len(passwords) == 2
    assert stat.S_IMODE(data.stat().st_mode) == 0o600


def test_it_does_not_start(program: Program, tmp_path: Path) -> None:
    """A port in use, a file that is not ours, and impossible numbers: a sentence, exit 2, nothing on stdout."""
    foreign = tmp_path / "foreign\x1b[31m.txt"
    foreign.write_text("somebody's notes")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        cases = [
            (["--port", port], "in use"),
            (["--port", "65536"], "65536"),
            (["--port", "http"], "'http'"),
            (["--users", "2"], "at least 3 users"),
            (["--users", "-1"], "at least 3 users"),
            (["--users", "1000001"], "1000001"),
            (["--release", "v99"], "v99"),
            (["--data", str(foreign)], "not a data file"),
            (["--data", str(tmp_path)], "not a file"),
            (["--data", "/nowhere/company.db"], "/nowhere/company.db"),
        ]
        for options, words in cases:
            done = program.run("demo", "serve", "--json", *options)
            assert (done.code, done.stdout) == (2, ""), options
            assert words in done.stderr
            assert done.stderr.startswith("a360tui: ")
    assert foreign.read_text() == "somebody's notes"


def test_nobody_reads_what_it_says(program: Program) -> None:
    """Without a reader for its first line it ends: nobody could know the passwords."""
    reading, writing = os.pipe()
    os.close(reading)
    with program.started("demo", "serve", "--json", stdout=writing) as process:
        os.close(writing)
        assert process.wait(30) == 1


def test_as_the_screens_start_it() -> None:
    """It listens on a Unix socket, lets in who the screens offer, and leaves nothing behind; it may be ended twice."""
    embedded = EmbeddedControlRoom(DemoServer())
    started = embedded.start()
    try:
        path = started.destination.socket
        assert path is not None
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert started.passwords.keys() == PEOPLE.keys()
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(path))) as client:
            sign_in = {"username": "admin", "password": started.passwords["admin"].reveal()}
            url = started.destination.address.url
            assert client.post(f"{url}/v2/authentication", json=sign_in).status_code == 200
    finally:
        embedded.stop()
        embedded.stop()
    assert not path.parent.exists()


def test_the_screens_are_told_why_it_does_not_start(tmp_path: Path) -> None:
    """A data file that is not ours is an error with a sentence, as the screens show it."""
    foreign = tmp_path / "notes.txt"
    foreign.write_text("somebody's notes")
    with pytest.raises(NotStarted, match="not a data file"):
        EmbeddedControlRoom(DemoServer(data=foreign)).start()


def test_a_data_file_that_is_not_ours_is_said_before_the_screens(program: Program) -> None:
    """``demo --data FILE`` on a terminal: the sentence, exit 2, and no screen was drawn."""
    with program.on_terminal("demo", "--data", __file__) as terminal:
        shown, code = end_of(terminal)
    assert code == 2
    assert shown.startswith("a360tui: ")
    assert "not a data file" in shown
    assert "\x1b" not in shown
