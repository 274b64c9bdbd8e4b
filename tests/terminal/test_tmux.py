"""The screens in tmux, where people on other machines have them."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.terminal import PATIENCE, PROGRAM

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Tmux:
    """A server of its own with one window."""

    def __init__(self, home: Path) -> None:
        self._socket = home / "tmux"
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "PYTHONPATH", "A360TUI_CONFIG_DIR") if name in os.environ},
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "SHELL": "/bin/sh",
            "TERM": "xterm-256color",
        }

    def run(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(self._socket), "-f", os.devnull, *arguments],
            env=self._environment,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=30,
            check=check,
        )
        return done.stdout

    def inside(self) -> str:
        """What ``TMUX`` is for a program inside, of which there is a silent one."""
        self.run("new-session", "-d", "cat")
        return f"{self._socket},{self.run('display-message', '-p', '#{pid}').strip()},0"

    def text(self) -> str:
        return self.run("capture-pane", "-p")

    def shows(self, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while words not in self.text():
            assert time.monotonic() < end, f"never came: {words}\n{self.text()}"


@pytest.fixture
def tmux(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tmux]:
    server = Tmux(tmp_path_factory.mktemp("t"))
    yield server
    server.run("kill-server", check=False)


def test_in_tmux(tmux: Tmux) -> None:
    """The first screen, a sign-in, a larger window, Esc, and at the end the shell with the exit code."""
    tmux.run("new-session", "-d", "-x", "80", "-y", "24", f"echo before; {' '.join(PROGRAM)} demo; echo ended $?; cat")
    tmux.shows("> Sign in as admin")
    tmux.run("send-keys", "Enter")
    tmux.shows("> Set up a role")
    tmux.run("resize-window", "-x", "120", "-y", "36")
    tmux.shows("> Set up a role")
    tmux.run("send-keys", "4")
    tmux.shows("A key made now would end on")
    tmux.run("send-keys", "Escape")
    tmux.shows("> Set up a role")
    tmux.run("send-keys", "C-q")
    tmux.shows("ended 0")
    tmux.shows("before")
