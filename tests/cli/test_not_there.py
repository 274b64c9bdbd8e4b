"""Addresses at which there is no Control Room, and failures of the program itself."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest

from tests.api.scripted_server import ScriptedServer, answer, page, pieces, refused, signed_in
from tests.cli.conftest import Program, Served


@pytest.mark.parametrize(
    ("sign_in", "expected", "words"),
    [
        (page(), 3, "web page"),
        (page(404), 3, "does not have a Control Room's sign-in call"),
        (pieces(b"220 mail.example ESMTP\r\n"), 3, "127.0.0.1"),
        (answer(status=302, headers={"Location": "https://login.example/"}), 3, "login.example"),
        (refused(503, "Down for maintenance."), 1, "Down for maintenance."),
        (refused(401, "Wrong \x1b[31mpassword\u202e."), 5, "Wrong \\x1b[31mpassword"),
        (signed_in(token="broken\ntoken"), 1, "token"),
    ],
)
async def test_what_is_no_control_room(program: Program, sign_in: Any, expected: int, words: str) -> None:
    """A page, another service, a redirect, a failing server: a sentence and its exit code; the secret went out once."""
    async with ScriptedServer({"POST /v2/authentication": sign_in}) as server:
        program.secrets.add("canary-of-the-password")
        process = program.started(
            "--control-room", server.address.url, "--username", "jdoe", "--password-stdin", "whoami"
        )
        with process as run:
            stdout, stderr = await asyncio.to_thread(run.communicate, "canary-of-the-password")
        assert (run.returncode, stdout) == (expected, "")
        assert words in stderr
        assert server.count("POST /v2/authentication") == 1
    program.check_talk(stderr)


@pytest.mark.parametrize(
    ("address", "expected"), [("http://127.0.0.1:9", 3), ("https://control-room.invalid", 3), ("control room", 2)]
)
def test_nothing_is_there(program: Program, address: str, expected: int) -> None:
    """A refused port, a host that does not exist, a typing error: the sentence names what was tried."""
    done = program.run("--control-room", address, "--username", "jdoe", "--password-stdin", "whoami", stdin="password")
    assert (done.code, done.stdout) == (expected, "")
    assert done.stderr.startswith("a360tui: ")
    assert address.rpartition("/")[2] in done.stderr


_BROKEN = """
import sys
from a360tui.api import ControlRoom
from a360tui.__main__ import main

async def version(room):
    password = sys.argv[1]
    raise RuntimeError(f"canary-of-the-message {password}")

ControlRoom.version = version
sys.argv = ["a360tui", *sys.argv[1:]]
sys.exit(main())
"""


def test_a_failure_of_the_program_shows_no_value(program: Program, served: Served) -> None:
    """An unexpected error is three lines with its kind and place: no message, no traceback, no secret; exit 1."""
    done = subprocess.run(
        [sys.executable, "-c", _BROKEN, "--control-room", served.url, "--username=admin", "--password-stdin", "whoami"],
        input=served.password("admin"),
        capture_output=True,
        text=True,
        env=program.environment,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 3
    assert done.stderr.startswith("a360tui failed: RuntimeError at ")
    assert "canary" not in done.stderr
    assert served.password("admin") not in done.stderr
