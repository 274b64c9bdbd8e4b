"""A sample of the table of faults through the command line: exit code, sentence, and what the server saw."""

import pytest

from tests.api.scripted_server import ScriptedServer, Step, answer, refused, rows, signed_in
from tests.cli.conftest import Program
from tests.faults.misbehaviour import EXIT_CODES, FAULTS
from tests.tui.test_network import MAY

BY_NAME = {fault.name: fault for fault in FAULTS}
LIST = "POST /v2/usermanagement/roles/list"
CREATE = "POST /v2/usermanagement/roles"
SAVE = "PUT /v2/settings/security"
SCRIPT: dict[str, Step | list[Step]] = {
    "POST /v2/authentication": signed_in(permissions=MAY),
    LIST: rows([], 0),
    "GET /v2/settings/security": answer({"apiKeyDuration": {"value": 45, "unit": "DAYS"}}),
    "GET /v2/settings/version/details": refused(404),
    "POST /v1/authentication/logout": answer(status=204),
}


@pytest.mark.parametrize(
    "name",
    [
        "reset after the request",
        "half the body",
        "gzip bomb",
        "depth 10,000",
        "an error with status 200",
        "a page with status 200",
        "401",
        "403",
        "429, 10 minutes",
        "status 500",
        "redirect 307",
    ],
)
async def test_a_list_that_fails(program: Program, name: str) -> None:
    """One sentence on stderr, nothing on stdout, and the exit code of the table."""
    fault = BY_NAME[name]
    kind, times = fault.read
    code, said, seen = await _run(program, {LIST: fault.step}, LIST, "role", "list")
    assert (code, seen) == (EXIT_CODES[kind], times)
    assert "Could not list the roles" in said


@pytest.mark.parametrize(
    ("call", "command", "purpose"),
    [
        (CREATE, ("role", "setup", "Mine", "--yes"), "create the role"),
        (SAVE, ("duration", "set", "30d", "--yes"), "set the API-Key duration"),
    ],
    ids=["role", "duration"],
)
@pytest.mark.parametrize(
    "name",
    ["closed after the request", "half the head", "a page with status 200", "status 502", "redirect 302", "409", "401"],
)
async def test_a_write_that_fails(
    program: Program, name: str, call: str, command: tuple[str, ...], purpose: str
) -> None:
    """It is sent once; exit 6 and *not known* where it may have been done, else the refusal's own code."""
    fault = BY_NAME[name]
    code, said, seen = await _run(program, {call: fault.step}, call, *command)
    assert (code, seen) == (EXIT_CODES[fault.write], 1)
    assert purpose in said
    assert ("is not known" in said) == (code == 6)


async def test_a_session_that_ends_after_a_write(program: Program) -> None:
    """Where the read that follows is refused, it does not say that nothing was changed."""
    script: dict[str, Step | list[Step]] = {
        CREATE: answer({"id": "7", "name": "Mine"}, 201),
        "GET /v2/usermanagement/roles/7": refused(401),
    }
    code, said, seen = await _run(program, script, CREATE, "role", "setup", "Mine", "--yes")
    assert (code, seen) == (5, 1)
    assert "done: create the role Mine" in said
    assert ("Sign in again" in said, "nothing was changed" in said) == (True, False)


@pytest.mark.parametrize(("status", "words"), [(403, "not visible to you"), (500, "The Control Room said 500")])
async def test_the_users_of_a_role_that_cannot_be_read(program: Program, status: int, words: str) -> None:
    """The role is shown all the same, and why its users are not named: a fault is not taken for a permission."""
    listed = {"id": "7", "name": "Mine", "description": "", "systemRole": False}
    whole = listed | {"permissions": [], "principals": [{"id": "4"}]}
    script: dict[str, Step | list[Step]] = {
        "POST /v2/authentication": signed_in(permissions=MAY),
        LIST: rows([listed], 1),
        "GET /v2/usermanagement/roles/7": answer(whole),
        "GET /v2/usermanagement/users/4": refused(status),
        "POST /v1/authentication/logout": answer(status=204),
    }
    program.secrets.add("canary-of-the-password")
    async with ScriptedServer(script) as server:
        place = ("--control-room", server.address.url, "--username", "jdoe", "--password-stdin")
        done = await program.run_beside(*place, "role", "show", "Mine", stdin="canary-of-the-password")
    assert (done.code, words in done.stderr, "not visible" in done.stderr) == (0, True, status == 403)


async def _run(
    program: Program, script: dict[str, Step | list[Step]], call: str, *command: str
) -> tuple[int, str, int]:
    """The exit code, what was said, and how often the call came."""
    program.secrets |= {"canary-of-the-password", "token-1"}
    async with ScriptedServer(SCRIPT | script) as server:
        place = ("--control-room", server.address.url, "--username", "jdoe", "--password-stdin")
        done = await program.run_beside(*place, *command, stdin="canary-of-the-password")
        assert done.stdout == ""
        assert server.count("POST /v2/authentication") == 1
        return done.code, done.stderr, server.count(call)


async def test_a_proxy_without_support_is_told(program: Program) -> None:
    """A SOCKS proxy in the environment is a sentence and exit 2; with a dead one the sentence blames the proxy."""
    place = ("--control-room", "https://cr.example.com", "--username", "jdoe", "--password-stdin", "whoami")
    for proxy, code, words in (
        ("socks5://user:canary-of-the-proxy@127.0.0.1:9", 2, "The proxy 127.0.0.1:9 speaks SOCKS"),
        ("http://user:canary-of-the-proxy@127.0.0.1:9", 3, "Nothing listens at the proxy 127.0.0.1:9"),
    ):
        program.secrets.add("canary-of-the-proxy")
        done = program.run(*place, stdin="x", env={"ALL_PROXY": proxy})
        assert (done.code, done.stdout) == (code, "")
        assert words in done.stderr
