"""``login``, ``logout``, and what is remembered in between."""

import json
import re
from pathlib import Path

import pytest

from tests.api.scripted_server import ScriptedServer, Step, answer, refused, signed_in
from tests.cli.conftest import Program, Served, end_of, type_in
from tests.storage.conftest import PASSPHRASE

Options = tuple[str, str]


def place(served: Served, username: str = "creator") -> tuple[str, ...]:
    return "--control-room", served.url, "--username", username


def test_the_story(program: Program, with_role: Served, passphrase: Path) -> None:
    """A first login makes the store; from then on nothing is sent or typed; logout forgets, in every generation."""
    options = ("--passphrase-file", str(passphrase))
    done = program.run_as(with_role, "creator", "login", "--json", *options)
    assert done.code == 0, done.stderr
    assert json.loads(done.stdout) == {
        "username": "creator",
        "controlRoom": with_role.url,
        "remembered": "password",
        "keptIn": "age file, unlocked by a passphrase",
    }
    shown = json.loads(program.run(*place(with_role), "whoami", "--json", *options).stdout)
    assert [each["kind"] for each in shown["remembered"]] == ["password"]
    assert shown["keptIn"] == "age file, unlocked by a passphrase"

    made = program.run(*place(with_role), "key", "generate", "--yes", *options)
    assert made.code == 0, made.stderr
    program.secrets.add(made.stdout.strip())
    assert program.run(*place(with_role), "key", "show", *options).stdout == made.stdout
    assert program.run(*place(with_role), "key", "test", *options).code == 0
    assert re.search(
        r"Remembered +API key, password\nKept in", program.run(*place(with_role), "whoami", *options).stdout
    )
    program.check_files()

    refusal = program.run(*place(with_role), "logout", *options)
    assert (refusal.code, "--yes" in refusal.stderr) == (2, True)
    gone = program.run(*place(with_role), "logout", "--yes", "--json", *options)
    assert sorted(json.loads(gone.stdout)["forgotten"]) == ["api_key", "password"]
    assert "no password" in program.run(*place(with_role), "whoami", *options).stderr
    assert "Nothing is remembered" in program.run(*place(with_role), "logout", *options).stdout
    assert not list(program.config.rglob("*.previous"))


def test_the_key_comes_first(program: Program, with_role: Served, key: str, store: Options) -> None:
    """Where both are remembered the key signs in; ``token`` prints what it got with it."""
    assert program.run_as(with_role, "creator", "login", *store).code == 0
    assert program.run_with_key(with_role, "creator", key, "login", *store).code == 0
    done = program.run(*place(with_role), "token", *store)
    assert (done.code, done.stdout[:3]) == (0, "eyJ")
    assert "age file" in program.run(*place(with_role), "whoami", *store).stdout
    program.check_files()


async def test_which_of_both_is_sent(program: Program, store: Options) -> None:
    """``whoami`` sends the stored key; what ends a key sends the stored password, which outlives it."""
    may = signed_in(permissions=[{"action": "generateapikey", "resourceType": "api"}])
    made = answer({"apiKey": "canary-of-the-new-key", "apiKeyCreatedOn": "2026-01-02T00:00:00.000Z"})
    record = answer({"username": "jdoe", "apiKeyCreatedOn": "2026-01-01T00:00:00.000Z"})
    after = answer({"username": "jdoe", "apiKeyCreatedOn": "2026-01-02T00:00:00.000Z"})
    script: dict[str, Step | list[Step]] = {
        "POST /v2/authentication": may,
        "GET /v2/usermanagement/users/9": [record, record, after],
        "POST /v2/usermanagement/users/self/apikey": made,
    }
    async with ScriptedServer(script) as server:
        user = ("--control-room", server.address.url, "--username", "jdoe")
        assert (await program.run_beside(*user, "login", "--password-stdin", *store, stdin="the-password")).code == 0
        assert (await program.run_beside(*user, "login", "--api-key-stdin", *store, stdin="the-old-key")).code == 0
        server.received.clear()
        assert (await program.run_beside(*user, "whoami", *store)).code == 0
        assert (await program.run_beside(*user, "key", "regenerate", "--yes", *store)).code == 0
        sent = [request.json for request in server.of("POST /v2/authentication")]
    assert [list(each.values())[1] for each in sent] == ["the-old-key", "the-password", "canary-of-the-new-key"]


@pytest.mark.parametrize("other", ["another user", "another port", "another host"])
async def test_a_secret_is_offered_to_nobody_else(program: Program, store: Options, other: str) -> None:
    """A remembered password belongs to scheme, host, port and user: with another one of them nothing is sent."""
    async with ScriptedServer() as server, ScriptedServer() as second:
        url = server.address.url
        user = ("--control-room", url, "--username", "jdoe")
        assert (await program.run_beside(*user, "login", "--password-stdin", *store, stdin="the-password")).code == 0
        server.received.clear()
        different = {
            "another user": ("--control-room", url, "--username", "JDoe"),
            "another port": ("--control-room", second.address.url, "--username", "jdoe"),
            "another host": ("--control-room", url.replace("127.0.0.1", "localhost"), "--username", "jdoe"),
        }[other]
        done = await program.run_beside(*different, "whoami", *store)
        assert (done.code, "There is no password" in done.stderr) == (2, True)
        assert (server.received, second.received) == ([], [])


async def test_a_refused_secret_is_sent_once(program: Program, store: Options) -> None:
    """What was refused is not sent by the next run, since the third refusal disables a user; a new login is."""
    script = {"POST /v2/authentication": [signed_in(), refused(401, "no"), signed_in()]}
    async with ScriptedServer(script) as server:
        user = ("--control-room", server.address.url, "--username", "jdoe")
        assert (await program.run_beside(*user, "login", "--api-key-stdin", *store, stdin="a-key")).code == 0
        first = await program.run_beside(*user, "whoami", *store)
        assert (first.code, "It was the API key that is stored since" in first.stderr) == (5, True)
        for command in ("whoami",), ("token",), ("key", "test"), ("role", "list"):
            done = await program.run_beside(*user, *command, *store)
            assert (done.code, "not tried again automatically" in done.stderr) == (2, True)
        assert server.count("POST /v2/authentication") == 2
        assert (await program.run_beside(*user, "key", "show", *store)).stdout == "a-key\n"
        assert (await program.run_beside(*user, "login", "--password-stdin", *store, stdin="a-password")).code == 0
        assert (await program.run_beside(*user, "whoami", *store)).code == 0


async def test_what_does_not_sign_in_is_not_remembered(program: Program, store: Options) -> None:
    """A wrong password is no secret to keep."""
    async with ScriptedServer({"POST /v2/authentication": refused(401, "no")}) as server:
        user = ("--control-room", server.address.url, "--username", "jdoe")
        assert (await program.run_beside(*user, "login", "--password-stdin", *store, stdin="wrong")).code == 5
        assert "Nothing is remembered" in (await program.run_beside(*user, "logout", *store)).stdout


def test_login_on_a_terminal(program: Program, served: Served) -> None:
    """The password is asked for, then a new passphrase, twice; then the passphrase once a command."""
    with program.on_terminal(*place(served), "login") as terminal:
        type_in(terminal, "Password of creator: ", served.password("creator"))
        type_in(terminal, "New passphrase: ", PASSPHRASE)
        type_in(terminal, "Once more: ", PASSPHRASE)
        shown, code = end_of(terminal)
    assert (code, PASSPHRASE in shown) == (0, False)
    assert "age file, unlocked by a passphrase" in shown
    with program.on_terminal(*place(served), "whoami") as terminal:
        type_in(terminal, "Passphrase of your stored secrets: ", "wrong")
        type_in(terminal, "Passphrase of your stored secrets: ", PASSPHRASE)
        shown, code = end_of(terminal)
    assert (code, "Tomás Reyes" in shown) == (0, True)


def test_two_passphrases_that_differ(program: Program, served: Served) -> None:
    """A new passphrase that is not typed twice alike keeps nothing."""
    with program.on_terminal(*place(served), "login") as terminal:
        type_in(terminal, "Password of creator: ", served.password("creator"))
        type_in(terminal, "New passphrase: ", PASSPHRASE)
        type_in(terminal, "Once more: ", PASSPHRASE + "x")
        shown, code = end_of(terminal)
    assert (code, "not the same" in shown) == (2, True)
    assert not list(program.config.rglob("*.age"))


def test_an_api_key_is_asked_for(program: Program, with_role: Served, key: str, store: Options) -> None:
    """``login --with-api-key`` asks for the key instead of the password."""
    with program.on_terminal(*place(with_role), "login", "--with-api-key", *store) as terminal:
        type_in(terminal, "API key of creator: ", key)
        shown, code = end_of(terminal)
    assert (code, key in shown) == (0, False)
    assert program.run(*place(with_role), "key", "show", *store).stdout == f"{key}\n"


def test_a_key_is_wanted_and_a_password_is_sent(program: Program, served: Served, store: Options) -> None:
    """The password is not remembered in the place of the key that was asked for: nothing is."""
    done = program.run_as(served, "creator", "login", "--with-api-key", *store)
    assert (done.code, done.stdout) == (2, "")
    assert "--with-api-key and --password-stdin are both given" in done.stderr
    assert "Nothing is remembered" in program.run(*place(served), "logout", *store).stdout


def test_who_does_not_give_the_passphrase_is_asked_for_the_password(
    program: Program, served: Served, store: Options
) -> None:
    """A store that stays locked keeps nobody from typing the password."""
    assert program.run_as(served, "creator", "login", *store).code == 0
    with program.on_terminal(*place(served), "whoami") as terminal:
        type_in(terminal, "Passphrase of your stored secrets: ", "")
        type_in(terminal, "Password of creator: ", served.password("creator"))
        shown, code = end_of(terminal)
    assert (code, "Tomás Reyes" in shown) == (0, True)


def test_a_damaged_store_is_neither_empty_nor_in_the_way(program: Program, served: Served, store: Options) -> None:
    """Without a credential the damage is the error; with one on standard input the command does not need the store."""
    assert program.run_as(served, "creator", "login", *store).code == 0
    [vault] = program.config.rglob("vault.age")
    vault.write_bytes(vault.read_bytes()[:-1])
    done = program.run(*place(served), "whoami", *store)
    assert (done.code, "vault.age" in done.stderr) == (1, True)
    assert program.run_as(served, "creator", "whoami", *store).code == 0
    again = program.run_as(served, "creator", "login", *store)
    assert (again.code, again.stdout) == (1, "")


def test_login_where_nothing_can_be_kept(program: Program, served: Served, passphrase: Path) -> None:
    """A folder that others can read is refused, with what to do, instead of remembering for nobody."""
    program.config.mkdir(0o755)
    program.config.chmod(0o755)
    done = program.run_as(served, "creator", "login", "--passphrase-file", str(passphrase))
    assert (done.code, done.stdout) == (1, "")
    assert "chmod 700" in done.stderr


def test_read_only_remembers_and_forgets_nothing(program: Program, served: Served, store: Options) -> None:
    """``--read-only`` refuses both."""
    assert program.run_as(served, "creator", "login", "--read-only", *store).code == 2
    assert program.run(*place(served), "logout", "--read-only", *store).code == 2
