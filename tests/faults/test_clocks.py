"""Clocks that are wrong by an hour or ten years, that jump in the middle, and a machine that slept."""

import asyncio
import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from a360tui.api.token import elapsed
from a360tui.workflow.duration import LONGEST
from tests.api.conftest import room_at
from tests.api.scripted_server import ScriptedServer, answer, rows, signed_in
from tests.cli.conftest import Outcome, Program, Served, key, program, served, with_role

__all__ = ["key", "program", "served", "with_role"]

LIBRARY = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
HOUR = 3600
YEARS = 10 * 365 * 24 * HOUR

needs_faketime = pytest.mark.skipif(LIBRARY is None, reason="faketime is not installed")


def clock_of(span: str) -> dict[str, str]:
    """The environment of a process whose clock is off; what counts seconds goes on as it is."""
    return {"LD_PRELOAD": str(LIBRARY), "FAKETIME": span, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def run_at(program: Program, served: Served, span: str, username: str, *arguments: str) -> Outcome:
    """One command on a machine whose clock is off, signed in by password."""
    password = served.password(username)
    program.secrets.add(password)
    place = ("--control-room", served.url, "--username", username, "--password-stdin")
    return program.run(*place, *arguments, stdin=password, env=clock_of(span) if span else {})


@needs_faketime
@pytest.mark.parametrize(
    ("span", "seconds", "words"),
    [
        ("+1h", HOUR, "1 hour ahead of"),
        ("-1h", -HOUR, "1 hour behind"),
        ("+10y", YEARS, "3650 days ahead of"),
        ("-10y", -YEARS, "3650 days behind"),
        ("+30s", 30, ""),
    ],
)
def test_a_clock_that_is_wrong_is_shown(program: Program, served: Served, span: str, seconds: int, words: str) -> None:
    """``whoami`` says how far the clocks are apart, from two minutes on, and JSON has the seconds; all else works."""
    done = run_at(program, served, span, "admin", "whoami", "--json")
    assert done.code == 0
    assert abs(json.loads(done.stdout)["clockAheadSeconds"] - seconds) <= 60
    assert (words in done.stderr) if words else (done.stderr == "")


@needs_faketime
@pytest.mark.parametrize("span", ["+1h", "-1h", "+10y", "-10y"])
def test_ends_are_counted_by_the_control_room(program: Program, served: Served, key: str, span: str) -> None:
    """The state of the key and the life of a token are the same words as on a machine whose clock is right."""
    assert key
    right = run_at(program, served, "", "creator", "key", "status")
    wrong = run_at(program, served, span, "creator", "key", "status")
    assert (wrong.code, wrong.stdout) == (right.code, right.stdout)
    assert "in 45 days" in right.stdout
    token = run_at(program, served, span, "creator", "token", "--json")
    assert json.loads(token.stdout)["tokenLifetimeSeconds"] == 1200


JUMPING = """
import asyncio, sys, time
from datetime import UTC, datetime
from pathlib import Path
from a360tui.api import ControlRoom, Password, parse_address
from a360tui.secret import Secret

async def main(url, clock):
    async with ControlRoom(parse_address(url)) as room:
        await room.sign_in("jdoe", Password(Secret("x")))
        for span in ("+10y", "-10y", "+1h", "+0"):
            before = datetime.now(UTC)
            Path(clock).write_text(span)
            assert datetime.now(UTC) != before
            left, now = room.token_left(), room.now()
            await room.roles_page()
            print(round(left.total_seconds() / 60), now.year - 2000, round(room.skew.total_seconds() / 86400))

asyncio.run(main(*sys.argv[1:]))
"""


@needs_faketime
async def test_a_clock_that_jumps_in_the_middle(tmp_path: Path) -> None:
    """The token is neither renewed early nor late, the Control Room's time goes on, and the difference is seen anew."""
    clock = tmp_path / "clock"
    clock.write_text("+0")
    date = {"Date": "Sat, 01 Jul 2000 00:00:00 GMT"}
    token = answer({"token": "token-1", "user": {"id": 9}, "ttlSeconds": "1200"}, headers=date)
    script = {
        "POST /v2/authentication": token,
        "POST /v2/usermanagement/roles/list": answer({"list": []}, headers=date),
    }
    async with ScriptedServer(script) as server:
        environment = os.environ | {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", JUMPING, server.address.url, str(clock)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
        stdout, stderr = await child.communicate()
        assert (child.returncode, stderr) == (0, b"")
        assert server.count("POST /v2/authentication/token") == 0
    lines = [tuple(map(int, line.split())) for line in stdout.decode().splitlines()]
    assert [(left, year) for left, year, _ in lines] == [(20, 0)] * 4
    ahead = [days for _, _, days in lines]
    assert ahead[0] - ahead[3] < -3600
    assert ahead[1] - ahead[3] > 3600


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1960 00:00:00 GMT", "soon"])
async def test_a_date_from_which_nothing_can_be_counted(date: str) -> None:
    """It is as good as none: ends are counted by this machine's clock, and what adds a duration to it does not fail."""
    token = answer({"token": "token-1", "user": {"id": 9}, "ttlSeconds": "1200"}, headers={"Date": date})
    async with ScriptedServer({"POST /v2/authentication": token}) as server, room_at(server.address) as room:
        assert room.skew is None
        assert abs(room.now() - datetime.now(UTC)) < timedelta(minutes=1)
        assert room.now() + LONGEST > room.now()


async def test_a_machine_that_slept() -> None:
    """What counts the age of a token goes on while the machine sleeps: after the sleep it is renewed before a read."""
    if sys.platform == "linux":
        assert abs(elapsed() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 60
    slept = [1000.0]
    script = {
        "POST /v2/authentication/token": signed_in("token-2"),
        "POST /v2/usermanagement/roles/list": rows([]),
    }
    async with ScriptedServer(script) as server, room_at(server.address, elapsed=lambda: slept[0]) as room:
        slept[0] += timedelta(minutes=19).total_seconds()
        await room.roles_page()
        assert server.received[-1].headers["x-authorization"] == "token-2"
