"""What the program loads before it knows what is wanted, and what it says without wanting anything."""

import os
import subprocess
import sys
from collections.abc import Mapping

import click
import pytest

from a360tui import __version__
from a360tui.cli.commands import COMMANDS, a360tui
from tests.cli.conftest import PROGRAM, Program, Served

HEAVY = (
    "textual httpx httpcore anyio msgspec starlette uvicorn keyring pyrage jwt sqlite3 asyncio rich truststore trustme"
    " platformdirs tomlkit ruamel dotenv stamina _hashlib traceback"
)
NOT_FOR_HELP = "pathlib shutil zlib bz2 lzma urllib ipaddress signal"
"""What a command needs when it runs, and what click would ask for the width of the terminal."""
NOT_FOR_THE_VERSION = "click typing re contextlib dataclasses signal unicodedata json datetime inspect pathlib warnings"
SCREENS = "textual rich pygments markdown_it"
DEMO = "starlette uvicorn jwt sqlite3 trustme cryptography"

_LOADED = """
import sys
from a360tui.__main__ import main
sys.argv = ["a360tui", *sys.argv[1:]]
try:
    code = main()
except SystemExit as end:
    code = end.code
assert not code, code
print("LOADED", *sorted(sys.modules), file=sys.stderr)
"""


def loaded(
    program: Program, *arguments: str, stdin: str = "", whole: bool = False, env: Mapping[str, str] | None = None
) -> set[str]:
    """The packages that were loaded when the program ended; with ``whole`` every module."""
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        env=program.environment | dict(env or {}),
        check=True,
    )
    names = done.stderr.rpartition("LOADED ")[2].split()
    return {name if whole else name.partition(".")[0] for name in names}


def test_version_loads_not_even_click(program: Program) -> None:
    """``--version`` prints name and version, and imports next to nothing."""
    done = program.run("--version")
    assert (done.code, done.stdout, done.stderr) == (0, f"a360tui {__version__}\n", "")
    modules = loaded(program, "--version", whole=True)
    assert not modules & {*HEAVY.split(), *NOT_FOR_THE_VERSION.split()}
    own = {"", ".__main__", ".cli", ".cli.output", ".cli.program", ".crash", ".errors", ".tui", ".tui.first_light"}
    assert {name for name in modules if name.startswith("a360tui")} == {f"a360tui{name}" for name in own}


@pytest.mark.parametrize(
    "arguments",
    ["--help", "demo --help", "demo serve --help", "role --help", "role setup -h", "key --help", "key regenerate -h",
     "key recover -h", "login --help", "logout -h", "reference --help", "reference add --help",
     "reference add command -h", "reference check -h", "profile -h", "profile add --help",
     "key inventory -h", "role revoke -h", "secrets -h", "secrets start-over -h",
     "duration set --help", "token --help", "whoami -h", "completion -h"],
)  # fmt: skip
def test_help_is_light(program: Program, arguments: str) -> None:
    """Help needs neither screens nor HTTP nor the embedded Control Room, nor much of the standard library."""
    assert not loaded(program, *arguments.split()) & {*HEAVY.split(), *NOT_FOR_HELP.split()}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_light(program: Program, shell: str) -> None:
    """So is printing the completion script, which every start of a shell waits for; click asks bash for its version."""
    assert not loaded(program, "completion", shell) & set(HEAVY.split())


@pytest.mark.parametrize(
    "words", ["a360tui ", "a360tui k", "a360tui key ", "a360tui role setup --", "a360tui demo serve --"]
)
def test_completion_is_light(program: Program, words: str) -> None:
    """So is completing a command line, which happens at every press of Tab."""
    number = str(len(words.split(" ")) - 1)
    env = {"_A360TUI_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": number}
    assert not loaded(program, env=env) & {*HEAVY.split(), *NOT_FOR_HELP.split()}


def test_a_command_loads_what_it_needs(program: Program, served: Served) -> None:
    """A command without a screen loads none, nor the formats of places, retries, TLS trust, keyring or secrets."""
    modules = loaded(
        program,
        *("--control-room", served.url, "--username", "admin", "--password-stdin", "key", "status", "--json"),
        stdin=served.password("admin"),
    )
    libraries = "keyring pyrage truststore stamina tenacity tomlkit ruamel dotenv"
    standard = "tomllib difflib"
    assert not modules & set(f"{SCREENS} {DEMO} {libraries} {standard}".split())
    assert {"httpx", "asyncio", "msgspec"} <= modules


def test_what_is_unfinished_is_found_without_a_rotation(program: Program, served: Served) -> None:
    """To look for rotations that stopped halfway loads neither what makes a key nor what knows the places for it."""
    arguments = ("--control-room", served.url, "--username", "admin", "--password-stdin", "key", "status", "--json")
    modules = loaded(program, *arguments, stdin=served.password("admin"), whole=True)
    work = {name for name in modules if name.startswith(("a360tui.workflow.rotation.", "a360tui.workflow.references."))}
    assert {name.removeprefix("a360tui.workflow.") for name in work} == {
        *("rotation.safekeeping", "rotation.record", "rotation.unfinished"),
        *("references.fingerprint", "references.key_path", "references.kinds"),
    }


def test_garbage_is_collected_while_a_command_works(program: Program) -> None:
    """Python looks for it once a command has begun, and not in what a start loads, which stays."""
    for arguments, collects in ((["--version"], "False"), (["key", "--help"], "False"), (["profile", "list"], "True")):
        script = f"import gc, sys\n{_LOADED}print(gc.isenabled(), file=sys.stderr)"
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            capture_output=True,
            text=True,
            env=program.environment,
            check=True,
        )
        assert done.stderr.splitlines()[-1] == collects


@pytest.mark.parametrize(
    ("columns", "widest"), [("40", 50), ("80", 78), ("200", 98), ("", 78), ("0", 78), ("9" * 5000, 78)]
)
def test_help_is_as_wide_as_the_terminal(program: Program, columns: str, widest: int) -> None:
    """Its lines fit the terminal, and are never so wide that they are hard to read."""
    done = subprocess.run(
        [*PROGRAM, "key", "regenerate", "--help"],
        capture_output=True,
        text=True,
        env=program.environment | {"COLUMNS": columns},
        check=True,
    )
    assert widest - 12 < max(len(line) for line in done.stdout.splitlines()) <= widest


def test_help_names_every_command_and_says_what_is_assumed(program: Program) -> None:
    """The help lists the commands with a sentence each, whole; the assumed calls are called so."""
    done = program.run("--help")
    assert (done.code, done.stderr) == (0, "")
    commands = "demo login logout whoami role key duration reference calls profile token secrets doctor completion"
    for command in commands.split():
        assert f"\n  {command} " in done.stdout
    assert "..." not in done.stdout.partition("Commands:")[2]
    for command in "key", "duration", "calls":
        assert "assumed" in program.run(command, "--help").stdout


def test_the_sentence_of_a_command_is_its_own() -> None:
    """What the help says of a command without loading it is the first sentence of that command's own help."""
    for name, (_, sentence) in COMMANDS.items():
        command = a360tui.get_command(click.Context(a360tui), name)
        assert command is not None
        assert sentence == command.get_short_help_str(200)


def test_help_and_tab_load_no_command(program: Program) -> None:
    """The list of commands, in the help and at the first press of Tab, loads none of them."""
    modules = {place.partition(":")[0] for place, _ in COMMANDS.values()}
    tab = {"_A360TUI_COMPLETE": "bash_complete", "COMP_WORDS": "a360tui k", "COMP_CWORD": "1"}
    for found in (loaded(program, "--help", whole=True), loaded(program, whole=True, env=tab)):
        assert "a360tui.cli.commands" in found
        assert not found & modules


def test_a_group_without_a_command_shows_its_help(program: Program) -> None:
    """Half a command is a usage error that shows what could follow."""
    done = program.run("role")
    assert (done.code, done.stdout) == (2, "")
    assert "setup" in done.stderr


@pytest.mark.parametrize(
    "arguments", [[], ["--control-room", "https://cr.example"], ["demo"], ["demo", "--users", "9"]]
)
def test_screens_need_a_terminal(program: Program, arguments: list[str]) -> None:
    """Where there is no terminal the screens do not start, and a sentence names the commands."""
    done = program.run(*arguments)
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "a360tui: There is no terminal to show the screens on.",
        "Use the commands: a360tui --help",
    ]


@pytest.mark.parametrize("arguments", [[], ["demo"]])
def test_closed_standard_input_is_no_terminal(program: Program, arguments: list[str]) -> None:
    """Where standard input is closed from the start, the sentence is the same."""
    with program.started(*arguments, stdin=None, preexec_fn=lambda: os.close(0)) as process:
        _, talk = process.communicate()
    assert process.returncode == 2
    assert talk.startswith("a360tui: There is no terminal to show the screens on.\n")
