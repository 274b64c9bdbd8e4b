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
    shim = tmp_path / "a360tui"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m a360tui "$@"\n')
    shim.chmod(0o755)
    script = (
        'eval "$(a360tui completion bash)"; '
        f"COMP_WORDS=({words.rstrip()}{' ' + chr(39) * 2 if words.endswith(' ') else ''}); "
        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
        '_a360tui_completion a360tui; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    environment = program.environment | {"PATH": f"{tmp_path}:{program.environment['PATH']}"}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == expected
    assert done.stderr == ""
