"""``key generate`` and ``key regenerate`` with the places that hold the key, and with a store of secrets or without."""

import configparser
import json
import os
import signal
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from dotenv import dotenv_values
from ruamel.yaml import YAML

from tests.api.scripted_server import ScriptedServer, Step, answer, refused
from tests.cli.conftest import Program, Served, agree, end_of, type_in
from tests.cli.test_interruption import MAY_GENERATE

Options = tuple[str, str]

TAKER = """\
import os, sys
from pathlib import Path
Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())
"""
"""A program that takes the key, and writes it into a file."""


def place(served: Served) -> tuple[str, ...]:
    return "--control-room", served.url, "--username", "creator"


@pytest.fixture(params=[True, False], ids=["with a store", "without a store"])
def options(
    request: pytest.FixtureRequest, program: Program, store: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, ...]:
    """What opens the store of secrets, once; and nothing, where there is no store."""
    if request.param:
        return store
    monkeypatch.setenv("A360TUI_CONFIG_DIR", str(tmp_path / "empty"))
    program.home = tmp_path / "another-home"
    program.home.mkdir()
    return ()


def ini_value(path: Path) -> str:
    parser = configparser.ConfigParser()
    parser.read(path)
    return parser["a360"]["api_key"]


FILES: dict[str, tuple[str, str, Callable[[Path], object]]] = {
    "dotenv": ("# a\nA360_API_KEY=\nB=2\n", "A360_API_KEY", lambda path: dotenv_values(path)["A360_API_KEY"]),
    "toml": (
        '# a\n[a360]\napi_key = "" # b\n',
        "a360.api_key",
        lambda path: tomllib.loads(path.read_text())["a360"]["api_key"],
    ),
    "json": (
        '{"a360": [{"api_key": ""}]}\n',
        "a360[0].api_key",
        lambda path: json.loads(path.read_text())["a360"][0]["api_key"],
    ),
    "yaml": (
        "# a\na360:\n  api_key: ''\n",
        "a360.api_key",
        lambda path: YAML(typ="safe").load(path.read_text())["a360"]["api_key"],
    ),
    "ini": ("; a\n[a360]\napi_key =\n", "a360.api_key", ini_value),
}
"""Kind → what the file holds at first, where the key stands in it, and how its own reader reads it."""


def add_places(program: Program, served: Served, folder: Path) -> dict[str, Callable[[], object]]:
    """A place of each kind but the keyring, registered; kind → what its own reader reads there."""
    readers: dict[str, Callable[[], object]] = {}
    for kind, (content, key_path, read) in FILES.items():
        path = folder / f"bots.{kind}"
        path.write_text(content)
        path.chmod(0o640)
        done = program.run(*place(served), "reference", "add", kind, str(path), key_path)
        assert done.code == 0, done.stderr
        readers[kind] = lambda read=read, path=path: read(path)  # type: ignore[misc]  # bound now, not at the end
    taken = folder / "taken"
    done = program.run(
        *place(served), "reference", "add", "command", "--check", f"{sys.executable} -c pass",
        "--", sys.executable, str(taker(folder)), str(taken),
    )  # fmt: skip
    assert done.code == 0, done.stderr
    readers["command"] = taken.read_text
    return readers


def taker(folder: Path) -> Path:
    script = folder / "take.py"
    script.write_text(TAKER)
    return script


def test_each_kind_of_place(program: Program, with_role: Served, tmp_path: Path, options: tuple[str, ...]) -> None:
    """The first key and the next go into each place, and its own reader reads them; modes and comments stay."""
    readers = add_places(program, with_role, tmp_path)
    for command in "generate", "regenerate":
        done = program.run_as(with_role, "creator", "key", command, "--yes", *options)
        assert done.code == 0, done.stderr
        key = done.stdout.removesuffix("\n")
        program.secrets.add(key)
        program.check_talk(done.stderr)
        assert {kind: read() for kind, read in readers.items()} == dict.fromkeys(readers, key)
        assert done.stderr.count("done: update ") == len(readers)
        assert ("done: keep it: age file" in done.stderr) == bool(options)
        assert ("kept in memory only" in done.stderr) != bool(options)
        assert program.run_with_key(with_role, "creator", key, "key", "test").code == 0
    assert {stat.S_IMODE((tmp_path / f"bots.{kind}").stat().st_mode) for kind in FILES} == {0o640}
    assert (tmp_path / "bots.toml").read_text().startswith("# a\n[a360]\napi_key = ")
    sent = options or ("--api-key-stdin",)
    checked = program.run(*place(with_role), "reference", "check", "--json", *sent, stdin=key)
    assert checked.code == 0
    states = {each["kind"]: each["state"] for each in json.loads(checked.stdout)}
    assert states == {**dict.fromkeys(FILES, "holds this key"), "command": "cannot be read back"}
    program.check_files()


def test_what_would_fail_is_refused_before(
    program: Program, with_role: Served, key: str, store: Options, tmp_path: Path
) -> None:
    """A place that is not ready, or does not hold the key in force, stops it before anything is sent."""
    assert program.run_with_key(with_role, "creator", key, "login", *store).code == 0
    path = tmp_path / "bots.json"
    path.write_text(json.dumps({"key": key}))
    assert program.run(*place(with_role), "reference", "add", "json", str(path), "key").code == 0
    before = with_role.state()
    for content in json.dumps({"key": "of somebody else"}), json.dumps({}), "no json":
        path.write_text(content)
        done = program.run_as(with_role, "creator", "key", "regenerate", "--yes", *store)
        assert (done.code, done.stdout) == (2, "")
        assert "bots.json" in done.stderr
        assert "a360tui reference remove" in done.stderr
        assert path.read_text() == content
    assert with_role.state() == before


def test_one_place_fails_and_the_others_go_on(
    program: Program, with_role: Served, store: Options, tmp_path: Path
) -> None:
    """The key is printed, exit 1 names the place, and ``key recover`` finishes once it is put right."""
    readers = add_places(program, with_role, tmp_path)
    script = taker(tmp_path)
    script.write_text("import sys; print(sys.stdin.read()); sys.exit(3)")
    done = program.run_as(with_role, "creator", "key", "generate", "--yes", *store)
    assert done.code == 1
    key = done.stdout.removesuffix("\n")
    program.secrets.add(key)
    program.check_talk(done.stderr)
    assert "ended with 3" in done.stderr
    assert {kind: read() for kind, read in readers.items() if kind != "command"} == dict.fromkeys(FILES, key)
    status = json.loads(program.run(*place(with_role), "key", "status", "--json", *store).stdout)
    assert [each["next"] for each in status["unfinished"]] == ["update them"]
    taker(tmp_path)
    recovered = program.run("key", "recover", "--yes", "--json", *store)
    assert recovered.code == 0, recovered.stderr
    [rotation] = json.loads(recovered.stdout)["rotations"]
    assert (rotation["ending"], rotation["apiKey"]) == ("done", key)
    assert {each["state"] for each in rotation["references"]} == {"updated"}
    assert readers["command"]() == key
    program.check_files()


def test_a_place_that_is_removed_is_left(program: Program, with_role: Served, store: Options, tmp_path: Path) -> None:
    """A place that will never work again is taken off the list, and then the rotation is finished without it."""
    script = taker(tmp_path)
    command = (sys.executable, str(script), str(tmp_path / "taken"))
    added = program.run(*place(with_role), "reference", "add", "command", "--json", "--", *command)
    script.write_text("raise SystemExit(3)")
    assert program.run_as(with_role, "creator", "key", "generate", "--yes", *store).code == 1
    assert program.run("key", "recover", "--yes", *store).code == 1
    assert program.run(*place(with_role), "reference", "remove", json.loads(added.stdout)["id"], "--yes").code == 0
    done = program.run("key", "recover", "--yes", *store)
    assert done.code == 0, done.stderr
    assert program.run("key", "recover", *store).stderr == "No rotation is unfinished.\n"


def test_leaving_once_the_key_has_come(
    program: Program, with_role: Served, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """A command that hangs is left at the second signal: the key is in the store, or is printed all the same."""
    script, taken = taker(tmp_path), tmp_path / "taken"
    command = (sys.executable, str(script), str(taken))
    assert program.run(*place(with_role), "reference", "add", "command", "--", *command).code == 0
    began = tmp_path / "began"
    os.mkfifo(began)
    script.write_text("import sys, time\nopen(sys.argv[1][:-5] + 'began', 'w').close()\ntime.sleep(60)\n")
    with program.started(*place(with_role), "--password-stdin", "key", "generate", "--yes", *options) as run:
        assert run.stdin is not None
        assert run.stderr is not None
        run.stdin.write(with_role.password("creator"))
        run.stdin.close()
        run.stdin = None
        began.open().close()
        run.send_signal(signal.SIGINT)
        while "Interrupt again to leave" not in run.stderr.readline():
            pass
        run.send_signal(signal.SIGTERM)
        shown, talk = run.communicate()
    assert run.returncode == 1
    assert "a360tui key recover" in talk
    taker(tmp_path)
    if options:
        assert shown == ""
        recovered = program.run("key", "recover", "--yes", *options)
        assert recovered.code == 0, recovered.stderr
        assert taken.read_text() == recovered.stdout.strip()
        assert program.run(*place(with_role), "key", "test", *options).code == 0
    else:
        assert program.run_with_key(with_role, "creator", shown.strip(), "key", "test").code == 0


async def test_a_key_that_is_refused_is_printed(program: Program, store: Options) -> None:
    """A new key that does not sign in is printed and kept, with exit 6; it is sent once more only on demand."""
    made = answer({"apiKey": "canary-of-the-new-key", "apiKeyCreatedOn": "2026-01-02T00:00:00.000Z"})
    record = answer({"username": "jdoe"})
    after = answer({"username": "jdoe", "apiKeyCreatedOn": "2026-01-02T00:00:00.000Z"})
    script: dict[str, Step | list[Step]] = {
        "POST /v2/authentication": [MAY_GENERATE, refused(401, "no"), MAY_GENERATE],
        "GET /v2/usermanagement/users/9": [record, record, after],
        "POST /v2/usermanagement/users/self/apikey": made,
    }
    async with ScriptedServer(script) as server:
        user = ("--control-room", server.address.url, "--username", "jdoe")
        done = await program.run_beside(
            *user, "key", "generate", "--yes", "--password-stdin", "--json", *store, stdin="the-password"
        )
        assert (done.code, json.loads(done.stdout)["apiKey"]) == (6, "canary-of-the-new-key")
        again = await program.run_beside("key", "recover", "--yes", *store)
        assert (again.code, again.stdout) == (6, "canary-of-the-new-key\n")
        assert "--sign-in-again" in again.stderr
        assert server.count("POST /v2/authentication") == 2
        last = await program.run_beside("key", "recover", "--yes", "--sign-in-again", *store)
        assert (last.code, last.stdout) == (0, "canary-of-the-new-key\n"), last.stderr
        assert server.count("POST /v2/authentication") == 3


def test_the_question_says_what_will_be_done(program: Program, with_role: Served, key: str, tmp_path: Path) -> None:
    """Before anything is sent a person reads what dies, where the new key goes, and that nothing keeps it."""
    path = tmp_path / "bots.json"
    path.write_text(json.dumps({"key": key}))
    assert program.run(*place(with_role), "reference", "add", "json", str(path), "key").code == 0
    agree(program, with_role)
    with program.on_terminal(*place(with_role), "key", "regenerate") as terminal:
        type_in(terminal, "Password of creator: ", with_role.password("creator"))
        terminal.expect(r"\? \[y/N\] ")
        question = " ".join(str(terminal.before).split())
        terminal.sendline("n")
        _, code = end_of(terminal)
    assert code == 1
    assert "dead the moment a new one is made" in question
    assert "bots.json key" in question
    assert "--remember" in question
    assert json.loads(path.read_text()) == {"key": key}


HOLDER = """\
import sys
from a360tui.api import parse_address
from a360tui.storage import find_locations, lock_key
from a360tui.workflow.destination import Destination
with lock_key(find_locations(), Destination(parse_address(sys.argv[1])).binding("creator")):
    print("held", flush=True)
    sys.stdin.read()
"""
"""A process that is at the key of the creator."""


def test_two_at_once(program: Program, with_role: Served) -> None:
    """While one process makes the key another one is told who holds it, and asks for nothing."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, with_role.url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=program.environment,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        before = with_role.state()
        done = program.run_as(with_role, "creator", "key", "generate", "--yes")
        assert (done.code, done.stdout) == (1, "")
        assert f"held by process {holder.pid}" in done.stderr
        assert with_role.state() == before
        holder.communicate()
    assert program.run_as(with_role, "creator", "key", "generate", "--yes").code == 0
