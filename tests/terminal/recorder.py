"""Secrets that are known, and everything in which one of them may turn up."""

import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from a360tui.demo import DemoServer, Running
from tests.canaries import leaks
from tests.capture.har_files import HOST, KEY, TOKEN_OF_15, chrome, other_shape
from tests.hostile.poisoned_room import Relay, relayed
from tests.tui.witness import Witness

PASSPHRASE = "canary-passphrase-4711"

RECORDED = (KEY, TOKEN_OF_15, *(f"canary-{what}" for what in ("password", "of-the-cookie", "of-the-csrf-token")))
"""The secrets of `recording`."""

_PLACE = """#!{python}
import os, sys
key = sys.stdin.read()
with open({seen!r}, "ab") as file:
    for process in (os.getpid(), os.getppid()):
        for name in ("cmdline", "environ"):
            try:
                file.write(open(f"/proc/{{process}}/{{name}}", "rb").read())
            except OSError:
                pass  # the program's own are closed to others
with open({kept!r}, "w") as file:
    file.write(key)
"""


class Recorder(Relay):
    """Passes everything on as it is, and takes down every token and key."""

    def __init__(self, running: Running, username: str) -> None:
        super().__init__(running)
        self.secrets = [running.account(username).password, PASSPHRASE, *RECORDED]
        self.keys: list[str] = []

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        status, content = super().answer(method, path, headers, body)
        if content.startswith(b"{"):
            document = json.loads(content)
            self.keys += filter(None, [document.get("apiKey")])
            self.secrets += filter(None, [document.get("token"), document.get("apiKey")])
        return status, content

    def leaked(self, contents: Iterable[bytes]) -> list[bytes]:
        """What of any secret, in any form, is in there."""
        whole = list(contents)
        return [form for secret in self.secrets for form in leaks(secret, whole)]


@contextmanager
def recording_room(folder: Path, username: str) -> Iterator[Recorder]:
    """A Control Room whose user of that name may generate a key, and a recorder before it."""
    with DemoServer(data=folder / "company.db").on_loopback() as running:
        with Witness(running) as witness:
            witness.admin.allow_keys(username)
        with relayed(Recorder(running, username)) as room:
            yield room


class Onlooker:
    """Somebody who looks again and again at what others may see of processes: arguments and environment."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._looked = 0

    @contextmanager
    def watching(self, session: int) -> Iterator[None]:
        """Look at every process of a session while something is done."""
        ended = Event()
        thread = Thread(target=self._watch, args=(session, ended), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            assert self._looked

    def _watch(self, session: int, ended: Event) -> None:
        while True:
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    if os.getsid(int(process.name)) == session:
                        self.seen |= {(process / name).read_bytes() for name in ("cmdline", "environ")}
                        self._looked += 1
                except OSError:
                    continue  # it has ended
            if ended.wait(0.02):
                return


def contents(*folders: Path) -> list[bytes]:
    """What is in all files below folders, and what they are called."""
    found = [path for folder in folders for path in folder.rglob("*")]
    return [os.fsencode(path) for path in found] + [path.read_bytes() for path in found if path.is_file()]


def shared_memory() -> dict[Path, bytes]:
    """The files that any program may leave in memory, as far as they are ours."""
    mine = (path for path in Path("/dev/shm").iterdir() if path.lstat().st_uid == os.geteuid() and path.is_file())
    return {path: path.read_bytes() for path in mine}


def recording(folder: Path, url: str) -> Path:
    """What a browser has saved of a Control Room, its secrets in every part."""
    document: dict[str, Any] = chrome(other_shape())
    file = folder / "recorded.har"
    file.write_text(json.dumps(document).replace(HOST, url))
    twice = (json.dumps(json.dumps(secret)[1:-1])[1:-1] for secret in RECORDED)  # JSON in JSON
    assert all(secret in file.read_text() for secret in twice)
    return file


def program_place(folder: Path) -> tuple[Path, Path, Path]:
    """A program that takes a key, the file where it notes what others see of it, and the one where it keeps the key."""
    file, seen, kept = folder / "take-key", folder / "seen", folder / "kept"
    file.write_text(_PLACE.format(python=sys.executable, seen=str(seen), kept=str(kept)))
    file.chmod(stat.S_IRWXU)
    return file, seen, kept
