"""Signing in where users are Active Directory's, or sign in elsewhere; and what becomes of other sessions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from a360tui.demo import DemoServer, Running
from tests.api.scripted_server import ScriptedServer, answer, refused, signed_in
from tests.cli.conftest import Program, Served, end_of, type_in
from tests.demo.conftest import Caller, http_client

Options = tuple[str, str]


@contextmanager
def control_room(auth_type: str) -> Iterator[Running]:
    with DemoServer(auth_type=auth_type).on_loopback() as running:
        yield running


def test_a_directorys_user(program: Program, store: Options) -> None:
    r"""``DOMAIN\name`` signs in; what is remembered for it is found whatever the case, as the directory sees it."""
    with control_room("ACTIVE_DIRECTORY") as running:
        account = running.account("creator")
        program.secrets.add(account.password)
        place = ("--control-room", running.url, "--username")
        done = program.run(*place, account.username, "--password-stdin", "login", *store, stdin=account.password)
        assert done.code == 0, done.stderr
        known = program.run(*place, "nordwind\\CREATOR", "whoami", "--json", *store)
        assert known.code == 0, known.stderr
        assert json.loads(known.stdout)["username"] == "creator"
        assert "no password" in program.run(*place, "ELSEWHERE\\creator", "whoami", *store).stderr
        assert "no password" in program.run(*place, "creator", "whoami", *store).stderr


def test_a_name_without_its_domain_is_explained(program: Program) -> None:
    """The refusal says what a name looks like there; on a terminal that is said before the password is typed."""
    with control_room("ACTIVE_DIRECTORY") as running:
        place = ("--control-room", running.url, "--username", "creator", "whoami")
        done = program.run(*place, "--password-stdin", stdin=running.account("creator").password)
        assert (done.code, done.stdout) == (5, "")
        assert "sign in as DOMAIN\\name. creator has no domain." in done.stderr
        with program.on_terminal(*place) as terminal:
            terminal.expect_exact("creator has no domain.")
            terminal.expect_exact("Password of creator: ")


def test_where_no_password_is_taken_a_key_is_asked_for(program: Program) -> None:
    """On a terminal the key is asked for, with the way to a first one; it signs in."""
    with control_room("SSO") as running:
        key = running.account("admin").api_key
        assert key is not None
        with program.on_terminal("--control-room", running.url, "--username", "admin", "whoami") as terminal:
            terminal.expect_exact("(SSO): a password will not do")
            terminal.expect_exact("Generate API-Key")
            type_in(terminal, "API key of admin: ", key)
            shown, code = end_of(terminal)
        assert (code, "AAE_Admin" in shown, key in shown) == (0, True, False)


def test_a_password_where_none_is_taken_is_explained(program: Program) -> None:
    """A script that sends one is told what the Control Room said, and how to get a first key."""
    with control_room("SSO") as running:
        place = ("--control-room", running.url, "--username", "admin", "--password-stdin", "whoami")
        done = program.run(*place, stdin="hunter2")
        assert done.code == 5
        for words in ("takes no password", "(SSO)", "an API key will", "My settings", "ask an administrator"):
            assert words in done.stderr


@pytest.mark.parametrize(("option", "said"), [("", None), ("--multiple-login", True), ("--no-multiple-login", False)])
def test_other_sessions(program: Program, served: Served, option: str, said: bool | None) -> None:
    """A session in a browser is left as the Control Room has it, unless an option says otherwise."""
    with http_client(served.running) as http:
        browser = Caller(http, served.running)
        browser.sign_in("admin")
        assert program.run_as(served, "admin", "whoami", *filter(None, [option])).code == 0
        assert browser.get("/v1/authentication/token").json() == {"valid": said is not False}


async def test_what_is_said_of_other_sessions_is_sent(program: Program) -> None:
    """The option becomes ``multipleLogin``, and without it there is none; a probe comes before no accepted sign-in."""
    async with ScriptedServer({"POST /v2/authentication": signed_in()}) as server:
        place = ("--control-room", server.address.url, "--username", "jdoe", "--password-stdin", "token")
        for option in ((), ("--multiple-login",), ("--no-multiple-login",)):
            assert (await program.run_beside(*place, *option, stdin="hunter2")).code == 0
        said = [request.json.get("multipleLogin") for request in server.of("POST /v2/authentication")]
        assert said == [None, True, False]
        assert server.count("GET /v1/authentication/type") == 0


@pytest.mark.parametrize("step", [refused(500), answer(b"<html>", content_type="text/html"), answer({})])
async def test_a_refusal_stays_what_it_is(program: Program, step: object) -> None:
    """Where the type cannot be read, the refusal is told as it came."""
    script = {"POST /v2/authentication": refused(401, "No."), "GET /v1/authentication/type": step}
    async with ScriptedServer(script) as server:  # type: ignore[arg-type]  # a step
        place = ("--control-room", server.address.url, "--username", "jdoe", "--password-stdin", "whoami")
        done = await program.run_beside(*place, stdin="hunter2")
        assert (done.code, "refused: No." in done.stderr) == (5, True)
        assert server.count("POST /v2/authentication") == 1
