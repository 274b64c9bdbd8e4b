"""The screens in GNU screen, which passes on only what it knows."""

import base64
import re
import shutil
from pathlib import Path

import pytest

from tests.terminal.terminal import PROGRAM, Terminal

pytestmark = pytest.mark.skipif(shutil.which("screen") is None, reason="GNU screen is not installed")


def test_in_gnu_screen(home: Path) -> None:
    """The first screen, a sign-in, a curl command that reaches the outer terminal's clipboard, and the end."""
    sockets = home / "sockets"
    sockets.mkdir(mode=0o700)
    program = ("screen", "-U", "-c", "/dev/null", "-S", "tested", *PROGRAM, "demo")
    with Terminal(program, home, environment={"SCREENDIR": str(sockets), "SHELL": "/bin/sh"}) as it:
        it.shows("> Sign in as admin")
        it.press("\r")
        it.shows("> Set up a role")
        it.press("\x1bOQ")
        it.shows("GET  /v2/")
        it.press("c")
        it.shows("Sent to your terminal")
        sent = re.search(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", bytes(it.raw))
        assert sent is not None
        assert base64.b64decode(sent.group(1)).startswith(b"curl ")
        it.press("\x11")
        it.end()
