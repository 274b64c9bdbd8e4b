"""What the commands print of a Control Room that means harm, as bytes on the way to a terminal, and as JSON.

The commands run in one process, whose terminal is a pty: for each, the test says which, and takes what came.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest

from a360tui.cli.commands import a360tui
from a360tui.text import harmless
from tests.hostile.own_bytes import acting
from tests.hostile.payloads import BUNDLES, PAYLOADS, Payload, found
from tests.hostile.poisoned_room import PoisonedRoom
from tests.terminal.terminal import Terminal

_PROMPT = """
import io, json, sys
from a360tui.cli.program import run
for line in open(sys.argv[1]):
    job = json.loads(line)
    sys.stdin = io.TextIOWrapper(io.BytesIO(job["stdin"].encode()))
    terminal = sys.stdout
    if job["output"]:
        sys.stdout = open(job["output"], "w", encoding="utf-8")
    code = run(job["arguments"])
    if job["output"]:
        sys.stdout.close()
        sys.stdout = terminal
    print(f"<<ended {code}>>", flush=True)
"""

SILENT = frozenset(
    {"completion", "demo", "demo serve", "token", "key show", "key recover", "logout"}
    | {f"reference {what}" for what in ("put", "remove")}
)
"""Commands that print nothing from elsewhere but what `PLACES` has of others: errors, and labels of places."""


FROM_FILES = ("reference add ", "reference list", "reference check", "profile ", "calls ")
"""Commands whose words come from files of this machine and from what was typed: the tests beside their readers."""


@dataclass(frozen=True)
class Place:
    """Where a command shows text from elsewhere."""

    arguments: tuple[str, ...]
    user: str = "admin"
    refused: str = ""
    """The call that is refused with the payloads as its words; without it they are in what is read."""
    status: int = 400
    rows: bool = False
    """Each row has a payload, so that one run shows them all."""


PLACES = {
    "login": Place(("login",), refused="POST /v2/authentication", status=401),
    "whoami": Place(("whoami",)),
    "doctor": Place(("doctor", "--full"), refused="POST /v2/authentication", status=401),
    "role list": Place(("role", "list"), rows=True),
    "role show": Place(("role", "show", "{role}")),
    "role setup": Place(("role", "setup", "Other", "--user", "creator", "--yes"), refused="POST /users/list"),
    "role revoke": Place(("role", "revoke", "Other", "--user", "creator", "--yes"), refused="POST /roles/list"),
    "key status": Place(("key", "status"), "creator", refused="GET /usermanagement/users/2"),
    "key generate": Place(("key", "generate", "--yes"), "runner", refused="POST /v2/authentication", status=401),
    "key regenerate": Place(("key", "regenerate", "--yes"), "creator", refused="POST /users/self/apikey"),
    "key test": Place(("key", "test", "--api-key-stdin"), "creator", refused="POST /v2/authentication", status=401),
    "key inventory": Place(("key", "inventory", "--yes")),
    "duration show": Place(("duration", "show", "--yes"), refused="GET /settings/security"),
    "duration set": Place(("duration", "set", "30d", "--yes"), refused="PUT /settings/security"),
}
"""Command → what it shows."""


def command_names(command: click.Command, path: str = "") -> Iterator[str]:
    """Every command that can be typed."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from command_names(inner, f"{path} {name}".strip())
    else:
        yield path


class Prompt:
    """A terminal at which the commands are typed."""

    def __init__(self, room: PoisonedRoom, home: Path) -> None:
        self.room = room
        self._home = home
        self._jobs = home / "jobs"
        os.mkfifo(self._jobs)
        self.terminal = Terminal(
            (sys.executable, "-c", _PROMPT, str(self._jobs)), home, columns=200, environment={"COLUMNS": "200"}
        )
        self._pipe = self._jobs.open("w")

    def run(self, arguments: Sequence[str], user: str, *, as_json: bool = False) -> tuple[str, Any]:
        """Run it signed in by password; gives what came on the terminal, and the document where one is wanted."""
        output = self._home / "document.json"
        options = ["--control-room", self.room.url, "--username", user, *["--json"] * as_json]
        if "--api-key-stdin" not in arguments:
            options.append("--password-stdin")
        job = {
            "arguments": [*options, *arguments],
            "stdin": self.room.running.account(user).password,
            "output": str(output) if as_json else "",
        }
        before = len(self.terminal.raw)
        self._pipe.write(f"{json.dumps(job)}\n")
        self._pipe.flush()
        self.terminal.until(lambda: b"<<ended " in self.terminal.raw[before:], f"the end of {arguments}")
        said = bytes(self.terminal.raw[before:]).decode("utf-8", "backslashreplace")
        written = output.read_text() if as_json else ""
        return said, json.loads(written) if written else None

    def close(self) -> None:
        self._pipe.close()
        self.terminal.__exit__(None, None, None)


@pytest.fixture
def prompt(room: PoisonedRoom, home: Path) -> Iterator[Prompt]:
    prompt = Prompt(room, home)
    yield prompt
    prompt.close()


def test_no_command_is_forgotten() -> None:
    """Every command of the command line is in the table, is about files of this machine, or has no words of others."""
    from_files = {name for name in command_names(a360tui) if name.startswith(FROM_FILES)}
    assert set(command_names(a360tui)) - from_files - SILENT == set(PLACES)


def texts(document: Any) -> Iterator[str]:
    """Every text in a JSON document."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for name, value in document.items():
            yield name
            yield from texts(value)
    elif isinstance(document, list):
        for value in document:
            yield from texts(value)


def all_of(prompt: Prompt, place: Place, *, as_json: bool) -> set[Payload]:
    """Run it until every payload has had its turn; gives those that were to be read."""
    room, seen = prompt.room, set[Payload]()
    room.refused = {place.refused: place.status} if place.refused else {}
    for bundle in [None] if place.rows else BUNDLES:
        room.bundle = bundle
        words = " ".join(payload.text for payload in bundle or ())
        said, document = prompt.run(
            [each.replace("{role}", words) for each in place.arguments], place.user, as_json=as_json
        )
        assert acting(said.encode()) == []
        strings = list(texts(document))
        assert [text for text in strings if harmless(text) != text] == []
        seen |= found(bundle or PAYLOADS, said + "\n".join(strings))
    return seen


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_commands(prompt: Prompt, as_json: bool) -> None:
    """Every command shows every payload letter by letter, and not one byte of it acts."""
    seen = {name: all_of(prompt, place, as_json=as_json) for name, place in PLACES.items()}
    missing = {name: [each.kind for each in PAYLOADS if each not in there] for name, there in seen.items()}
    assert {name: kinds for name, kinds in missing.items() if kinds} == {}
