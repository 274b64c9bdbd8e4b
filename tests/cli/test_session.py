"""``whoami`` and ``token``."""

import json

import httpx
import pytest

from a360tui.demo import DemoServer
from tests.cli.conftest import Program, Served, end_of

RELEASES = pytest.mark.parametrize(
    ("served", "api"), [("v40", "v2"), ("v32", "v2"), ("11.3", "v1")], indirect=["served"]
)


@RELEASES
def test_whoami(program: Program, served: Served, api: str) -> None:
    """It says who, where, and what of the workflow they may do."""
    known = json.loads(program.run_as(served, "admin", "whoami", "--json").stdout)
    assert known["username"] == "admin"
    assert known["roles"] == ["AAE_Admin"]
    assert (known["controlRoom"], known["api"]) == (served.url, api)
    assert (known["version"] is None) == (api == "v1")
    assert known["may"] == {
        "generateApiKey": False,
        "viewRoles": True,
        "manageRoles": True,
        "viewUsers": True,
        "viewSettings": True,
        "manageSettings": True,
    }
    shown = program.run_as(served, "creator", "whoami").stdout
    assert "creator (Tomás Reyes)" in shown
    assert shown.count("AAE_") == 2


@RELEASES
def test_the_token_works(program: Program, served: Served, api: str) -> None:
    """The token alone is on stdout, and the Control Room takes it after the program has ended."""
    done = program.run_as(served, "admin", "token")
    assert (done.code, done.stderr) == (0, "")
    answer = httpx.get(f"{served.url}/v1/authentication/token", headers={"X-Authorization": done.stdout.strip()})
    assert answer.json() == {"valid": True}
    document = json.loads(program.run_as(served, "admin", "token", "--json").stdout)
    assert (document["tokenLifetimeSeconds"], api) == (1200, api)


def test_other_commands_sign_out(program: Program, served: Served) -> None:
    """A session does not outlive the command that opened it: there are only five of a user."""
    assert program.run_as(served, "admin", "whoami").code == 0
    assert program.run_as(served, "admin", "role", "show", "nothing").code == 2
    served.state()
    assert served.value("SELECT count(*) FROM sessions") == 0


def test_a_token_is_shown_on_a_terminal_only_after_consent(program: Program, served: Served) -> None:
    """On a terminal it asks first, before it signs in; no is the answer to anything but yes."""
    with program.on_terminal("--control-room", served.url, "--username", "admin", "token") as terminal:
        terminal.expect(r"terminal\? \[y/N\] ")
        terminal.sendline("")
        shown, code = end_of(terminal)
    assert code == 1
    assert "Password" not in shown
    with program.on_terminal("--control-room", served.url, "--username", "admin", "token") as terminal:
        terminal.expect(r"terminal\? \[y/N\] ")
        terminal.sendline("yes")
        terminal.expect("Password of admin: ")
        terminal.waitnoecho()
        terminal.sendline(served.password("admin"))
        shown, code = end_of(terminal)
    assert (code, shown.strip()[:3]) == (0, "eyJ")


def test_tls_with_a_ca_file(program: Program) -> None:
    """``--ca-file`` makes a certificate trusted; without it nothing but the handshake is sent."""
    with DemoServer().on_loopback(tls=True) as running:
        place = ("--control-room", running.url, "--username", "admin", "--password-stdin", "whoami")
        password = running.account("admin").password
        assert program.run(*place, "--ca-file", str(running.ca_file), stdin=password).code == 0
        refused = program.run(*place, stdin=password)
    assert refused.code == 3
    assert "--ca-file" in refused.stderr
