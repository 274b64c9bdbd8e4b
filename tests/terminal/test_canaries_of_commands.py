"""Every command that has to do with a secret, with secrets that are known: none is where it was not asked for."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from dotenv import dotenv_values

from tests.terminal.recorder import (
    PASSPHRASE,
    Onlooker,
    Recorder,
    contents,
    program_place,
    recording,
    recording_room,
    shared_memory,
)
from tests.terminal.terminal import PROGRAM

_PRINTING = (("key", "generate"), ("key", "regenerate"), ("key", "show"), ("token",))
"""Commands that are asked for a secret, and have it on standard output."""

_SEND_NOTHING = (("key", "show"), ("reference",), ("calls",), ("logout",), ("secrets",))
"""Commands that take no --trace."""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Recorder]:
    with recording_room(tmp_path, "admin") as room:
        yield room


class Script:
    """Runs commands one after the other, and keeps what they said."""

    def __init__(self, room: Recorder, home: Path, environment: Mapping[str, str]) -> None:
        self.said: list[bytes] = []
        self.onlooker = Onlooker()
        self._options = ("--control-room", room.url, "--username", "admin")
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            **environment,
        }

    def run(self, *arguments: str, stdin: str = "", code: int = 0) -> str:
        """Run one; what it was asked for is given back and not kept."""
        sends = not any(arguments[: len(command)] == command for command in _SEND_NOTHING)
        process = subprocess.Popen(
            [*PROGRAM, *self._options, *["--trace"] * sends, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )
        with self.onlooker.watching(process.pid):
            stdout, stderr = process.communicate(stdin.encode(), timeout=60)
        assert process.returncode == code, stderr
        self.said.append(stderr)
        if arguments[:2] not in _PRINTING and arguments[:1] not in _PRINTING:
            self.said.append(stdout)
        return stdout.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="what others may see of a process is looked up in /proc")
def test_commands(room: Recorder, tmp_path: Path) -> None:
    """Traced, from the first sign-in to the last: no secret in talk, in files, in /proc of any process that ran."""
    home, given = tmp_path / "home", tmp_path / "given"
    for folder in (home, home / "tmp", given):
        folder.mkdir(mode=0o700)
    program, seen_by_program, kept_by_program = program_place(given)
    passphrase, dotenv = given / "passphrase", given / ".env"
    passphrase.write_text(PASSPHRASE)
    dotenv.write_text("A=old\n")
    for file in (passphrase, dotenv):
        file.chmod(0o600)
    memory_before = shared_memory()
    folders = {name: str(home / "tmp") for name in ("TMPDIR", "XDG_RUNTIME_DIR")}
    script = Script(room, home, folders | {"A360TUI_CONFIG_DIR": str(home / "a360tui")})
    opened = ("--passphrase-file", str(passphrase))

    script.run("login", "--password-stdin", *opened, stdin=room.secrets[0])
    assert script.run("key", "generate", "--yes", "--remember", *opened) == f"{room.keys[0]}\n"
    script.run("key", "test", *opened)
    script.run("reference", "add", "dotenv", str(dotenv), "A")
    script.run("reference", "add", "command", "--", str(program), "argument")
    listed = script.run("reference", "list")
    place = next(line.split()[0] for line in listed.splitlines() if "dotenv" in line)
    script.run("reference", "put", place, "--yes", *opened)
    assert script.run("key", "regenerate", "--yes", *opened) == f"{room.keys[1]}\n"
    assert script.run("key", "show", "--yes", *opened) == f"{room.keys[1]}\n"
    script.run("token", *opened)
    script.run("key", "status", *opened)
    script.run("whoami", "--json", *opened)
    script.run("key", "inventory", "--output", str(home / "keys.csv"), *opened)
    script.run("duration", "set", "30d", "--yes", *opened)
    script.run("doctor", "--full", "--json", *opened)
    script.run("calls", "learn", str(recording(given, room.url)), "--duration", "45d", "--yes")
    script.run("reference", "check", *opened)
    script.run("logout", "--yes", *opened)

    assert [kept_by_program.read_text(), dotenv_values(dotenv)["A"]] == [room.keys[1]] * 2
    memory = [content for path, content in shared_memory().items() if path not in memory_before]
    assert len(set(room.secrets)) >= 15
    assert any(b"/v2/authentication" in said for said in script.said)
    everything = [*script.said, *script.onlooker.seen, seen_by_program.read_bytes(), *memory, *contents(home)]
    assert room.leaked(everything) == []
