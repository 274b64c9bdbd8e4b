"""``doctor``: each step made to fail for real, what it says of it, and that what it says can be shown to others."""

import datetime as dt
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from a360tui.demo import DemoServer
from tests.api.scripted_server import ScriptedServer, Step, answer, page, refused, signed_in
from tests.api.test_tls import AUTHORITY, server_context
from tests.canaries import leaks
from tests.cli.conftest import Outcome, Program, Served, end_of, type_in
from tests.cli.relay import relay
from tests.cli.test_recovery import kill_halfway
from tests.cli.test_side_by_side import three  # noqa: F401 - a fixture
from tests.conftest import MovableClock

Options = tuple[str, str]

STEPS = (
    "configuration environment terminal address keyring secrets rotations proxy name connection TLS|Control Room|clock"
    "|credential sign-in version permissions|own record|calls descriptions"
)


def steps(done: Outcome) -> dict[str, dict[str, Any]]:
    """What was found, by step, in order."""
    return {each["step"]: each for each in json.loads(done.stdout)["steps"]}


def failed(done: Outcome) -> list[str]:
    return [name for name, each in steps(done).items() if each["outcome"] == "failed"]


def not_tried(done: Outcome) -> list[str]:
    return [name for name, each in steps(done).items() if each["outcome"] == "not tried"]


AFTER_SIGN_IN = ["version", "permissions", "own record"]
AFTER_CONTROL_ROOM = ["clock", "credential", "sign-in", *AFTER_SIGN_IN, "calls", "descriptions"]


def test_all_is_well(program: Program, with_role: Served) -> None:
    """Every step is taken, each with its time; nothing at the Control Room is changed, and no session is left."""
    before = with_role.state()
    done = program.run_as(with_role, "creator", "doctor", "--json")
    assert done.code == 0, done.stdout
    found = steps(done)
    assert " ".join(found) == STEPS.replace("|", " ")
    assert all(each["milliseconds"] is not None for each in found.values())
    assert {"failed", "not tried"} & {each["outcome"] for each in found.values()} == set()
    assert found["credential"]["said"] == "What was sent."
    assert found["sign-in"]["said"] == "Signed in; the token lasts 20 minutes."
    assert found["version"]["said"] == "Version 40.0.0.0 Sprint, build 29417, API v2."
    assert {"name": "generate a key", "value": "yes"} in found["permissions"]["facts"]
    assert [fact["value"].rpartition("  ")[2] for fact in found["calls"]["facts"][:3]] == ["(assumed)"] * 3
    assert found["descriptions"]["said"] == "3 files read; none describes the calls for a key or its duration."
    assert with_role.state() == before
    assert (
        with_role.value("SELECT count(*) FROM sessions JOIN users ON users.id = user_id AND username = 'creator'") == 0
    )


def test_for_people(program: Program, with_role: Served) -> None:
    """As text each step has a line with its outcome, its time and its name, and the last line sums up."""
    done = program.run_as(with_role, "creator", "doctor")
    lines = done.stdout.splitlines()
    assert next(line for line in lines if "  sign-in " in line).split()[0] == "fine"
    assert lines[-1].startswith("All is well")


def test_without_a_credential_it_stops_before_the_sign_in(program: Program, served: Served) -> None:
    """Nobody is asked where there is no terminal; what can be looked at is, and that is no failure."""
    done = program.run("--control-room", served.url, "--username", "admin", "doctor", "--json")
    assert done.code == 0, done.stdout
    assert not_tried(done) == ["credential", "sign-in", *AFTER_SIGN_IN]
    assert "--password-stdin" in steps(done)["credential"]["todo"]
    assert "not tried: credential, sign-in" in json.loads(done.stdout)["summary"]
    assert served.value("SELECT count(*) FROM sessions") == 0


def test_on_a_terminal_it_asks_once(program: Program, served: Served) -> None:
    """The password is asked for; a wrong one is sent once, told, and not asked for again."""
    with program.on_terminal("--control-room", served.url, "--username", "creator", "doctor") as terminal:
        type_in(terminal, "Password of creator: ", "hunter2")
        shown, code = end_of(terminal)
    assert (code, "hunter2" in shown) == (5, False)
    assert served.value("SELECT failures FROM users WHERE username = 'creator'") == 1


def test_a_name_that_is_none(program: Program) -> None:
    """What does not resolve is named, and nothing after it is tried."""
    done = program.run("--control-room", "https://no-such-host.invalid", "doctor", "--json")
    assert (done.code, failed(done)) == (3, ["name"])
    assert not_tried(done) == ["connection", "TLS", "Control Room", *AFTER_CONTROL_ROOM]
    assert steps(done)["name"]["todo"] == "Check the address for a typing error, and the network."
    assert steps(done)["TLS"]["said"] == "It needs: connection."


def test_a_port_that_refuses(program: Program) -> None:
    """The name is found, the connection is not made."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        done = program.run("--control-room", f"https://127.0.0.1:{closed.getsockname()[1]}", "doctor", "--json")
    assert (done.code, failed(done)) == (3, ["connection"])
    assert "Nothing listens" in steps(done)["connection"]["said"]


@pytest.mark.parametrize("given", [False, True])
def test_who_signed_the_certificate(program: Program, given: bool) -> None:
    """An authority that is not known is named, with the option that helps; with its file, TLS is fine."""
    with DemoServer().on_loopback(tls=True) as running:
        ca_file = ("--ca-file", str(running.ca_file)) if given else ()
        done = program.run("--control-room", running.url, *ca_file, "doctor", "--json", "--full")
        facts = {fact["name"]: fact["value"] for fact in steps(done)["TLS"]["facts"]}
    assert (facts["signed by"], facts["valid until"]) == ("a360tui demo", "3000-01-01 00:00 UTC")
    if given:
        assert (done.code, failed(done)) == (0, [])
        assert "TLSv1.3, valid for" in steps(done)["TLS"]["said"]
    else:
        assert (done.code, failed(done)) == (3, ["TLS"])
        assert "--ca-file" in steps(done)["TLS"]["todo"]
        assert not_tried(done)[0] == "Control Room"


async def test_a_certificate_that_has_ended(program: Program, tmp_path: Path) -> None:
    """The sentence says so, and the day; the server got no request."""
    ca_file = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(str(ca_file))
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    async with ScriptedServer(tls=server_context(ends=yesterday)) as server:
        place = ("--control-room", server.address.url, "--ca-file", str(ca_file))
        done = await program.run_beside(*place, "doctor", "--json")
        assert (done.code, failed(done), server.received) == (3, ["TLS"], [])
    assert "has expired" in steps(done)["TLS"]["said"]
    facts = {fact["name"]: fact["value"] for fact in steps(done)["TLS"]["facts"]}
    assert facts["valid until"].startswith(f"{yesterday:%Y-%m-%d}")


@pytest.mark.parametrize(("minutes", "outcome"), [(60, "failed"), (2, "note"), (0, "fine")])
def test_clocks_that_are_apart(
    program: Program, served: Served, clock: MovableClock, minutes: int, outcome: str
) -> None:
    """An hour is a failure, two minutes a note; it says which clock is behind."""
    clock.forward(dt.timedelta(minutes=minutes))
    done = program.run("--control-room", served.url, "doctor", "--json")
    assert (done.code, steps(done)["clock"]["outcome"]) == (1 if outcome == "failed" else 0, outcome)
    assert ("behind the Control Room" in steps(done)["clock"]["said"]) == (outcome != "fine")


async def test_a_web_page_is_no_control_room(program: Program) -> None:
    """What answers with a page is named as that, before any password is sent."""
    async with ScriptedServer({"GET /v1/authentication/type": page()}) as server:
        place = ("--control-room", server.address.url, "--username", "jdoe", "--password-stdin")
        done = await program.run_beside(*place, "doctor", "--json", stdin="hunter2")
        assert {request.method for request in server.received} == {"GET"}
    assert (done.code, failed(done), not_tried(done)) == (3, ["Control Room"], AFTER_CONTROL_ROOM)
    assert "web page" in steps(done)["Control Room"]["said"]


async def test_where_it_points_is_no_word_for_others(program: Program) -> None:
    """A redirect to the sign-in page of a company names the company: it stands apart, and is left out."""
    away: Step = answer(status=302, headers={"Location": "https://login.acme.example/"})
    async with ScriptedServer({"GET /v1/authentication/type": away}) as server:
        done = await program.run_beside("--control-room", server.address.url, "doctor")
        full = await program.run_beside("--control-room", server.address.url, "doctor", "--full")
    assert (done.code, "acme" in done.stdout, "login.acme.example" in full.stdout) == (3, False, True)


def test_a_wrong_password(program: Program, served: Served) -> None:
    """It is sent once and told; what needs a session is not tried, the rest is."""
    place = ("--control-room", served.url, "--username", "creator", "--password-stdin")
    done = program.run(*place, "doctor", "--json", stdin="hunter2")
    assert (done.code, failed(done), not_tried(done)) == (5, ["sign-in"], AFTER_SIGN_IN)
    assert served.value("SELECT failures FROM users WHERE username = 'creator'") == 1
    assert "third failure" in steps(done)["sign-in"]["todo"]
    assert steps(done)["descriptions"]["outcome"] == "fine"


def test_a_user_who_may_do_nothing(program: Program, served: Served) -> None:
    """Each step of the workflow says what it takes, and what to ask an administrator for."""
    done = program.run_as(served, "creator", "doctor", "--json")
    assert (done.code, failed(done)) == (1, ["permissions"])
    found = steps(done)["permissions"]
    facts = {fact["name"]: fact["value"] for fact in found["facts"]}
    assert facts["generate a key"] == "no: it takes API › Generate API-Key"
    assert facts["set up the role"].startswith("no: it takes Roles › View roles")
    assert "Ask an administrator for a role that grants API › Generate API-Key" in found["todo"]


async def test_a_record_that_is_not_ones_own_to_read(program: Program) -> None:
    """Where a user may not read their own record, that is a note, and what to ask for."""
    script: dict[str, Step | list[Step]] = {
        "POST /v2/authentication": signed_in(permissions=[{"action": "generateapikey", "resourceType": "api"}]),
        "GET /v2/usermanagement/users/9": refused(403),
        "GET /v1/authentication/type": refused(404),
    }
    async with ScriptedServer(script) as server:
        place = ("--control-room", server.address.url, "--username", "jdoe", "--password-stdin")
        done = await program.run_beside(*place, "doctor", "--json", stdin="hunter2")
    assert (done.code, steps(done)["own record"]["outcome"]) == (0, "note")
    assert steps(done)["version"]["said"] == "Version not told, API v2."
    assert steps(done)["Control Room"]["outcome"] == "note"


def test_a_configuration_that_cannot_be_read(program: Program, served: Served) -> None:
    """The mistake is named with its line, and without it nothing is known of a Control Room."""
    program.config.mkdir(mode=0o700)
    (program.config / "config.toml").write_text('[profiles.live]\nurll = "https://cr.example.com"\n')
    done = program.run("--control-room", served.url, "doctor", "--json")
    assert (done.code, failed(done)) == (2, ["configuration"])
    assert not_tried(done)[:3] == ["address", "proxy", "name"]
    assert "urll" not in done.stdout
    full = program.run("--control-room", served.url, "doctor", "--json", "--full")
    assert "urll" in steps(full)["configuration"]["facts"][0]["value"]


def test_no_control_room(program: Program) -> None:
    """Without an address this machine is looked at all the same."""
    done = program.run("doctor", "--json")
    assert (done.code, failed(done)) == (2, ["address"])
    assert steps(done)["secrets"]["outcome"] == "fine"


@pytest.mark.parametrize(
    "address", ["https://[acme", "https://acme.example:99999", "acme example", "ftp://acme.example"]
)
def test_an_address_that_is_none(program: Program, address: str) -> None:
    """It is said what is wrong, and not what was typed."""
    done = program.run("--control-room", address, "doctor", "--json")
    assert (done.code, failed(done)) == (2, ["address"])
    assert "acme" not in done.stdout


@pytest.mark.parametrize(("step", "code"), [(refused(500), 1), (refused(429), 1)])
async def test_a_control_room_that_is_not_well(program: Program, step: Step, code: int) -> None:
    """One that answers with a failure is not called one that answers."""
    async with ScriptedServer({"GET /v1/authentication/type": step}) as server:
        done = await program.run_beside("--control-room", server.address.url, "doctor", "--json")
    assert (done.code, failed(done)) == (code, ["Control Room"])


def test_where_settings_come_from(program: Program, served: Served) -> None:
    """Each setting is shown with its source: an option, a variable, a profile."""
    program.config.mkdir(mode=0o700)
    (program.config / "config.toml").write_text(f'profile = "live"\n[profiles.live]\nurl = "{served.url}"\n')
    done = program.run("doctor", "--json", "--full", env={"A360TUI_USERNAME": "admin"})
    facts = {fact["name"]: fact["value"] for fact in steps(done)["configuration"]["facts"]}
    assert facts["url"] == f"{served.url}  (profile live)"
    assert facts["username"] == "admin  (A360TUI_USERNAME)"
    assert facts["profile"] == "live  (config.toml)"
    shared = program.run("doctor", "--json", env={"A360TUI_USERNAME": "admin"})
    facts = {fact["name"]: fact["value"] for fact in steps(shared)["configuration"]["facts"]}
    assert (facts["profile"], facts["url"]) == ("NAME  (config.toml)", "HOST  (profile NAME)")


def test_what_is_in_the_environment(program: Program, served: Served) -> None:
    """A variable that would have secrets written to files is a note; what variables hold is not shown."""
    env = {"SSLKEYLOGFILE": "/tmp/keylog", "NO_PROXY": "acme.example", "TERM": "dumb"}
    done = program.run("--control-room", served.url, "doctor", "--json", "--full", env=env)
    found = steps(done)
    assert (found["environment"]["outcome"], "SSLKEYLOGFILE" in found["environment"]["todo"]) == ("note", True)
    assert "acme" not in done.stdout
    assert "TERM is dumb" in found["terminal"]["said"]


def test_standard_input_is_closed(program: Program) -> None:
    """With standard input closed the terminal is a note like any that is missing."""
    with program.started("doctor", "--json", stdin=None, preexec_fn=lambda: os.close(0)) as process:
        output, _ = process.communicate()
    found = {step["step"]: step for step in json.loads(output)["steps"]}
    assert (found["terminal"]["outcome"], "no terminal" in found["terminal"]["said"]) == ("note", True)


@contextmanager
def proxy_that_refuses() -> Iterator[str]:
    """Something that answers every connection as a proxy that wants a password."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        import threading

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, suppress(OSError):  # a connection alone is looked at too, and let go
                    if connection.recv(4096):
                        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_a_proxy_in_between(program: Program) -> None:
    """Its name is resolved and connected to; what it answers is told; its password is nowhere."""
    with proxy_that_refuses() as proxy:
        env = {"HTTPS_PROXY": f"http://robot:proxy-secret@{proxy}"}
        done = program.run("--control-room", "https://cr.example.com", "doctor", "--json", "--full", env=env)
    assert (done.code, failed(done)) == (3, ["TLS"])
    assert steps(done)["proxy"]["facts"] == [{"name": "proxy", "value": proxy}]
    assert "wants a user and a password" in steps(done)["TLS"]["said"]
    assert not leaks("proxy-secret", [done.stdout.encode()])


@pytest.mark.usefixtures("key")
async def test_what_was_left_halfway(program: Program, with_role: Served, store: Options) -> None:
    """A rotation that was killed is a failure, with the command that finishes it."""
    async with relay(with_role.url, passed=0) as between:
        await kill_halfway(program, between, with_role, *store, sealed=False)
    done = await program.run_beside("--control-room", with_role.url, "doctor", "--json", *store)
    assert (done.code, failed(done)) == (1, ["rotations"])
    assert steps(done)["rotations"]["todo"] == "Finish: a360tui key recover"


JSON_DESCRIPTION = {
    "basePath": "/v2/usermanagement",
    "paths": {"/users/self/apikey": {"post": {}}, "/users": {"post": {}, "parameters": []}},
}
YAML_DESCRIPTION = b"""\
openapi: 3.0.0
servers:
  - url: '/v2/settings'
paths:
  # what changed
  '/security':
    get:
      summary: the settings
    put:
      responses: {}
  /keyDuration:
    get: {}
"""


async def test_calls_that_are_described_by_now(program: Program) -> None:
    """The page's files are read, whatever their form; nothing but GET goes out for it."""
    script: dict[str, Step | list[Step]] = {
        "GET /v1/authentication/type": answer({"authType": "DATABASE"}),
        "GET /swagger/": answer(b'<a href="api/um.json">x</a> <a href="/swagger/s.yaml">', content_type="text/html"),
        "GET /swagger/api/um.json": answer(JSON_DESCRIPTION),
        "GET /swagger/s.yaml": answer(YAML_DESCRIPTION, content_type="application/yaml"),
    }
    async with ScriptedServer(script) as server:
        done = await program.run_beside("--control-room", server.address.url, "doctor", "--json")
        assert {request.method for request in server.received} == {"GET"}
        assert all("x-authorization" not in request.headers for request in server.received)
    found = steps(done)["descriptions"]
    assert found["said"] == "2 files read; they describe the calls in use."
    assert {"name": "PUT /v2/settings/security", "value": "in /swagger/s.yaml"} in found["facts"]
    assert {"name": "POST /v2/usermanagement/users/self/apikey", "value": "in /swagger/api/um.json"} in found["facts"]


@pytest.mark.parametrize(
    "step",
    [
        refused(404),
        refused(403),
        page(),
        answer(b"\xff\xfe{"),
        answer(b"[" * 100_000),
        answer(b"a: &a [*a, *a]\n" * 99),
    ],
)
async def test_descriptions_of_any_kind_are_survived(program: Program, step: Step) -> None:
    """A file that is none, too deep or made to blow up is no failure of anything."""
    script: dict[str, Step | list[Step]] = {
        "GET /v1/authentication/type": answer({"authType": "DATABASE"}),
        "GET /swagger/api/v2/um-api-supported.yaml": step,
    }
    async with ScriptedServer(script) as server:
        done = await program.run_beside("--control-room", server.address.url, "doctor", "--json")
    assert (done.code, steps(done)["descriptions"]["outcome"]) == (0, "fine")


def test_several_profiles(program: Program, three: Options) -> None:  # noqa: F811 - the fixture
    """Side by side; the one that nobody can reach ends the command with its code."""
    done = program.run("--all-profiles", "doctor", "--json", *three)
    profiles = {each["profile"]: each for each in json.loads(done.stdout)["profiles"]}
    assert done.code == 3
    assert {name: each["exitCode"] for name, each in profiles.items()} == {"boss": 0, "gone": 3, "maker": 0}


@pytest.mark.parametrize("form", [["--json"], []])
async def test_it_can_be_shown_to_others(program: Program, form: list[str]) -> None:
    """Without --full no host, user, address, path or server's word is in it; with it no secret is."""
    script: dict[str, Step | list[Step]] = {
        "GET /v1/authentication/type": answer({"authType": "SAML"}),
        "POST /v2/authentication": refused(401, "jane.roe@acme.example is locked, ask Bob"),
    }
    async with ScriptedServer(script) as server:
        place = ("--control-room", server.address.url, "--username", "jane.roe", "--password-stdin")
        program.secrets.add("hunter2-canary")
        shared = await program.run_beside(*place, "doctor", *form, stdin="hunter2-canary")
        full = await program.run_beside(*place, "doctor", "--full", *form, stdin="hunter2-canary")
    said = (shared.stdout + shared.stderr).encode()
    for private in ("127.0.0.1", "jane.roe", "acme", str(program.home), "ask Bob", "hunter2-canary"):
        assert leaks(private, [said]) == [], private
    assert "127.0.0.1" in full.stdout
    assert "ask Bob" in full.stdout
    assert leaks("hunter2-canary", [(full.stdout + full.stderr).encode()]) == []


def test_a_host_is_nobody_elses_business(program: Program) -> None:
    """Wherever its name stands, in a setting, a sentence or an address, a word stands in its place."""
    shared = program.run("--control-room", "https://CR.acme.invalid:8443/#/login", "doctor")
    assert (shared.code, "acme" in shared.stdout.lower()) == (3, False)
    assert "No host is called HOST." in shared.stdout
