"""The commands of profiles."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.scripted_server import ScriptedServer, page
from tests.cli.conftest import Program, Served, end_of


def listed(program: Program) -> dict[str, dict[str, Any]]:
    done = program.run("profile", "list", "--json")
    assert done.code == 0, done.stderr
    return {each["name"]: each for each in json.loads(done.stdout)}


def test_from_none_to_two_and_back(program: Program, served: Served) -> None:
    """Add, list, use, show and remove; the first one is in use at once, and a removed one is not any more."""
    assert program.run("profile", "list").stderr.startswith("There is no profile. Make one: a360tui profile add")
    added = program.run("profile", "add", "test", f"{served.url}/#/login", "--username", "creator", "--json")
    assert added.code == 0, added.stderr
    assert "signs in its own users" in added.stderr
    expected: dict[str, Any] = {
        "name": "test",
        "url": served.url,
        "username": "creator",
        "signIn": "password",
        "caFile": None,
    }
    expected |= {"production": False, "readOnly": False, "calls": None, "inUse": True}
    assert json.loads(added.stdout) == expected | {"changed": True}
    live = ("live", "https://cr.example.com", "--production", "--read-only", "--sign-in", "api_key", "--no-test")
    assert program.run("profile", "add", *live).stdout == "Profile live: added\n"
    assert {name: each["inUse"] for name, each in listed(program).items()} == {"test": True, "live": False}
    table = program.run("profile", "list").stdout.splitlines()
    assert table[1].split() == ["test", served.url, "creator", "password", "in", "use"]
    assert table[2].split() == ["live", "https://cr.example.com", "–", "API", "key", "PRODUCTION,", "read-only"]
    assert program.run("profile", "use", "live").stdout == "In use: live, https://cr.example.com in PRODUCTION\n"
    assert not json.loads(program.run("profile", "use", "live", "--json").stdout)["changed"]
    shown = program.run("profile", "show").stdout
    assert not [words for words in ("live", "asks for the user name", "nothing is changed") if words not in shown]
    assert json.loads(program.run("profile", "show", "test", "--json").stdout) == expected | {"inUse": False}
    assert program.run("profile", "remove", "live", "--yes").stdout == "Removed: live\n"
    assert {name: each["inUse"] for name, each in listed(program).items()} == {"test": False}


def test_adding_twice_changes_nothing(program: Program, served: Served) -> None:
    """The second run says so and asks nothing; other values for the name are a question."""
    add = ("profile", "add", "test", served.url, "--username", "creator")
    assert program.run(*add).stdout == "Profile test: added\n"
    before = (program.config / "config.toml").read_bytes()
    assert program.run(*add).stdout == "Profile test: is as it was\n"
    other = program.run("profile", "add", "test", served.url, "--username", "runner")
    assert (other.code, "--yes" in other.stderr) == (2, True)
    assert (program.config / "config.toml").read_bytes() == before
    changed = program.run("profile", "add", "test", served.url, "--username", "runner", "--yes")
    assert changed.stdout == "Profile test: changed\n"
    assert listed(program)["test"]["username"] == "runner"


async def test_what_is_no_control_room_is_not_added(program: Program) -> None:
    """A web page in its place and an address where nobody answers: the reason, the option that helps, no profile."""
    async with ScriptedServer({"GET /v1/authentication/type": page()}) as server:
        html = await program.run_beside("profile", "add", "a", server.address.url)
    assert (html.code, "--no-test" in html.stderr) == (3, True)
    nobody = await program.run_beside("profile", "add", "a", "http://127.0.0.1:1")
    assert (nobody.code, "--no-test" in nobody.stderr) == (3, True)
    assert not (program.config / "config.toml").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["add", "a b", "https://cr.example.com"], "not a name for a profile"),
        (["add", "a", "http://cr.example.com"], "unprotected"),
        (["add", "a"], "URL"),
        (["use", "tset"], "Did you mean test?"),
        (["show", "tset"], "Did you mean test?"),
        (["remove", "tset", "--yes"], "Did you mean test?"),
        (["remove", "test"], "--yes"),
    ],
)
def test_what_cannot_be_done(program: Program, arguments: list[str], words: str) -> None:
    """A wrong name, a wrong address and a removal that nobody confirms: exit 2, and the file is as it was."""
    assert program.run("profile", "add", "test", "https://cr.example.com", "--no-test").code == 0
    before = (program.config / "config.toml").read_bytes()
    done = program.run("profile", *arguments)
    assert (done.code, words in done.stderr) == (2, True), done.stderr
    assert (program.config / "config.toml").read_bytes() == before


def test_removing_asks(program: Program) -> None:
    """On a terminal the question names the Control Room, and no is no."""
    assert program.run("profile", "add", "test", "https://cr.example.com", "--no-test").code == 0
    with program.on_terminal("profile", "remove", "test") as terminal:
        terminal.expect_exact("Remove the profile test for https://cr.example.com? [y/N] ")
        terminal.sendline("n")
        assert end_of(terminal)[1] == 1
    assert list(listed(program)) == ["test"]


def test_a_profile_in_use_names_the_variables_that_come_before_it(program: Program) -> None:
    """Each variable that says otherwise is named, whatever it holds; one that agrees is not."""
    added = ("profile", "add", "test", "https://cr.example.com", "--username", "creator", "--no-test")
    assert program.run(*added).code == 0
    agreeing = {
        "A360TUI_PROFILE": "test",
        "A360TUI_CONTROL_ROOM": "https://cr.example.com/",
        "A360TUI_USERNAME": "creator",
    }
    assert program.run("profile", "use", "test", env=agreeing).stderr == ""
    others = {"A360TUI_PROFILE": "gone", "A360TUI_CONTROL_ROOM": "https://other.example", "A360TUI_USERNAME": "admin"}
    for more in ((), ("--json",)):
        done = program.run("profile", "use", "test", *more, env=others)
        assert done.code == 0, done.stderr
        assert [line.split()[1] for line in done.stderr.splitlines()] == list(others)


def test_replacing_a_profile_says_what_is_lost(program: Program) -> None:
    """Its protection above all: what the second run does not give again, it names before it asks."""
    add = ("profile", "add", "live", "https://cr.example.com", "--no-test")
    guarded = ("--production", "--read-only", "--sign-in", "api_key", "--username", "creator")
    assert program.run(*add, *guarded).code == 0
    less = program.run(*add, "--username", "runner")
    lost = "What is not given again is lost: PRODUCTION, read-only, the sign-in with an API key.\n"
    assert (less.code, less.stderr.startswith(lost)) == (2, True), less.stderr
    assert "lost" not in program.run(*add, *guarded, "--username", "runner", "--yes").stderr


def test_a_shell_completes_the_names(program: Program) -> None:
    """After --profile and where a name is wanted, a shell offers the profiles, and nothing where the file is broken."""
    for name in ("test-1", "test-2", "live"):
        assert program.run("profile", "add", name, "https://cr.example.com", "--no-test").code == 0
    for words in ("a360tui --profile te", "a360tui profile use te"):
        env = {"_A360TUI_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
        assert program.run(env=env).stdout.split() == ["plain,test-1", "plain,test-2"]
    (program.config / "config.toml").write_text("what = 1")
    assert program.run(env=env).stdout.strip() == ""


def test_a_file_of_calls_is_looked_at(program: Program, tmp_path: Path) -> None:
    """A profile is not kept with a file of calls that could not be used."""
    calls = tmp_path / "calls.toml"
    calls.write_text("[generate]\nmethod = 'POST'\n")
    done = program.run("profile", "add", "live", "https://cr.example.com", "--no-test", "--calls", str(calls))
    assert (done.code, "path" in done.stderr, done.stdout) == (2, True, "")
    assert json.loads(program.run("profile", "list", "--json").stdout) == []
    assert program.run("profile", "show", "--json").stdout == "null\n"
