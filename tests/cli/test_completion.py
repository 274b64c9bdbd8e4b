"""Shell completion: the scripts, and what they ask the program."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Program

WAYS = {
    "bash": {"COMP_WORDS": "a360tui key ", "COMP_CWORD": "2"},
    "zsh": {"COMP_WORDS": "a360tui key ", "COMP_CWORD": "2"},
    "fish": {"COMP_WORDS": "a360tui key ", "COMP_CWORD": ""},
}


def with_the_command(program: Program, folder: Path) -> dict[str, str]:
    """An environment in which a shell finds the program under its name."""
    shim = folder / "a360tui"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m a360tui "$@"\n')
    shim.chmod(0o755)
    return program.environment | {"PATH": f"{folder}:{program.environment['PATH']}"}


@pytest.mark.parametrize("shell", WAYS)
def test_the_script_is_one_of_that_shell(program: Program, shell: str, tmp_path: Path) -> None:
    """The script registers the program, and where the shell is there it takes it."""
    done = program.run("completion", shell)
    assert (done.code, done.stderr) == (0, "")
    assert f"_A360TUI_COMPLETE={shell}_complete" in done.stdout
    interpreter = shutil.which(shell)
    if interpreter is not None:
        script = tmp_path / "script"
        script.write_text(done.stdout)
        subprocess.run([interpreter, "-n", str(script)], check=True, capture_output=True)


@pytest.mark.parametrize("shell", WAYS)
def test_the_program_answers_that_shell(program: Program, shell: str) -> None:
    """Asked as the script asks, it names the commands of a group."""
    done = program.run(env={"_A360TUI_COMPLETE": f"{shell}_complete", **WAYS[shell]})
    assert done.code == 0
    assert done.stderr == ""
    for command in ["status", "generate", "regenerate", "test"]:
        assert command in done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a360tui ro", {"role"}),
        ("a360tui --control-room https://cr.example du", {"duration"}),
        ("a360tui role setup name --dr", {"--dry-run"}),
        ("a360tui key regenerate --ye", {"--yes"}),
        ("a360tui demo --release ", {"v40", "v32", "11.3"}),
        ("a360tui demo se", {"serve"}),
        ("a360tui secrets st", {"start-over"}),
        ("a360tui secrets move ", {"keyring", "passphrase"}),
        ("a360tui completion ", {"bash", "zsh", "fish"}),
    ],
)
def test_bash_completes(program: Program, tmp_path: Path, words: str, expected: set[str]) -> None:
    """In a real bash, with the script evaluated as the documentation says."""
    script = (
        'eval "$(a360tui completion bash)"; '
        f"COMP_WORDS=({words.rstrip()}{' ' + chr(39) * 2 if words.endswith(' ') else ''}); "
        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
        '_a360tui_completion a360tui; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", script], env=with_the_command(program, tmp_path), capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) == expected
    assert done.stderr == ""


def test_fish_shows_whole_sentences(program: Program, tmp_path: Path) -> None:
    """What it says beside a command goes on after a comma; where fish is, it is asked itself."""
    script = tmp_path / "a360tui.fish"
    script.write_text(program.run("completion", "fish").stdout)
    assert 'string split --max 1 "," $completion' in script.read_text()
    fish = shutil.which("fish")
    if fish is not None:
        asked = [fish, "-c", f"source {script}; complete -C 'a360tui log'"]
        done = subprocess.run(
            asked, env=with_the_command(program, tmp_path), capture_output=True, text=True, check=True
        )
        assert "login\tSign in, and remember the password or the API key.\n" in done.stdout
