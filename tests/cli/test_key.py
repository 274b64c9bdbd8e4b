"""``key``: state, making, making anew, testing."""

import json
import re
from datetime import timedelta

import pytest

from tests.cli.conftest import Program, Served
from tests.conftest import MovableClock


def test_who_may_not_is_told_what_to_ask_for(program: Program, served: Served) -> None:
    """Without the permission nothing is sent, and the obstacle says what to ask an administrator for."""
    status = json.loads(program.run_as(served, "creator", "key", "status", "--json").stdout)
    assert (status["state"], status["mayGenerate"]) == ("no key", False)
    assert "Generate API-Key" in status["obstacle"]
    for command in "generate", "regenerate":
        done = program.run_as(served, "creator", "key", command, "--yes")
        assert (done.code, done.stdout) == (1, "")
        assert "Ask an administrator" in done.stderr
    assert served.value("SELECT count(*) FROM api_keys JOIN users ON users.id = user_id AND username = 'creator'") == 0


def test_there_must_be_a_key_to_replace(program: Program, with_role: Served) -> None:
    """``regenerate`` without a key names ``generate``."""
    before = with_role.state()
    done = program.run_as(with_role, "creator", "key", "regenerate", "--yes")
    assert (done.code, done.stdout) == (2, "")
    assert "a360tui key generate" in done.stderr
    assert with_role.state() == before


def test_the_key_alone_is_on_stdout(program: Program, with_role: Served) -> None:
    """Nothing but the key and a line end goes to stdout; the assumed call is named on stderr."""
    done = program.run_as(with_role, "creator", "key", "generate", "--yes")
    assert re.fullmatch(r"[!-~]{40}\n", done.stdout)
    assert "assumed" in done.stderr
    assert "POST /v2/usermanagement/users/self/apikey" in done.stderr


@pytest.mark.parametrize("served", ["11.3"], indirect=True)
def test_the_assumed_call_is_named_as_it_is_sent(program: Program, with_role: Served) -> None:
    """Where there is no v2 the call that is named is the one under v1."""
    done = program.run_as(with_role, "creator", "key", "generate", "--yes", "--trace")
    assert "publish it: POST /v1/usermanagement/users/self/apikey" in done.stderr
    assert re.search(r"^POST /v1/usermanagement/users/self/apikey 200 \d+ ms$", done.stderr, re.MULTILINE)


def test_regenerate_says_what_dies(program: Program, with_role: Served, key: str) -> None:
    """The consequence stands on stderr with the date since when the key was in use; with a key as sign-in, more."""
    done = program.run_as(with_role, "creator", "key", "regenerate", "--yes")
    assert done.code == 0
    assert re.search(r"in use since \d{4}-\d\d-\d\d \d\d:\d\d UTC", done.stderr)
    assert key not in done.stdout
    new = done.stdout.strip()
    again = program.run_with_key(with_role, "creator", new, "key", "regenerate", "--yes")
    assert again.code == 0
    assert "signed in with the key that dies" in again.stderr


def test_status_in_words(program: Program, with_role: Served, key: str, clock: MovableClock) -> None:
    """The state, its dates in full and in words; an ending and an ended key are called so."""
    shown = program.run_as(with_role, "creator", "key", "status").stdout
    assert re.search(r"^API key +valid$", shown, re.MULTILINE)
    assert re.search(r"^Expires +\S+ \S+ UTC \(in 4[45] days\)$", shown, re.MULTILINE)
    clock.forward(timedelta(days=40))
    assert json.loads(program.run_as(with_role, "creator", "key", "status", "--json").stdout)["state"] == "ending"
    clock.forward(timedelta(days=6))
    assert json.loads(program.run_as(with_role, "creator", "key", "status", "--json").stdout)["state"] == "ended"
    assert key not in shown


def test_an_expired_key(program: Program, with_role: Served, key: str, clock: MovableClock) -> None:
    """A key past its end does not sign in: the Control Room's words, exit 5."""
    clock.forward(timedelta(days=46))
    done = program.run_with_key(with_role, "creator", key, "key", "test")
    assert (done.code, done.stdout) == (5, "")
    assert "The sign-in was refused" in done.stderr


def test_a_key_where_the_password_belongs(program: Program, with_role: Served, key: str) -> None:
    """It is a wrong password: refused, with the advice to look at the credential."""
    done = program.run(
        *("--control-room", with_role.url, "--username", "creator", "--password-stdin", "whoami"), stdin=key
    )
    assert done.code == 5
    assert "Check user name and credential" in done.stderr


def test_three_wrong_passwords(program: Program, served: Served) -> None:
    """Each failure is sent once and said with its warning; after the third the right password helps no more."""
    place = ("--control-room", served.url, "--username", "runner", "--password-stdin", "whoami")
    for _ in range(3):
        done = program.run(*place, stdin="wrong")
        assert (done.code, done.stdout) == (5, "")
        assert "a third failure may disable the user" in done.stderr
    assert program.run_as(served, "runner", "whoami").code == 5
    assert served.value("SELECT disabled FROM users WHERE username = 'runner'") == 1


def test_a_working_key_does_everything_a_password_does(program: Program, with_role: Served, key: str) -> None:
    """``--api-key-stdin`` signs in for any command."""
    done = program.run_with_key(with_role, "creator", key, "whoami", "--json")
    assert json.loads(done.stdout)["may"]["generateApiKey"] is True
