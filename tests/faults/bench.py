"""The bench: a Control Room that misbehaves, a driver, and a disk that is made anew for each trial."""

import asyncio
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from a360tui.secret import Secret
from a360tui.storage import Binding, Location, Locations, SecretKind, open_store
from a360tui.workflow.references import Dotenv, Json, Reference
from a360tui.workflow.references.registry import Registry
from tests.faults.control_room import FaultyControlRoom
from tests.faults.room import KEY_BEGINS, KEY_ENDS, USERNAME, Plan, Room
from tests.faults.tracing import Trace, attached
from tests.storage.fake_keyring import WorkingKeyring, asked, in_use

SECONDS = 30.0
"""After which a process is taken for one that hangs."""

RECOVERIES = 4
"""How often somebody starts a360tui again, ten minutes later each time."""


@dataclass(frozen=True)
class Trial:
    """One rotation with one thing, or one pair of things, that goes wrong."""

    name: str
    plan: Plan = field(default_factory=Plan)
    inject: str = ""
    """As strace takes it: ``fsync:signal=KILL:when=3``."""
    inject_recovery: str = ""
    """The same for the first recovery."""
    traced: bool = False
    """Whether to trace also where nothing is injected."""
    has_key: bool = True
    has_references: bool = True
    at_once: int = 1
    """How many processes rotate at the same time."""
    mutant: str = ""


@dataclass
class Ended:
    """One process that ended, or that hung and was killed."""

    told: dict[str, Any] | None
    """What the person was told; None where it died before."""
    trace: Trace
    hung: bool = False


class Bench:
    """A context manager; trials are made one after the other."""

    def __enter__(self) -> Self:
        memory = Path("/dev/shm")
        self._home = Path(tempfile.mkdtemp(prefix="a360tui-faults-", dir=memory if memory.is_dir() else None))
        self.folder = self._home / "a360tui"
        self.places = self._home / "places"
        self.output = self._home / "output"
        self._template = self._home / "template"
        self.locations = _locations(self.folder)
        self.control_room = FaultyControlRoom().__enter__()
        self.old_key = f"{KEY_BEGINS}old'\"$#%\\ {KEY_ENDS}"
        self.identity = asyncio.run(self._found())
        shutil.move(self.folder, self._template)
        self._driver = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        warm = Trial("warm up")
        self.begin(warm)
        self.once(warm, "warm up", "")
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.communicate(timeout=SECONDS)
        self.control_room.__exit__()
        shutil.rmtree(self._home)

    @property
    def binding(self) -> Binding:
        return Binding("http", "127.0.0.1", self.control_room.port, USERNAME)

    @property
    def references(self) -> tuple[Reference, ...]:
        """The two places that hold the key."""
        return Dotenv(str(self.env_file), "A360_API_KEY"), Json(str(self.json_file), "a360.key")

    @property
    def env_file(self) -> Path:
        return self.places / "bots.env"

    @property
    def json_file(self) -> Path:
        return self.places / "bots.json"

    @property
    def screen(self) -> Path:
        """What the person was shown on purpose."""
        return self._home / "screen"

    async def _found(self) -> tuple[str, str]:
        """A store with the old key, guarded by a keyring, and two references; the keyring's entry."""
        backend = WorkingKeyring()
        with in_use(backend):
            store = await open_store(self.locations, keyring=asked())
            await store.put(self.binding, SecretKind.API_KEY, Secret(self.old_key))
        for reference in self.references:
            Registry(self.locations).add(self.binding, reference)
        ((_, name), text), *_ = backend.entries.items()
        return name, text

    def begin(self, trial: Trial) -> Room:
        """A disk and a Control Room for one trial."""
        for each in (self.folder, self.places, self.output):
            shutil.rmtree(each, ignore_errors=True)
        self.screen.write_bytes(b"")
        shutil.copytree(self._template, self.folder)
        self.places.mkdir(mode=0o700)
        self.output.mkdir()
        if trial.has_references:
            quoted = self.old_key.replace("\\", r"\\").replace("'", r"\'")
            self.env_file.write_text(f"# bots\nA360_API_KEY='{quoted}'\n")
            self.json_file.write_text(json.dumps({"a360": {"key": self.old_key, "user": USERNAME}}, indent=2))
        else:
            (self.folder / "references.json").unlink()
        return self.control_room.begin(trial.plan, key=self.old_key if trial.has_key else None)

    def processes(self, trial: Trial, room: Room) -> Iterator[Ended]:
        """The rotation, then a360tui started again and again, until nothing is left to do."""
        if trial.at_once > 1:
            yield from self._race(trial)
        else:
            yield self.once(trial, "rotate", trial.inject)
        for number in range(RECOVERIES):
            ended = self.once(trial, "recover", "" if number else trial.inject_recovery)
            yield ended
            room.come_late()
            room.ahead += timedelta(minutes=10)
            told = ended.told or {"left": "?"}
            if number and (not told.get("left") or told.get("ending") in {"lost", "conflict"}):
                return

    def once(self, trial: Trial, work: str, inject: str) -> Ended:
        """One process from its start to its end, under a tracer where something is injected."""
        trace = Trace(self._home / "strace.log", inject)
        with self._started(trial, work) as child:
            if inject or trial.traced:
                with attached(child.pid, trace):
                    hung = not child.run()
                trace.read()
            else:
                hung = not child.run()
            return Ended(child.told(), trace, hung)

    def _race(self, trial: Trial) -> Iterator[Ended]:
        """Have several processes rotate at the same time: all have looked at everything when they are let go."""
        barrier, arrivals = self.output / "barrier", self.output / "arrivals"
        for pipe in (barrier, arrivals):
            os.mkfifo(pipe)
        more = {"barrier": str(barrier), "arrivals": str(arrivals)}
        children = [self._start(trial, "rotate", str(number), **more) for number in range(trial.at_once)]
        for child in children:
            child.leave()
        # Opened for both ways, a pipe neither ends nor waits when nobody is at its other side just now.
        with arrivals.open("r+b", buffering=0) as arriving, barrier.open("r+b", buffering=0) as gate:
            for _ in children:
                arriving.read(1)
            gate.write(b"." * len(children))
            for child in children:
                hung = not child.ended()
                yield Ended(child.told(), Trace(Path(), ""), hung)
                child.close()

    @contextmanager
    def _started(self, trial: Trial, work: str) -> Iterator["Child"]:
        child = self._start(trial, work, "0")
        try:
            yield child
        finally:
            child.close()

    def _start(self, trial: Trial, work: str, number: str, **more: str) -> "Child":
        files = {name: str(self.output / f"{name}-{work}-{number}") for name in ("leave", "told", "out")}
        for each in files.values():
            Path(each).unlink(missing_ok=True)
        os.mkfifo(files["leave"])
        order = {
            "work": work,
            "folder": str(self.folder),
            "port": self.control_room.port,
            "identity": self.identity,
            "mutant": trial.mutant,
            "screen": str(self.screen),
            **files,
            **more,
        }
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.write(json.dumps(order).encode() + b"\n")
        self._driver.stdin.flush()
        return Child(int(self._driver.stdout.readline()), Path(files["leave"]), Path(files["told"]))


class Child:
    """A process that waits for leave, and is not ours to reap."""

    def __init__(self, pid: int, leave: Path, told: Path) -> None:
        self.pid = pid
        self._told = told
        self._handle = os.pidfd_open(pid)
        # It opens when the child has come to it: from then on the child does nothing but wait.
        self._gate = leave.open("wb", buffering=0)

    def run(self) -> bool:
        """Let it go and wait for its end; False where it hung and was killed."""
        self.leave()
        return self.ended()

    def leave(self) -> None:
        self._gate.write(b".")
        self._gate.close()

    def ended(self) -> bool:
        watch = select.poll()
        watch.register(self._handle, select.POLLIN)
        if watch.poll(SECONDS * 1000):
            return True
        signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        watch.poll(SECONDS * 1000)
        return False

    def told(self) -> dict[str, Any] | None:
        """What it said at its end; None where it died before."""
        line = self._told.read_text() if self._told.exists() else ""
        told: dict[str, Any] | None = json.loads(line) if line.endswith("\n") else None
        return told

    def close(self) -> None:
        self._gate.close()
        os.close(self._handle)


def _locations(folder: Path) -> Locations:
    root = Location(folder.parent, (folder.name,))
    return Locations(root, root / "data", root / "state", None, "a360tui")
