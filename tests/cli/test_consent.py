"""What writes asks first."""

import json
import re

import pytest

from tests.api.scripted_server import ScriptedServer
from tests.cli.conftest import Program, Served, agree, end_of, make_key, set_up_role

WRITES = [
    ("admin", ["role", "setup", "API key users", "--user", "creator"]),
    ("admin", ["duration", "set", "30d"]),
    ("creator", ["key", "generate"]),
    ("creator", ["key", "regenerate"]),
]
each_write = pytest.mark.parametrize(("username", "command"), WRITES, ids=[" ".join(words[:2]) for _, words in WRITES])


def prepare(program: Program, served: Served, command: list[str]) -> None:
    """Make what the write needs to get as far as its question."""
    agree(program, served)
    if command[0] == "key":
        set_up_role(served, "Key makers", "creator")
    if command[1] == "regenerate":
        make_key(served, "creator")


@each_write
def test_without_a_terminal_it_refuses(program: Program, served: Served, username: str, command: list[str]) -> None:
    """Without ``--yes`` and nobody to ask: exit 2, the option that helps, nothing stored."""
    prepare(program, served, command)
    before = served.state()
    done = program.run_as(served, username, *command)
    assert (done.code, done.stdout) == (2, "")
    assert "--yes" in done.stderr
    assert served.state() == before


@pytest.mark.parametrize(
    ("username", "command", "answer"),
    [(*write, "n") for write in WRITES] + [(*WRITES[-1], answer) for answer in ("", "perhaps", "\x04", "\x03")],
)
def test_anything_but_yes_changes_nothing(
    program: Program, served: Served, username: str, command: list[str], answer: str
) -> None:
    """No, Enter, a word, Ctrl-D and Ctrl-C at the question: nothing stored."""
    prepare(program, served, command)
    before = served.state()
    with program.on_terminal("--control-room", served.url, "--username", username, *command) as terminal:
        terminal.expect(f"Password of {username}: ")
        terminal.waitnoecho()
        terminal.sendline(served.password(username))
        terminal.expect(r"\? \[y/N\] ")
        if answer.isprintable():
            terminal.sendline(answer)
        else:
            terminal.send(answer)
        shown, code = end_of(terminal)
    assert code == (130 if answer == "\x03" else 1)
    assert "Traceback" not in shown
    assert served.state() == before


@each_write
def test_yes_goes_on(program: Program, served: Served, username: str, command: list[str]) -> None:
    """``y`` on the terminal does it; the question comes after what will be done."""
    prepare(program, served, command)
    before = served.state()
    with program.on_terminal("--control-room", served.url, "--username", username, *command) as terminal:
        terminal.expect(f"Password of {username}: ")
        terminal.waitnoecho()
        terminal.sendline(served.password(username))
        terminal.expect(r"\? \[y/N\] ")
        question = str(terminal.before)
        terminal.sendline("y")
        shown, code = end_of(terminal)
    assert code == 0, shown
    assert served.state() != before
    assert ("shown on this terminal" in question) == (command[0] == "key")
    assert bool(re.search(r"demo-[!-~]{35}", shown)) == (command[0] == "key")


@each_write
@pytest.mark.parametrize("option", [[], ["--yes"]])
async def test_read_only_sends_nothing(program: Program, username: str, command: list[str], option: list[str]) -> None:
    """``--read-only`` refuses a write before anything is sent, consent or not."""
    async with ScriptedServer() as server:
        done = program.run(
            *("--control-room", server.address.url, "--username", username, "--password-stdin", "--read-only"),
            *(*option, *command),
            stdin="password",
        )
        assert (server.connections, done.code, done.stdout) == (0, 2, "")
    assert "--read-only" in done.stderr


def test_read_only_lets_read(program: Program, with_role: Served) -> None:
    """What only reads goes on under ``--read-only``."""
    agree(program, with_role)
    for command in (["whoami"], ["role", "list"], ["key", "status"], ["duration", "show"]):
        username = "creator" if command[0] == "key" else "admin"
        assert program.run_as(with_role, username, "--read-only", *command).code == 0


def test_no_input_refuses_even_on_a_terminal(program: Program, served: Served) -> None:
    """``--no-input`` on a terminal: the question is not asked, and so not answered with yes."""
    with program.on_terminal(*("--control-room", served.url, "--username", "admin", "--no-input", "token")) as terminal:
        shown, code = end_of(terminal)
    assert code == 2
    assert "--yes" in shown


def test_what_changes_nothing_needs_no_consent(program: Program, with_role: Served) -> None:
    """The second run of a set-up asks nothing, since there is nothing to consent to."""
    agree(program, with_role)
    setup = ("role", "setup", "API key users", "--user", "creator", "--json")
    done = program.run_as(with_role, "admin", *setup)
    assert (done.code, json.loads(done.stdout)["changed"]) == (0, False)
    assert program.run_as(with_role, "admin", "duration", "set", "45d").code == 0
