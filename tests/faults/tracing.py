"""strace, put upon a process that waits: what it injects, and what it saw."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SYSCALLS = (
    "openat", "mkdirat", "fsync", "renameat", "unlinkat", "ftruncate", "fallocate", "pwrite64", "write",
    "connect", "sendto", "recvfrom",
)  # fmt: skip
"""What a rotation does that can go wrong, by the names that the kernel has for it here."""

_LINE = re.compile(r"(?P<pid>\d+) +(?:<\.\.\. )?(?P<name>\w+)(?P<rest>.*)")
_FILE = re.compile(r"(\d+)<((?:[^<>\\]|\\.)*)>")


@dataclass(frozen=True)
class Seen:
    """One system call, whole."""

    thread: int
    name: str
    text: str
    """Arguments and outcome, as strace writes them."""

    @property
    def path(self) -> str:
        """What its first descriptor stands for; empty where it has none."""
        found = _FILE.search(self.text)
        return found.group(2) if found else ""

    @property
    def failed(self) -> bool:
        """Whether it did nothing."""
        outcome = self.text.rpartition(" = ")[2]
        return outcome.startswith(("-1", "?")) or not outcome


@dataclass
class Trace:
    """What strace is told, and what it wrote."""

    log: Path
    injects: str
    """As strace takes it; empty for nothing."""
    calls: list[Seen] = field(default_factory=list)
    """In the order in which they ended."""
    hit: bool = False
    """Whether anything was injected."""

    def read(self) -> None:
        """Read the log, joining the calls that another thread interrupted."""
        begun: dict[int, str] = {}
        text = self.log.read_text("utf-8", "replace") if self.log.exists() else ""
        for line in text.splitlines():
            match = _LINE.fullmatch(line)
            if match is None:
                continue
            thread, name, rest = int(match["pid"]), match["name"], match["rest"]
            if rest.endswith(" <unfinished ...>"):
                begun[thread] = rest.removesuffix(" <unfinished ...>")
                continue
            if " resumed>" in rest:
                rest = begun.pop(thread, "") + rest.partition(" resumed>")[2]
            self.calls.append(Seen(thread, name, rest))
        # A process that a signal ends in a call leaves it without an outcome.
        self.hit = any(call.text.endswith("(INJECTED)") or call.text.endswith("= ?") for call in self.calls)


@contextmanager
def attached(pid: int, trace: Trace) -> Iterator[None]:
    """Trace a process from here on until it ends."""
    trace.log.unlink(missing_ok=True)
    command = ["strace", "-f", "-y", "-s", "8192", "-e", "signal=none", "-o", str(trace.log)]
    command += ["-e", f"trace={','.join(SYSCALLS)}"]
    if trace.injects:
        command += ["-e", f"inject={trace.injects}"]
    strace = subprocess.Popen([*command, "-p", str(pid)], stderr=subprocess.PIPE, text=True)
    assert strace.stderr is not None
    try:
        said = strace.stderr.readline()
        if "attached" not in said:
            raise RuntimeError(f"strace: {said}{strace.stderr.read()}")
        yield
    finally:
        strace.communicate(timeout=30)
