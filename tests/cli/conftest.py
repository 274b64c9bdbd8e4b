"""The program as people start it, against an embedded Control Room whose data can be looked at from outside."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pexpect
import pytest

from a360tui.api import Password, parse_address
from a360tui.demo import DemoServer, Running
from a360tui.secret import Secret
from a360tui.storage import Location, Locations, find_locations
from a360tui.workflow.call_book import CallBook
from a360tui.workflow.destination import Destination
from a360tui.workflow.role_lookup import find_users_and_role
from a360tui.workflow.role_setup import RoleSetup, plan_role_setup
from tests.canaries import leaks
from tests.conftest import MovableClock
from tests.storage.conftest import PASSPHRASE, vault_under_passphrase

PROGRAM = (sys.executable, "-W", "error", "-m", "a360tui")
"""With every warning an error: what the program forgets to close or to await shows on stderr."""

_WITNESSED = ["settings", "users", "roles", "role_permissions", "user_roles", "api_keys"]
_BOOKKEEPING = {"failures", "last_login"}
"""Columns that a sign-in changes by itself."""


@dataclass(frozen=True)
class Served:
    """An embedded Control Room that keeps its data in a file."""

    running: Running
    data: Path

    @property
    def url(self) -> str:
        return self.running.url

    def password(self, username: str) -> str:
        return self.running.account(username).password

    def state(self) -> dict[str, list[tuple[object, ...]]]:
        """All that is stored, read from a copy of the file: what a write of any kind would change."""
        copy = self.data.with_suffix(".copy")
        shutil.copyfile(self.data, copy)
        with closing(sqlite3.connect(copy)) as database:
            state: dict[str, list[tuple[object, ...]]] = {}
            for table in _WITNESSED:
                columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
                kept = ", ".join(column for column in columns if column not in _BOOKKEEPING)
                state[table] = database.execute(f"SELECT {kept} FROM {table} ORDER BY 1, 2").fetchall()
            return state

    def value(self, query: str, *parameters: object) -> object:
        """The first value of a query over the stored data."""
        self.state()
        with closing(sqlite3.connect(self.data.with_suffix(".copy"))) as database:
            row = database.execute(query, parameters).fetchone()
            return None if row is None else row[0]


@dataclass
class Outcome:
    """How a run ended."""

    code: int
    stdout: str
    stderr: str


@dataclass
class Program:
    """Starts the program in an environment of its own, with no trace of who runs the tests."""

    home: Path
    secrets: set[str] = field(default_factory=set)
    """What must never appear on stderr, nor in a file in clear."""

    @property
    def config(self) -> Path:
        """The folder of all files that the program keeps."""
        return self.home / "a360tui"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "A360TUI_CONFIG_DIR": str(self.config),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "COLUMNS": "100",
        }

    def run(self, *arguments: str, stdin: str | bytes | None = None, env: dict[str, str] | None = None) -> Outcome:
        """Run it to its end; ``stdin`` of ``None`` is an empty one."""
        data = stdin.encode() if isinstance(stdin, str) else stdin or b""
        done = subprocess.run(
            [*PROGRAM, *arguments],
            input=data,
            capture_output=True,
            env=self.environment | (env or {}),
            timeout=60,
            check=False,
        )
        outcome = Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())
        self.check_talk(outcome.stderr)
        return outcome

    async def run_beside(self, *arguments: str, stdin: str | None = None) -> Outcome:
        """The same beside a server that runs in this event loop."""
        return await asyncio.to_thread(self.run, *arguments, stdin=stdin)

    def run_as(self, served: Served, username: str, *arguments: str) -> Outcome:
        """Run it signed in by password."""
        password = served.password(username)
        self.secrets.add(password)
        return self.run(
            "--control-room", served.url, "--username", username, "--password-stdin", *arguments, stdin=password
        )

    def run_with_key(self, served: Served, username: str, key: str, *arguments: str) -> Outcome:
        """Run it signed in by API key."""
        self.secrets.add(key)
        return self.run("--control-room", served.url, "--username", username, "--api-key-stdin", *arguments, stdin=key)

    def check_talk(self, talk: str) -> None:
        """What was said holds no secret, no traceback, and nothing that acts on a terminal."""
        assert "Traceback" not in talk
        assert "Exception ignored" not in talk
        assert not [secret for secret in self.secrets if secret in talk]
        assert not [character for character in talk if not character.isprintable() and character != "\n"]

    def check_files(self, *places: Path) -> None:
        """No file of the home folder has a secret in clear, in any form, but these places that are to hold a key."""
        contents = [path.read_bytes() for path in self.home.rglob("*") if path.is_file() and path not in places]
        assert not [secret for secret in self.secrets if leaks(secret, contents)]

    @contextmanager
    def started(self, *arguments: str, **options: object) -> Iterator["subprocess.Popen[str]"]:
        """Start it and leave it running, to be signalled; it is killed if it outlives the block."""
        process = subprocess.Popen(
            [*PROGRAM, *arguments],
            env=self.environment,
            text=True,
            **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},  # type: ignore[call-overload]  # Popen's overloads cannot see through **
        )
        try:
            with process:
                yield process
        finally:
            process.kill()

    @contextmanager
    def on_terminal(self, *arguments: str) -> Iterator["pexpect.spawn[str]"]:
        """Start it on a terminal of its own."""
        terminal = pexpect.spawn(
            PROGRAM[0], [*PROGRAM[1:], *arguments], env=self.environment, encoding="utf-8", timeout=30
        )
        try:
            yield terminal
        finally:
            terminal.close(force=True)


def type_in(terminal: "pexpect.spawn[str]", prompt: str, secret: str) -> None:
    """Answer a prompt that must not echo."""
    terminal.expect_exact(prompt)
    terminal.waitnoecho()
    terminal.sendline(secret)


def end_of(terminal: "pexpect.spawn[str]") -> tuple[str, int | None]:
    """What the program still says on its terminal, and how it ends."""
    terminal.expect(pexpect.EOF)
    terminal.wait()
    code = terminal.exitstatus if terminal.exitstatus is not None else -(terminal.signalstatus or signal.SIGKILL)
    return str(terminal.before), code


@dataclass
class KeyringLogin:
    """How commands ended in one login with a real Secret Service."""

    ended: list[Outcome]
    entry: str
    """What the entry of another program holds then."""


def in_keyring_login(
    program: Program, *commands: tuple[list[str], str], entry: str = "", keyring: str = "share"
) -> KeyringLogin:
    """Run commands, each with its standard input, where a Secret Service is unlocked; skip where there is none.

    Logins with the same name of a ``keyring`` have the same one, others another. ``entry`` is what another program has
    in it, for the user *creator*.
    """
    bus, daemon = shutil.which("dbus-run-session"), shutil.which("gnome-keyring-daemon")
    if not bus or not daemon:
        pytest.skip("there is no Secret Service to start (apt: dbus gnome-keyring)")
    order = {"daemon": daemon, "entry": ["other program", "creator", entry], "commands": commands}
    done = subprocess.run(
        [bus, "--", sys.executable, "-m", "tests.cli.keyring_session"],
        input=json.dumps(order),
        env=program.environment | {"XDG_DATA_HOME": str(program.home / keyring)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    ended = [Outcome(**each) for each in seen["ended"]]
    for each in ended:
        program.check_talk(each.stderr)
    return KeyringLogin(ended, seen["entry"])


@pytest.fixture
def program(tmp_path: Path) -> Program:
    home = tmp_path / "home"
    home.mkdir()
    return Program(home)


@pytest.fixture
def passphrase(program: Program, tmp_path: Path) -> Path:
    """A file with the passphrase of the secrets; there are none yet."""
    return passphrase_file(program, tmp_path / "passphrase", PASSPHRASE)


def passphrase_file(program: Program, file: Path, passphrase: str) -> Path:
    """A file that only its owner reads, with a passphrase that is to show nowhere else."""
    file.touch(0o600)
    file.write_text(f"{passphrase}\n")
    program.secrets.add(passphrase)
    return file


@pytest.fixture
def store(program: Program, passphrase: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """An empty store of secrets under that passphrase, and the options that open it, quickly."""
    monkeypatch.setenv("A360TUI_CONFIG_DIR", str(program.config))
    vault_under_passphrase(find_locations())
    return "--passphrase-file", str(passphrase)


@pytest.fixture
def served(request: pytest.FixtureRequest, tmp_path: Path, clock: MovableClock) -> Iterator[Served]:
    """An embedded Control Room on 127.0.0.1, release v40.

    Another one by ``@pytest.mark.parametrize("served", ["v32", "11.3"], indirect=True)``.
    """
    data = tmp_path / "control-room.db"
    server = DemoServer(release=getattr(request, "param", "v40"), data=data, clock=clock)
    with server.on_loopback() as running:
        yield Served(running, data)


def set_up_role(served: Served, name: str, *usernames: str) -> None:
    """Make a role that lets these users generate a key, without the program."""

    async def set_up() -> None:
        async with Destination(parse_address(served.url)).open() as room:
            await room.sign_in("admin", Password(Secret(served.password("admin"))))
            users, existing = await find_users_and_role(room, usernames, name)
            planned = plan_role_setup(room, RoleSetup(name, users), existing)
            await planned.plan.run()

    asyncio.run(set_up())


def agree(program: Program, served: Served) -> None:
    """Have the person agreed to assumed calls on this Control Room."""
    config = Location(program.home, (program.config.name,))
    locations = Locations(config, config / "data", config / "state", None, "a360tui")
    CallBook(parse_address(served.url), locations).agree(date(2026, 11, 23))


def make_key(served: Served, username: str) -> str:
    """Make a user's key, without the program."""

    async def make() -> str:
        async with Destination(parse_address(served.url)).open() as room:
            await room.sign_in(username, Password(Secret(served.password(username))))
            return (await room.generate_key()).key.reveal()

    return asyncio.run(make())


@pytest.fixture
def with_role(served: Served) -> Served:
    """The same with a role that lets the creator generate a key."""
    set_up_role(served, "API key users", "creator")
    return served


@pytest.fixture
def key(with_role: Served, program: Program) -> str:
    """A key of the creator."""
    made = make_key(with_role, "creator")
    program.secrets.add(made)
    return made
