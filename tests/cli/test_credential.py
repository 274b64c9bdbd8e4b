"""How a password or a key gets in: from standard input, or typed with the echo off."""

import os
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Program, Served, end_of

PLACE = ("--control-room", "http://127.0.0.1:9", "--username", "admin")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "empty"),
        (b"\n", "empty"),
        (b"two\nlines\n", "control character"),
        (b"pass\x1bword", "control character"),
        (b"pass\xffword", "not UTF-8"),
        ("päss".encode("latin-1"), "not UTF-8"),
        (b"x" * 10_001, "more than 10000 bytes"),
        (b"x" * 1_000_000, "more than 10000 bytes"),
    ],
)
@pytest.mark.parametrize("option", ["--password-stdin", "--api-key-stdin"])
def test_what_is_no_secret_is_refused(program: Program, option: str, sent: bytes, words: str) -> None:
    """An empty, broken or over-long secret is refused before anything is sent; it is not repeated."""
    done = program.run(*PLACE, option, "whoami", stdin=sent)
    assert (done.code, done.stdout) == (2, "")
    assert words in done.stderr
    assert "word" not in done.stderr.replace("password", "")


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_one_line_end_does_not_belong_to_it(program: Program, served: Served, end: str) -> None:
    """What ``echo`` or a file adds is taken off, once."""
    password = served.password("admin")
    place = ("--control-room", served.url, "--username", "admin", "--password-stdin")
    assert program.run(*place, "whoami", stdin=password + end).code == 0
    assert program.run(*place, "whoami", stdin=password + end + "\n").code == (2 if end else 0)


def test_a_closed_standard_input(program: Program) -> None:
    """Standard input that is closed is said to be so."""
    with program.started(*PLACE, "--password-stdin", "whoami", stdin=None, preexec_fn=lambda: os.close(0)) as process:
        _, talk = process.communicate()
    assert process.returncode == 2
    assert "standard input is closed" in talk


def test_the_password_is_asked_for_without_echo(program: Program, served: Served) -> None:
    """On a terminal the password is asked for, does not appear there, and signs in."""
    password = served.password("admin")
    with program.on_terminal("--control-room", served.url, "--username", "admin", "whoami") as terminal:
        terminal.expect("Password of admin: ")
        terminal.waitnoecho()
        terminal.sendline(password)
        shown, code = end_of(terminal)
    assert code == 0
    assert "Ada Lindqvist" in shown
    assert password not in shown


def test_the_key_to_test_is_asked_for_without_echo(program: Program, with_role: Served, key: str) -> None:
    """``key test`` asks for the key itself."""
    with program.on_terminal("--control-room", with_role.url, "--username", "creator", "key", "test") as terminal:
        terminal.expect("API key of creator: ")
        terminal.waitnoecho()
        terminal.sendline(key)
        shown, code = end_of(terminal)
    assert (code, key in shown) == (0, False)


def test_no_secret_is_read_from_a_terminal_that_echoes(program: Program) -> None:
    """``--password-stdin`` on a terminal would show what is typed: it is refused."""
    with program.on_terminal(*PLACE, "--password-stdin", "whoami") as terminal:
        shown, code = end_of(terminal)
    assert code == 2
    assert "would be shown" in shown


def test_nobody_is_asked_with_no_input(program: Program) -> None:
    """``--no-input`` keeps from asking even on a terminal, and names the option instead."""
    with program.on_terminal(*PLACE, "--no-input", "whoami") as terminal:
        shown, code = end_of(terminal)
    assert code == 2
    assert "--password-stdin" in shown


@pytest.mark.parametrize(("keys", "expected"), [("\x03", 130), ("\x04", 2)])
def test_leaving_the_question(program: Program, served: Served, keys: str, expected: int) -> None:
    """Ctrl-C at the password is an interruption, Ctrl-D no password; neither signs anybody in."""
    with program.on_terminal("--control-room", served.url, "--username", "admin", "whoami") as terminal:
        terminal.expect("Password of admin: ")
        terminal.waitnoecho()
        terminal.send(keys)
        shown, code = end_of(terminal)
    assert code == expected
    assert "Traceback" not in shown
    assert shown.lstrip(" ").startswith("\r\na360tui: ")
    assert served.value("SELECT failures FROM users WHERE username = 'admin'") == 0


def test_nobody_types_a_password_for_nothing(program: Program) -> None:
    """Where no Control Room answers, that is said before the password is asked for."""
    with program.on_terminal(*PLACE, "whoami") as terminal:
        shown, code = end_of(terminal)
    assert (code, "Nothing listens" in shown, "Password" in shown) == (3, True, False)


def test_a_password_with_letters_of_the_world(program: Program, served: Served) -> None:
    """Letters beyond ASCII arrive as they were typed: refused as a wrong password, not as bad input."""
    done = program.run(
        *("--control-room", served.url, "--username", "admin", "--password-stdin", "whoami"), stdin="päss–wörd ✓"
    )
    assert done.code == 5


def test_nothing_is_left_on_disk(program: Program, served: Served) -> None:
    """A run leaves no file behind, and so no secret in one."""
    assert program.run_as(served, "admin", "role", "setup", "API key users", "--yes").code == 0
    left = [path for path in program.home.rglob("*") if stat.S_ISREG(path.stat().st_mode)]
    assert left == list[Path]()
