"""``key inventory``: what a person, a spreadsheet and a monitor get; and ``role revoke``, which is what comes of it."""

import csv
import io
import json
import signal
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.api.scripted_server import ScriptedServer, Step, answer, hang, refused
from tests.cli.conftest import Outcome, Program, Served, end_of, set_up_role, type_in
from tests.cli.test_interruption import LOGOUT, running
from tests.cli.test_role import names
from tests.workflow.inventory.scripted import LOOK, control_room, record

NAME = "API key users"
KEYS = ("creator", "svc-crm", "svc-invoices", "svc-hr-sync", "svc-reports", "svc-warehouse")
SOON = "2026-11-30T00:00:00Z"
LATER = "2027-11-30T00:00:00Z"


@pytest.fixture
def company(served: Served) -> Served:
    """A Control Room at which people of the company may generate: keys in each state."""
    set_up_role(served, NAME, *(name for name in KEYS if name != "svc-warehouse"))
    return served


def scripted(users: Mapping[str, Step | list[Step]], permissions: object = LOOK) -> ScriptedServer:
    return control_room(users, permissions, **{LOGOUT: answer(status=204)})


async def look(program: Program, users: Mapping[str, Step], *arguments: str) -> Outcome:
    async with scripted(users) as server:
        return await program.run_beside(
            *("--control-room", server.address.url, "--username", "jdoe", "--password-stdin"),
            *("key", "inventory", *arguments),
            stdin="the-password",
        )


def test_the_table_is_sorted_by_what_ends_first(program: Program, company: Served) -> None:
    """Each user with age, end and state; the sum on stderr, where a pipe sees no progress; 7, since one has ended."""
    done = program.run_as(company, "admin", "key", "inventory")
    assert done.code == 7
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [
        "USER",
        *("svc-reports", "svc-hr-sync", "svc-invoices", "svc-crm", "creator"),
    ]
    assert lines[2].endswith("ending")
    assert "in 2 days" in lines[2]
    assert done.stderr == "4 of 5 who may generate have one; 1 ended, 1 within 14 days.\n"


@pytest.mark.parametrize(
    ("users", "arguments", "code"),
    [
        ({"40": record("a", LATER), "41": record("b")}, (), 0),
        ({"40": record("a", SOON), "41": record("b")}, (), 7),
        ({"40": record("a", SOON), "41": record("b")}, ("--expiring", "5d"), 0),
        ({"40": record("a", "2026-01-31T00:00:00Z")}, ("--expiring", "1m"), 7),
        ({"40": record("a", SOON, disabled=True)}, (), 0),
        ({"40": record("a", SOON, roles=[{"id": "5"}])}, (), 0),
        ({"40": record("a", LATER), "41": refused(403)}, (), 1),
        ({"40": record("a", SOON), "41": refused(403)}, (), 7),
        ({"40": record("a", LATER), "41": refused(404)}, (), 0),
    ],
    ids=[
        "none",
        "within",
        "not-within",
        "ended",
        "disabled",
        "lost-the-role",
        "unknown",
        "known-and-unknown",
        "deleted",
    ],
)
async def test_the_exit_code_is_for_monitors(
    program: Program, users: dict[str, Step], arguments: tuple[str, ...], code: int
) -> None:
    """7 where a key that matters ends within the time or has ended, 1 where none does but not all is known, else 0."""
    done = await look(program, users, *arguments, "--json")
    assert done.code == code, done.stderr
    assert json.loads(done.stdout)["complete"] is True


def test_files(program: Program, company: Served, tmp_path: Path) -> None:
    """The ending says the format; the file is the user's alone, is not replaced unasked, and stdout stays empty."""
    file = tmp_path / "keys.csv"
    done = program.run_as(company, "admin", "key", "inventory", "--output", str(file))
    assert (done.code, done.stdout) == (7, "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    rows = list(csv.DictReader(io.StringIO(before)))
    assert [row["username"] for row in rows][:2] == ["svc-reports", "svc-hr-sync"]
    file.write_text("mine")
    refused_once = program.run_as(company, "admin", "key", "inventory", "--output", str(file))
    assert refused_once.code == 2
    assert "is there already" in refused_once.stderr
    assert file.read_text() == "mine"
    shown = program.run_as(company, "admin", "key", "inventory", "--output", "-", "--csv")
    assert [*csv.DictReader(io.StringIO(shown.stdout))] == rows
    program.run_as(company, "admin", "key", "inventory", "--output", str(file), "--yes")
    assert [row["state"] for row in csv.DictReader(io.StringIO(file.read_text()))] == [row["state"] for row in rows]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--csv", "--json"), "exclude each other"),
        (("--json", "--output", "keys.csv"), "exclude each other"),
        (("--output", "keys.txt"), "a name that ends in .csv or .json"),
        (("--expiring", "soon"), "is not a duration"),
        (("--expiring", "0d"), "shortest duration is 1 minute"),
        (("--concurrency", "0"), "--concurrency"),
        (("--output", "no/such/folder/keys.csv"), "is not a folder"),
    ],
)
def test_wrong_use_is_refused_before_anything_is_sent(program: Program, arguments: tuple[str, ...], words: str) -> None:
    """Each is a sentence and exit 2, though no Control Room is given at all."""
    done = program.run("key", "inventory", *arguments)
    assert (done.code, done.stdout) == (2, "")
    assert words in done.stderr


COMMAND = ("key", "inventory", "--concurrency", "1")


async def test_interrupted_it_prints_what_it_knows(program: Program, tmp_path: Path) -> None:
    """Ctrl-C ends it with 130; what was read is printed and called incomplete, and a file is not written."""
    users: dict[str, Step] = {"40": record("first", SOON), "41": hang}
    for arguments in (("--json",), ("--output", str(tmp_path / "keys.json"))):
        async with scripted(users) as server, running(program, server, *COMMAND, *arguments) as run:
            await server.arrival("GET /v2/usermanagement/users/41")
            run.process.send_signal(signal.SIGINT)
            code, stdout, stderr = await run.end()
            assert code == 130
            assert "interrupted" in stderr
            if "--json" in arguments:
                document = json.loads(stdout)
                assert document["complete"] is False
                assert [user["username"] for user in document["users"]] == ["first"]
                assert "Not complete: 1 of 2 were read." in stderr
            else:
                assert stdout == ""
        assert not any(each.name.startswith("keys") for each in tmp_path.iterdir())  # noqa: ASYNC240 - of a test


def test_progress_is_for_a_terminal(program: Program, company: Served) -> None:
    """On a terminal a line on stderr counts up and is gone at the end."""
    password = company.password("admin")
    program.secrets.add(password)
    with program.on_terminal("--control-room", company.url, "--username", "admin", "key", "inventory") as terminal:
        type_in(terminal, "Password of admin: ", password)
        terminal.expect_exact("0 of 5 read")
        terminal.expect_exact("5 of 5 read")
        rest, code = end_of(terminal)
    assert code == 7
    assert "svc-reports" in rest


def test_who_may_not_look(program: Program, company: Served) -> None:
    """A bot creator is told what to ask for; nothing but the sign-in is sent."""
    done = program.run_as(company, "creator", "key", "inventory", "--trace")
    assert (done.code, done.stdout) == (1, "")
    assert "View roles" in done.stderr
    assert "usermanagement" not in done.stderr


def test_revoking_a_role(program: Program, company: Served) -> None:
    """Only the named lose it, a disabled one too; a dry run changes nothing; the second time nothing is done."""
    set_up = names(company, NAME)
    command = ("role", "revoke", NAME, "--user", "svc-reports", "--user", "viktor.petrov", "--json")
    before = company.state()
    dry = program.run_as(company, "admin", *command, "--dry-run")
    assert json.loads(dry.stdout)["changes"][0] == f"remove svc-reports from {NAME}"
    assert program.run_as(company, "admin", *command).code == 2
    assert company.state() == before
    done = json.loads(program.run_as(company, "admin", *command, "--yes").stdout)
    assert (done["changed"], done["revokedUsers"], done["changedMeanwhile"]) == (True, ["svc-reports"], False)
    assert names(company, NAME) == set_up - {"svc-reports"}
    after = company.state()
    assert json.loads(program.run_as(company, "admin", *command, "--yes").stdout)["changed"] is False
    assert company.state() == after


@pytest.mark.parametrize(("role", "words"), [("AAE_Basic", "system role"), ("No such role", "No role is called")])
def test_roles_that_cannot_be_revoked(program: Program, served: Served, role: str, words: str) -> None:
    """A system role is never written, and one that is not there is said so."""
    before = served.state()
    done = program.run_as(served, "admin", "role", "revoke", role, "--user", "creator", "--yes")
    assert done.code == 2
    assert words in done.stderr
    assert served.state() == before
