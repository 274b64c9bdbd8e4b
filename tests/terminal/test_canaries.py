"""A whole session with secrets that are known: none of them is in anything that the program wrote."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from a360tui.demo import DemoServer, Running
from tests.canaries import leaks
from tests.hostile.poisoned_room import Relay, relayed
from tests.terminal.terminal import PROGRAM, Terminal
from tests.tui.witness import Witness

PASSPHRASE = "canary-passphrase-4711"

_FAILING = """
import sys
from a360tui.tui.terminal import prepare_environment
prepare_environment()  # as the program does before it loads Textual
from a360tui.cli.program import run
from a360tui.tui import session
from a360tui.tui.screens import workflow

def fail(self, *arguments):
    known = [vars(self), vars(getattr(self, "session", self)), self.__dict__]
    raise RuntimeError(repr(known))

if sys.argv.pop(1) == "worker":
    session.Session.is_key_stored = fail
else:
    workflow.WorkflowScreen.action_reload = fail
sys.exit(run(sys.argv[1:]))
"""


class Recorder(Relay):
    """Passes everything on as it is, and takes down every token and key."""

    def __init__(self, running: Running) -> None:
        super().__init__(running)
        self.secrets = [running.account("creator").password, PASSPHRASE]
        self.keys: list[str] = []

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        status, content = super().answer(method, path, headers, body)
        if content.startswith(b"{"):
            document = json.loads(content)
            self.keys += filter(None, [document.get("apiKey")])
            self.secrets += filter(None, [document.get("token"), document.get("apiKey")])
        return status, content

    def leaked(self, contents: list[bytes]) -> list[bytes]:
        """What of any secret, in any form, is in there."""
        return [form for secret in self.secrets for form in leaks(secret, contents)]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Recorder]:
    """A Control Room whose creator may generate a key."""
    with DemoServer(data=tmp_path / "company.db").on_loopback() as running:
        with Witness(running) as witness:
            witness.admin.allow_keys("creator")
        with relayed(Recorder(running)) as room:
            yield room


def public(it: Terminal) -> list[bytes]:
    """What others may see of the program and of all that it has started: arguments and environment."""
    found: list[bytes] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(process.name)) == it.process.pid:
                found += [(process / name).read_bytes() for name in ("cmdline", "environ")]
        except OSError:
            continue  # it has ended
    return found


def files(home: Path) -> list[bytes]:
    return [path.read_bytes() for path in home.rglob("*") if path.is_file()]


def start(room: Recorder, home: Path, *program: str) -> Terminal:
    temporary = home / "tmp"
    temporary.mkdir()
    return Terminal(
        (*program, "--control-room", room.url, "--username", "creator"),
        home,
        environment={
            "TEXTUAL": "debug,devtools",
            "TEXTUAL_LOG": str(home / "textual.log"),
            "TMPDIR": str(temporary),
            "XDG_RUNTIME_DIR": str(temporary),
        },
    )


def test_a_session(room: Recorder, home: Path) -> None:
    """Signed in, a key made, tried, made anew, nothing revealed: no secret on the terminal, in a file, in /proc."""
    with start(room, home, *PROGRAM) as it:
        it.shows("Sign in to a Control Room")
        it.press(f"{room.secrets[0]}\r")
        it.shows("API key workflow")
        seen = public(it)
        it.press("2")
        it.shows("Generate")
        it.press("g")
        it.shows("Use an assumed call?")
        it.press("\t\r")
        it.shows("A passphrase for your secrets")
        it.press(f"{PASSPHRASE}\r")
        it.until_quiet()
        it.press(f"{PASSPHRASE}\r")
        it.until(lambda: bool(room.keys), "the first key")
        seen += public(it)
        it.shows("here, it is kept")
        it.press("t")
        it.shows("works, signs in")
        it.press("\x1b")
        it.shows("Regenerate …")
        it.press("g")
        it.shows("Keep the old key")
        it.press("\t\r")
        it.until(lambda: len(room.keys) == 2, "the second key")
        it.shows("here, it is kept")
        it.press("\x1b")
        it.shows("Regenerate …")
        it.press("\x1bOQ")
        it.shows("x clear")
        for _ in range(10):
            it.press("j")
            it.until_quiet(0.05)
        seen += public(it)
        it.press("\x11")
        assert it.end() == 0
    assert not (home / "textual.log").exists()
    assert len(set(room.secrets)) >= 6
    assert room.leaked([bytes(it.raw), *seen, *files(home)]) == []


@pytest.mark.parametrize("place", ["handler", "worker"])
def test_a_failure(room: Recorder, home: Path, place: str) -> None:
    """A failure whose own words hold all that the program knows: what is shown and written has no secret in it."""
    with start(room, home, sys.executable, "-c", _FAILING, place) as it:
        it.shows("Sign in to a Control Room")
        it.press(f"{room.secrets[0]}\r")
        it.shows("API key workflow")
        if place == "handler":
            it.press("r")
            assert it.end() == 1
        else:
            it.shows("a360tui failed here, and goes on.")
            it.press("\x11")
            assert it.end() == 0
    assert b"RuntimeError at " in it.raw
    assert room.leaked([bytes(it.raw), *files(home)]) == []


@pytest.mark.skipif(sys.platform != "linux", reason="what others may see of a process is looked up in /proc")
def test_memory_is_private(room: Recorder, home: Path) -> None:
    """There is no core file when it is made to fail hard, and its memory is not open to others of the same user."""
    with start(room, home, *PROGRAM) as it:
        it.shows("Sign in to a Control Room")
        it.press(f"{room.secrets[0]}\r")
        it.shows("API key workflow")
        limits = Path(f"/proc/{it.process.pid}/limits").read_text()
        assert [line.split()[4] for line in limits.splitlines() if line.startswith("Max core")] == ["0"]
        # The kernel gives the files of a process that may not be dumped to root.
        other = subprocess.run(
            ["setpriv", "--reuid=65534", "--clear-groups", "cat", f"/proc/{it.process.pid}/environ"],
            capture_output=True,
            check=False,
        )
        assert other.returncode != 0
        it.kill()
        it.end()
