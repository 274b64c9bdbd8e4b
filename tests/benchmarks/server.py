"""The embedded Control Room in a process of its own, and signing in to it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks import story
from tests.benchmarks.story import Walk

HERE = (sys.executable, "-m", "a360tui")


@contextmanager
def served(*options: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve it with these options: its address, and the password of each user."""
    command = (*HERE, "demo", "serve", "--json", *options)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline())
            yield said["url"], {account["username"]: account["password"] for account in said["accounts"]}
        finally:
            process.terminate()


def sign_in(walk: Walk, username: str, passwords: dict[str, str], words: str) -> None:
    """Fill in the sign-in form, whose address is there, and wait for the words of the workflow."""
    walk.to(username, username)
    walk.to(story.TAB, "Sign in with")
    walk.to(passwords[username], "••••")
    walk.to(story.CTRL_S, words)
