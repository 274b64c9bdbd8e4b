"""The common options: where they may stand, what contradicts, what is missing."""

import json

import pytest

from tests.cli.conftest import Program, Served


def test_they_may_stand_before_and_after_the_command(program: Program, served: Served) -> None:
    """Each place means the same: before the group, between group and command, after the command."""
    password = served.password("admin")
    place = ["--control-room", served.url, "--username", "admin", "--password-stdin", "--json"]
    for arguments in (
        [*place, "role", "list"],
        ["role", *place, "list"],
        ["role", "list", *place],
        [*place[:2], "role", *place[2:4], "list", *place[4:]],
    ):
        done = program.run(*arguments, stdin=password)
        assert done.code == 0, done.stderr
        assert len(json.loads(done.stdout)) == 18


def test_the_one_nearest_to_the_command_counts(program: Program, served: Served) -> None:
    """A user name after the command wins over one before it, and that over the environment."""
    done = program.run(
        *("--control-room", served.url, "--username", "nobody", "whoami", "--username", "runner"),
        *("--password-stdin", "--json"),
        stdin=served.password("runner"),
        env={"A360TUI_USERNAME": "admin"},
    )
    assert json.loads(done.stdout)["username"] == "runner"


def test_address_and_user_come_from_the_environment(program: Program, served: Served) -> None:
    """The two variables stand in for the two options."""
    done = program.run(
        *("whoami", "--password-stdin", "--json"),
        stdin=served.password("creator"),
        env={"A360TUI_CONTROL_ROOM": f"{served.url}/#/login", "A360TUI_USERNAME": "creator"},
    )
    assert json.loads(done.stdout)["username"] == "creator"


def test_no_secret_comes_from_an_argument_or_the_environment(program: Program, served: Served) -> None:
    """There is no option and no variable for a password, and what was tried is not repeated."""
    program.secrets.add("hunter2-canary")
    place = ["--control-room", served.url, "--username", "admin"]
    for arguments in (
        [*place, "--password", "hunter2-canary", "whoami"],
        [*place, "--password=hunter2-canary", "whoami"],
        ["whoami", *place, "--api-key=hunter2-canary"],
        [*place, "whoami", "--password-stdin=hunter2-canary"],
    ):
        assert program.run(*arguments).code == 2
    variables = {f"A360TUI_{name}": "hunter2-canary" for name in ("PASSWORD", "API_KEY", "PASSWORD_STDIN")}
    assert program.run(*place, "whoami", env=variables).code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["whoami"], ["No Control Room is given", "--control-room", "A360TUI_CONTROL_ROOM"]),
        (["whoami", "--control-room", ""], ["address is empty"]),
        (["whoami", "--profile", ""], ["name of the profile is empty"]),
        (["key", "inventory", "--concurrency", "x"], ["not a valid whole number"]),
        (["whoami", "--control-room", "https://cr.example"], ["No user name", "--username", "A360TUI_USERNAME"]),
        (["whoami", "--control-room", "https://cr.example", "--username", " "], ["user name is empty"]),
        (["whoami", "--control-room", "cr.example", "--username", "a"], ["no password", "--password-stdin"]),
        (["whoami", "--control-room", "http://cr.example", "--username", "a"], ["unprotected", "https://cr.example"]),
        (["whoami", "--control-room", "ftp://cr.example", "--username", "a"], ["ftp://"]),
        (["whoami", "--ca-file", "/nowhere/ca.pem"], ["/nowhere/ca.pem", "does not exist"]),
        (["key", "test", "--control-room", "cr.example", "--username", "a"], ["no API key", "--api-key-stdin"]),
        (["key", "test", "--control-room", "cr.example", "--username", "a", "--password-stdin"], ["--api-key-stdin"]),
        (["--json"], ["takes no --json"]),
        (["--json", "demo"], ["demo takes no --json"]),
        (["--control-room", "https://cr.example", "demo", "serve"], ["takes no --control-room"]),
        (["--yes", "completion", "bash"], ["takes no --yes"]),
        (["role", "lst"], ["'lst'"]),
        (["role", "show"], ["NAME"]),
        (["role", "show", "a", "b"], ["unexpected"]),
        (["role", "show", "a", "\x1b[31m\u202e"], ["unexpected", "(\\x1b[31m\\u202e)"]),
        (["role", "show", "a", "x" * 5000], ["unexpected", "…"]),
        (["completion", "tcsh"], ["tcsh", "bash"]),
        (["n\x1b[31mope\u202e"], ["No such command"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_sentence(program: Program, arguments: list[str], words: list[str]) -> None:
    """Missing, contradicting and unknown options: exit 2, nothing on stdout, the word that helps on stderr."""
    done = program.run(*arguments)
    assert (done.code, done.stdout) == (2, "")
    assert not [word for word in words if word not in done.stderr], done.stderr
    assert done.stderr.startswith("a360tui: ")
    assert len(done.stderr.splitlines()) <= 2


def test_two_secrets_are_refused(program: Program, served: Served) -> None:
    """A password and a key at once: which of them standard input holds cannot be known."""
    done = program.run_as(served, "admin", "--api-key-stdin", "whoami")
    assert (done.code, done.stdout) == (2, "")
    assert "--password-stdin and --api-key-stdin" in done.stderr


def test_a_ca_file_that_is_none(program: Program) -> None:
    """A file that holds no certificates is named, before anything is sent."""
    done = program.run(
        *("--control-room", "https://127.0.0.1:1", "--username", "a", "--password-stdin", "--ca-file", __file__),
        "whoami",
        stdin="secret",
    )
    assert done.code == 2
    assert "test_options.py cannot be read as certificates" in done.stderr
