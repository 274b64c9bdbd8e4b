"""A whole session with secrets that are known: none of them is in anything that the program wrote."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dotenv import dotenv_values

from tests.terminal.failing import KINDS, Then
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
from tests.terminal.terminal import PROGRAM, Terminal
from tests.terminal.test_tmux import Tmux, tmux

__all__ = ["tmux"]

Steps = tuple[tuple[str, str], ...]
"""Keys, and the words that they lead to."""

_BACK = ("\x1b", "API key workflow")
_REGENERATING = (
    *(("k", "> dotenv"), ("p", "Put your key there?"), ("\t\r", "holds this key")),
    *(("g", "Keep the old key"), ("\t\r", "It is kept here"), ("\x1b", "Regenerate …"), _BACK),
)
_EXPORTING = (("5", "Read at"), ("e", "Only you can read the file"), ("\r", "Written, for you alone to read"), _BACK)
_LOOKING = (
    *(("4", "A key made now"), _BACK, ("\x1bOR", "calls        "), _BACK, ("\x1bOQ", "x clear")),
    *((("j", "x clear"),) * 12),
    _BACK,
)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Recorder]:
    with recording_room(tmp_path, "creator") as room:
        yield room


@pytest.fixture
def admins_room(tmp_path: Path) -> Iterator[Recorder]:
    with recording_room(tmp_path, "admin") as room:
        yield room


def start(room: Recorder, home: Path, *program: str, username: str = "creator", **environment: str) -> Terminal:
    temporary = home / "tmp"
    temporary.mkdir(exist_ok=True)
    return Terminal(
        (*program, "--control-room", room.url, "--username", username),
        home,
        columns=120,
        rows=40,
        environment={
            "TEXTUAL": "debug,devtools",
            "TEXTUAL_LOG": str(home / "textual.log"),
            "TEXTUAL_DEBUG": "1",
            "TEXTUAL_DEVTOOLS_PORT": "9",
            "TEXTUAL_SCREENSHOT": "3",
            "TEXTUAL_SCREENSHOT_LOCATION": str(home),
            "TEXTUAL_SCREENSHOT_FILENAME": "picture.svg",
            "TEXTUAL_PRESS": "ctrl+q",
            "TMPDIR": str(temporary),
            "XDG_RUNTIME_DIR": str(temporary),
            **environment,
        },
    )


def test_a_session(admins_room: Recorder, home: Path, tmp_path: Path, tmux: Tmux) -> None:
    """All that holds a secret is done, nothing revealed: none is on the terminal, in a file, in /proc, left in tmux."""
    room, given, onlooker = admins_room, tmp_path / "given", Onlooker()
    given.mkdir(mode=0o700)
    dotenv, recorded = given / ".env", recording(given, room.url)
    program, seen_by_program, kept_by_program = program_place(given)
    dotenv.write_text("A=old\n")
    dotenv.chmod(0o600)
    memory_before = shared_memory()
    with (
        start(room, home, *PROGRAM, username="admin", TMUX=tmux.inside()) as it,
        onlooker.watching(it.process.pid),
    ):
        it.shows("Sign in to a Control Room")
        go(it, f"{room.secrets[0]}\r", "API key workflow")
        _make_a_key(it)
        go(it, "c", "Sent to tmux")
        assert tmux.run("show-buffer") == room.keys[0]
        for keys, words in (
            ("\x1b", "Regenerate …"),
            *_adding_places(dotenv, program),
            *_REGENERATING,
            *_EXPORTING,
            *_LOOKING,
            *_learning(recorded),
        ):
            go(it, keys, words)
        it.press("\x11")
        assert it.end() == 0
    assert tmux.run("list-buffers") == ""
    assert [kept_by_program.read_text(), dotenv_values(dotenv)["A"]] == [room.keys[1]] * 2
    memory = [content for path, content in shared_memory().items() if path not in memory_before]
    assert not list(home.rglob("*.svg"))
    assert not (home / "textual.log").exists()
    public = [*onlooker.seen, seen_by_program.read_bytes(), *memory]
    assert len(set(room.secrets)) >= 11
    assert room.leaked([bytes(it.raw), *public, *contents(home)]) == []
    with start(room, home, *PROGRAM, username="admin") as again, onlooker.watching(again.process.pid):
        _sign_in_with_the_key(again)
    assert room.leaked([bytes(again.raw), *onlooker.seen, *contents(home)]) == []


def go(it: Terminal, keys: str, words: str) -> None:
    """Press keys, and wait until what they lead to stands there."""
    it.press(keys)
    it.shows(words)
    it.until_quiet(0.1)


def _make_a_key(it: Terminal) -> None:
    """The first one, kept behind a passphrase, and tried."""
    go(it, "2", "Generate")
    go(it, "g", "Use an assumed call?")
    go(it, "\t\r", "A passphrase for your secrets")
    go(it, f"{PASSPHRASE}\r", "Once more")
    go(it, f"{PASSPHRASE}\r", "It is kept here")
    go(it, "t", "works, signs in")


def _adding_places(dotenv: Path, program: Path) -> Steps:
    """An entry of the keyring that is not here, which is taken off again, a file, and a program."""
    add, to_kinds = ("a", "Add a place that uses"), "\x1b[Z\x1b[Z\x1b[C"
    return (
        *(add, (f"{to_kinds}\t", "another program reads"), ("svc\ruser\r", "> keyring")),
        *(("d", "Remove this place?"), ("\t\r", "Test sign-in")),
        *(add, (f"{dotenv}\rA\r", "holds another value")),
        *(add, (f"{to_kinds}\x1b[C\t", "It gets the key"), (f"{program}\r\r", "cannot be read back")),
    )


def _learning(recorded: Path) -> Steps:
    return (
        *(("c", "Learn them"), ("l", "Learn the calls from a browser")),
        *((f"{recorded}\r", "API-Key Duration did the page"), ("45 days\r", "Keep them")),
        ("\r", "learned from a browser"),
    )


def _sign_in_with_the_key(it: Terminal) -> None:
    it.shows("admin at 127.0.0.1")
    it.until_quiet()
    go(it, "\r", "Your passphrase")
    go(it, f"{PASSPHRASE}\r", "API key workflow")
    it.press("\x11")
    assert it.end() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_failure(room: Recorder, home: Path, kind: str) -> None:
    """A failure whose own words hold all that the program knows: what is shown and written has no secret in it."""
    with start(room, home, sys.executable, "-m", "tests.terminal.failing", kind) as it:
        it.shows("Sign in to a Control Room")
        it.press(f"{room.secrets[0]}\r")
        it.shows("API key workflow")
        it.until_quiet(0.1)
        it.press("r")
        then = KINDS[kind][1]
        if then is Then.ENDS:
            assert it.end() == 1
        else:
            it.shows("RuntimeError at" if then is Then.TELLS else "Failed, as it was to.")
            it.press("\x11")
            assert it.end() == 0
    assert then is not Then.ENDS or re.search(
        rb"a360tui failed: (RuntimeError|ExceptionGroup|_DrawsItself) at ", it.raw
    )
    assert room.leaked([bytes(it.raw), *contents(home)]) == []
