"""Read-only, counted by the code: every command that is not known to look alone refuses, whatever is added later."""

import socket
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from a360tui.cli.commands import a360tui
from a360tui.cli.connection import destination_of
from a360tui.cli.options import CommonOptions
from a360tui.cli.program import run
from a360tui.cli.settings import Setting

LOOKS = {
    *("whoami", "token", "doctor", "role list", "role show", "duration show", "calls show", "secrets show"),
    *("key status", "key test", "key show", "key inventory", "reference list", "reference check"),
}
"""Commands that change nothing, there or here."""
HERE_ALONE = {
    *("login", "logout", "calls learn", "calls forget", "secrets passphrase", "secrets move"),
    *("secrets restore", "secrets start-over"),
}
"""Commands that change this machine: a profile's word is about its Control Room."""
WITHOUT = {
    *("demo serve", "completion", "profile list", "profile show", "profile add", "profile use", "profile remove"),
}
"""Commands that are about no Control Room that could be read-only, and do not take the option."""
ARGUMENTS = {
    "role setup": ["x"],
    "role revoke": ["x", "--user", "y"],
    "duration set": ["9d"],
    "reference add dotenv": ["FILE", "X"],
    "reference add toml": ["FILE", "x"],
    "reference add json": ["FILE", "x"],
    "reference add yaml": ["FILE", "x"],
    "reference add ini": ["FILE", "x.y"],
    "reference add keyring": ["x", "y"],
    "reference add command": ["--", "true"],
    "reference remove": ["0" * 12],
    "reference put": ["0" * 12],
    "calls learn": ["FILE"],
    "secrets move": ["keyring"],
}


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command that is none of commands, by its whole name."""
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from leaves(below, (*path, name))


COMMANDS = dict(leaves(a360tui))
WRITES = sorted(COMMANDS.keys() - LOOKS - WITHOUT)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration with a read-only profile that is not in use, at a port where every connection would be seen."""
    folder = tmp_path / "a360tui"
    folder.mkdir(mode=0o700)
    for name in ("CONTROL_ROOM", "USERNAME", "PROFILE"):
        monkeypatch.delenv(f"A360TUI_{name}", raising=False)
    monkeypatch.setenv("A360TUI_CONFIG_DIR", str(folder))
    (tmp_path / "file").write_text("{}")
    return folder


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def check_refused(name: str, options: list[str], home: Path, listener: socket.socket) -> None:
    """Exit 2, no connection, and each file as it was."""
    arguments = [str(home.parent / "file") if each == "FILE" else each for each in ARGUMENTS.get(name, [])]
    before = files(home.parent)
    assert run([*name.split(), *options, *arguments]) == 2
    assert files(home.parent) == before
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_every_command_is_known() -> None:
    """One that is renamed or gone is not left in these lists, and only those without the option do not take it."""
    assert COMMANDS.keys() >= LOOKS | HERE_ALONE | WITHOUT | ARGUMENTS.keys()
    assert {name for name, command in COMMANDS.items() if "--read-only" not in getattr(command, "takes", ())} == WITHOUT


@pytest.mark.parametrize("name", WRITES)
def test_a_command_that_may_write_refuses(
    name: str, home: Path, listener: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under ``--read-only`` whatever is not known to look alone is refused, before it asks, connects or writes."""
    at = ["--read-only", *_at(name, f"http://127.0.0.1:{listener.getsockname()[1]}")]
    check_refused(name, at, home, listener)
    assert "--read-only is given" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(set(WRITES) - HERE_ALONE))
def test_a_read_only_profile_refuses_whoever_names_its_place(
    name: str, home: Path, listener: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    """The address and the user of a read-only profile, typed, are no less read-only than the profile by its name."""
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    (home / "config.toml").write_text(
        'profile = "other"\n[profiles.other]\nurl = "https://cr.example.com"\n'
        f'[profiles.look]\nurl = "{url}"\nusername = "jdoe"\nread_only = true\n'
    )
    check_refused(name, _at(name, url), home, listener)
    assert "the profile look is read-only" in capsys.readouterr().err


def _at(name: str, url: str) -> list[str]:
    takes = getattr(COMMANDS[name], "takes", ())
    return ["--control-room", url, "--username", "jdoe"] if "--control-room" in takes else []


def test_the_api_layer_is_told(home: Path) -> None:
    """A command that forgot to refuse would be refused where its request is sent."""
    assert home.is_dir()
    options = CommonOptions(control_room="https://cr.example.com", read_only=True)
    why_read_only = destination_of(options).why_read_only
    assert why_read_only is not None
    assert "--read-only is given" in why_read_only()


@pytest.mark.parametrize(
    ("typed", "username", "read_only", "production"),
    [
        ("https://cr.example.com/#/login", r"corp\JDOE", True, False),
        ("https://cr.example.com", "somebody", False, True),
        ("https://other.example.com", r"CORP\jdoe", False, False),
        ("no address", "x", False, False),
    ],
    ids=["the same user", "another user", "another Control Room", "no address"],
)
def test_whose_profile_says_how_careful(
    home: Path, typed: str, username: str, read_only: bool, production: bool
) -> None:
    """The profile of exactly that user counts, else one that is for every user; of another Control Room's none does."""
    (home / "config.toml").write_text(
        '[profiles.all]\nurl = "https://cr.example.com"\nproduction = true\n'
        '[profiles.one]\nurl = "https://cr.example.com"\nusername = "CORP\\\\jdoe"\nread_only = true\n'
    )
    settings = CommonOptions(control_room=typed, username=username).settings
    assert (settings.read_only.value, settings.production.value) == (read_only, production)
    assert settings.read_only == (Setting(True, "profile one") if read_only else Setting(False, "default"))
