"""What the commands print of a Control Room that means harm, as bytes on the way to a terminal, and as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from a360tui.cli.commands import a360tui
from a360tui.text import harmless
from tests.hostile.payloads import BUNDLES, PAYLOADS, Payload, found
from tests.hostile.poisoned_room import PoisonedRoom
from tests.hostile.prompt import Prompt, texts
from tests.hostile.this_machine import SOURCES

SILENT = frozenset({"token", "key recover", "calls forget"})
"""Commands that print nothing from elsewhere but what `PLACES` has of others: errors, and labels of places."""


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


@pytest.fixture
def prompt(home: Path) -> Iterator[Prompt]:
    prompt = Prompt(home)
    yield prompt
    prompt.close()


def test_no_command_is_forgotten() -> None:
    """Every command of the command line is in the table or in that of this machine, or has no words of others."""
    lines = {f" {' '.join(source.arguments)} " for source in SOURCES.values()}
    about_this_machine = {name for name in command_names(a360tui) if any(f" {name} " in line for line in lines)}
    assert set(command_names(a360tui)) == set(PLACES) | SILENT | about_this_machine


def all_of(prompt: Prompt, room: PoisonedRoom, place: Place, *, as_json: bool) -> set[Payload]:
    """Run it until every payload has had its turn; gives those that were to be read."""
    seen = set[Payload]()
    sign_in = ["--control-room", room.url, "--username", place.user]
    if "--api-key-stdin" not in place.arguments:
        sign_in.append("--password-stdin")
    room.refused = {place.refused: place.status} if place.refused else {}
    for bundle in [None] if place.rows else BUNDLES:
        room.bundle = bundle
        words = " ".join(payload.text for payload in bundle or ())
        said = prompt.run(
            [*sign_in, *(each.replace("{role}", words) for each in place.arguments)],
            stdin=room.running.account(place.user).password,
            as_json=as_json,
        )
        assert said.acts() == []
        assert not said.failed
        assert [text for text in texts(said.document) if harmless(text) != text] == []
        seen |= found(bundle or PAYLOADS, said.texts())
    return seen


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_commands(prompt: Prompt, room: PoisonedRoom, as_json: bool) -> None:
    """Every command shows every payload letter by letter, and not one byte of it acts."""
    seen = {name: all_of(prompt, room, place, as_json=as_json) for name, place in PLACES.items()}
    missing = {name: [each.kind for each in PAYLOADS if each not in there] for name, there in seen.items()}
    assert {name: kinds for name, kinds in missing.items() if kinds} == {}
