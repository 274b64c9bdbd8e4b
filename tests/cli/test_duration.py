"""``duration``: what is refused, what is shown, what is set."""

import json

import pytest

from tests.cli.conftest import Program, Served


@pytest.mark.parametrize("text", ["0d", "10000d", "1.5h", "abc", "", "45", "d", "٣d", "\x1b[2J", "999999999999d", "0m"])
def test_what_is_no_duration(program: Program, text: str) -> None:
    """It is refused with an example before anything is sent: the address given here leads nowhere."""
    done = program.run(
        *("--control-room", "http://127.0.0.1:9", "--username", "admin", "--password-stdin"),
        *("duration", "set", "--yes", "--", text),
        stdin="password",
    )
    assert (done.code, done.stdout) == (2, "")
    assert "9999 days" in done.stderr


@pytest.mark.parametrize(
    ("served", "text", "words"),
    [
        ("v40", "90m", "90 minutes"),
        ("v40", "12 hours", "12 hours"),
        ("v32", "9999d", "9999 days"),
        ("11.3", "1M", "1 minutes"),
    ],
    indirect=["served"],
)
def test_it_is_set_and_read_back(program: Program, served: Served, text: str, words: str) -> None:
    """What is set holds at the Control Room, and is shown in words."""
    done = program.run_as(served, "admin", "duration", "set", text, "--yes")
    assert done.code == 0, done.stderr
    assert "assumed" in done.stderr
    shown = program.run_as(served, "admin", "duration", "show")
    assert shown.stdout == f"{words.replace('1 minutes', '1 minute')}\n"
    assert shown.stderr == ""
    value, unit = (
        served.value(f"SELECT value FROM settings WHERE name = 'duration_{part}'") for part in ("value", "unit")
    )
    assert f"{value} {str(unit).lower()}" == words


def test_show_as_json(program: Program, served: Served) -> None:
    """JSON has it as it is typed, and in minutes."""
    shown = json.loads(program.run_as(served, "admin", "duration", "show", "--json", "--yes").stdout)
    assert shown == {"duration": "45d", "minutes": 45 * 24 * 60}


def test_a_dry_run(program: Program, served: Served) -> None:
    """The plan is shown and nothing is written."""
    before = served.state()
    done = program.run_as(served, "admin", "duration", "set", "30d", "--dry-run", "--json", "--yes")
    assert json.loads(done.stdout) == {
        "changes": ["change the duration from 45 days to 30 days", "read it back"],
        "changed": False,
    }
    assert served.state() == before


def test_who_may_not(program: Program, served: Served) -> None:
    """Without the permission: the Control Room's words, exit 1."""
    done = program.run_as(served, "creator", "duration", "show", "--yes")
    assert (done.code, done.stdout) == (1, "")
    assert "403" in done.stderr
