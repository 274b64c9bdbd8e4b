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
