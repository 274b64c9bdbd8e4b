"""Where the output goes, and what happens when it cannot go there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.cli.conftest import PROGRAM, Program, Served, end_of

COMMANDS = [
    ("admin", ["whoami"]),
    ("admin", ["role", "list"]),
    ("admin", ["role", "show", "AAE_Basic"]),
    ("admin", ["role", "setup", "Other", "--user", "runner", "--yes"]),
    ("admin", ["duration", "show", "--yes"]),
    ("admin", ["duration", "set", "2d", "--yes"]),
    ("admin", ["token"]),
    ("creator", ["key", "status"]),
    ("creator", ["key", "generate", "--yes"]),
]


def test_json_is_one_document(program: Program, with_role: Served) -> None:
    """With ``--json`` stdout is exactly one JSON document, whatever is said on stderr."""
    for username, command in COMMANDS:
        done = program.run_as(with_role, username, "--json", *command)
        assert done.code == 0, done.stderr
        assert json.loads(done.stdout) is not None


def test_failures_leave_stdout_empty(program: Program, served: Served) -> None:
    """With ``--json`` a failure is a sentence on stderr and nothing on stdout."""
    for command in (["role", "show", "nothing"], ["key", "regenerate", "--yes"], ["duration", "set", "abc", "--yes"]):
        done = program.run_as(served, "admin", "--json", *command)
        assert done.code in {1, 2}
        assert (done.stdout, done.stderr[:9]) == ("", "a360tui: ")


def test_trace_says_each_request(program: Program, served: Served) -> None:
    """``--trace`` is a line a request on stderr: call, status, time, and no body."""
    done = program.run_as(served, "admin", "--trace", "whoami")
    lines = done.stderr.splitlines()
    assert [line.rpartition(" ")[0].rpartition(" ")[0] for line in lines] == [
        "POST /v2/authentication 200",
        "GET /v2/settings/version/details 200",
        "POST /v1/authentication/logout 204",
    ]
    assert all(line.endswith(" ms") for line in lines)


def test_names_with_letters_that_the_terminal_lacks(program: Program, served: Served) -> None:
    """An encoding without the letter gets an escape, in text and in JSON, and no failure."""
    place = ("--control-room", served.url, "--username", "creator", "--password-stdin", "whoami")
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    shown = program.run(*place, stdin=served.password("creator"), env=ascii_only)
    assert "Tom\\xe1s" in shown.stdout
    document = program.run(*place, "--json", stdin=served.password("creator"), env=ascii_only)
    assert json.loads(document.stdout)["firstName"] == "Tomás"


def test_what_a_hostile_administrator_stored_is_inert(program: Program, served: Served) -> None:
    """A role whose name and description act on a terminal is listed and shown in visible escapes."""
    import httpx

    name = "Bot \x1b[31m\u202e[/] \x9b2J\u2066 x"
    token = program.run_as(served, "admin", "token").stdout.strip()
    body = {"name": name, "description": "\x07\x1b]0;owned\x07", "permissions": [], "userIds": []}
    httpx.post(f"{served.url}/v2/usermanagement/roles", headers={"X-Authorization": token}, json=body)
    for command in (["role", "list"], ["role", "list", "--json"], ["role", "show", name]):
        done = program.run_as(served, "admin", *command)
        if command[-1] != name:
            assert "x1b[31m" in done.stdout
        program.check_talk(done.stdout)


def test_nobody_reads_stdout(program: Program, served: Served) -> None:
    """A closed pipe ends a command that shows something quietly, with exit 1."""
    for arguments in (["--help"], ["--version"], ["role", "list"]):
        reading, writing = os.pipe()
        os.close(reading)
        place = ("--control-room", served.url, "--username", "admin", "--password-stdin")
        signed_in = place if arguments[0] == "role" else ()
        with program.started(*signed_in, *arguments, stdout=writing) as process:
            os.close(writing)
            _, talk = process.communicate(served.password("admin"))
        assert (process.returncode, talk) == (1, ""), arguments


@pytest.mark.parametrize(
    "command",
    [["--version"], ["--help"], ["key", "--help"], ["whoami", "-h"], ["completion", "bash"], ["role", "list"]],
)
def test_a_full_disk(program: Program, served: Served, command: list[str]) -> None:
    """What cannot be written is said, with exit 1 and without a second failure at the end."""
    place = ("--control-room", served.url, "--username", "admin", "--password-stdin")
    with (
        Path("/dev/full").open("w") as full,
        program.started(*(place if command[0] == "role" else ()), *command, stdout=full) as process,
    ):
        _, talk = process.communicate(served.password("admin"))
    assert process.returncode == 1
    assert talk == "a360tui: Standard output cannot be written: No space left on device.\n"


def close_stdout() -> None:
    os.close(1)


def test_no_key_is_made_for_nobody(program: Program, with_role: Served) -> None:
    """Where stdout is closed, or nobody reads it, no key is made."""
    before = with_role.state()
    place = ("--control-room", with_role.url, "--username", "creator", "--password-stdin")
    reading, writing = os.pipe()
    os.close(reading)
    for options in ({"stdout": writing}, {"stdout": None, "preexec_fn": close_stdout}):
        with program.started(*place, "key", "generate", "--yes", **options) as process:
            _, talk = process.communicate(with_role.password("creator"))
        assert process.returncode == 1
        assert talk.startswith("a360tui: ")
    os.close(writing)
    assert with_role.state() == before


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs a mount of its own")
def test_no_key_is_made_for_a_full_file_system(program: Program, with_role: Served, tmp_path: Path) -> None:
    """Where the file that stdout is sent to has no space left, no key is made."""
    full = tmp_path / "full"
    full.mkdir()
    script = (
        f"mount -t tmpfs -o size=16k none {full} || exit 77\n"
        f"cat /dev/zero > {full}/filler 2>/dev/null\n"
        f'exec "$@" > {full}/key'
    )
    place = ("--control-room", with_role.url, "--username", "creator", "--password-stdin")
    before = with_role.state()
    done = subprocess.run(
        [
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            script,
            "sh",
            *PROGRAM,
            *place,
            *("key", "generate", "--yes"),
        ],
        input=with_role.password("creator"),
        capture_output=True,
        text=True,
        env=program.environment,
        check=False,
    )
    if "unshare" in done.stderr or done.returncode == 77:
        pytest.skip("mounts are not allowed here")
    assert done.returncode == 1
    assert done.stderr.startswith("a360tui: There is no space left for standard output.")
    assert with_role.state() == before


def test_a_key_that_stdout_did_not_take(program: Program, with_role: Served) -> None:
    """Stdout failed after the key was made and nobody is at a terminal: it is said loudly, with the way out, exit 6."""
    place = ("--control-room", with_role.url, "--username", "creator", "--password-stdin")
    with (
        Path("/dev/full").open("w") as full,
        program.started(*place, "key", "generate", "--yes", stdout=full) as process,
    ):
        _, talk = process.communicate(with_role.password("creator"))
    assert process.returncode == 6
    assert "The new key was made and is lost" in talk
    assert "a360tui key regenerate" in talk
    assert "demo-" not in talk


def stdout_elsewhere(program: Program, place: str, columns: int, *arguments: str) -> "pexpect.spawn[str]":
    """The program on a terminal of so many columns, with its standard output sent to a place."""
    return pexpect.spawn(
        "/bin/sh",
        ["-c", f'unset COLUMNS; "$@" > {place}', "sh", *PROGRAM, *arguments],
        env=program.environment,
        encoding="utf-8",
        timeout=30,
        dimensions=(24, columns),
    )


def test_the_terminal_gets_the_key_that_stdout_did_not_take(program: Program, with_role: Served) -> None:
    """The same with somebody at a terminal: the key is shown there, and signs in."""
    command = ("--control-room", with_role.url, "--username", "creator", "key", "generate", "--yes")
    terminal = stdout_elsewhere(program, "/dev/full", 200, *command)
    terminal.expect("Password of creator: ")
    terminal.waitnoecho()
    terminal.sendline(with_role.password("creator"))
    shown, code = end_of(terminal)
    terminal.close(force=True)
    assert code == 1
    [key] = [line for line in shown.splitlines() if line.startswith("demo-")]
    assert program.run_with_key(with_role, "creator", key, "key", "test").code == 0


def test_sentences_fit_a_terminal(program: Program) -> None:
    """They are folded between words on a terminal, and left in one line for a pipe."""
    command = ("profile", "add", "work", "https://cr.example.com", "--sign-in", "a card in a reader beneath the table")
    sentence = "'a card in a reader beneath the table' is not one of 'password', 'api_key'."
    with program.on_terminal(*command) as terminal:
        shown, code = end_of(terminal)
    assert (code, sentence in " ".join(shown.split())) == (2, True), shown
    assert max(len(line) for line in shown.splitlines()) <= int(program.environment["COLUMNS"])
    assert sentence in program.run(*command).stderr


def test_sentences_fit_their_own_terminal(program: Program) -> None:
    """Standard output goes elsewhere: what is said on the terminal fits that all the same."""
    command = ("profile", "add", "work", "https://cr.example.com", "--sign-in", "a card in a reader")
    terminal = stdout_elsewhere(program, "/dev/null", 44, *command)
    shown, code = end_of(terminal)
    terminal.close(force=True)
    assert code == 2
    assert 1 < max(len(line) for line in shown.splitlines()) <= 44, shown


_FAILING_ASIDE = """
import sys
from threading import Thread
from a360tui.cli.output import silence_logs
silence_logs()

def fail(*_):
    raise RuntimeError("canary-8f31c2")

class Careless:
    __del__ = fail

thread = Thread(target=fail)
thread.start()
thread.join()
Careless()
"""


def test_what_fails_aside_shows_no_value() -> None:
    """A thread, and a destructor, that fail: Python would print what they raised."""
    done = subprocess.run([sys.executable, "-c", _FAILING_ASIDE], capture_output=True, check=True)
    assert done.stdout + done.stderr == b""
