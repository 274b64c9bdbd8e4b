"""A program on a terminal that notes when each byte came, and answers as a modern terminal does."""

import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

from tests.benchmarks.processes import processor_seconds

COLUMNS, ROWS = 100, 30
QUIET = 0.15
"""Seconds without a byte after which a program counts as done with what it was told."""
PATIENCE = 30.0

_ANSWERS = (
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),
    (re.compile(rb"\x1b\[\?2048\$p"), b"\x1b[?2048;0$y"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
    (re.compile(rb"\x1b\]11;\?(?:\x07|\x1b\\)"), b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\"),
)
"""What is asked of a terminal, and what one says that draws each frame at once and reports sizes by signal."""

_FOREIGN = re.compile(
    rb"\x1b\[[<>=][\d;]*[@-~]|\x1b\[\?[\d;]*[$u][a-z]?|\x1b\[[\d;]*t|\x1b[P_^X][^\x1b]*\x1b\\|\x1b\[[\d;]* q"
)
"""What pyte takes for text."""


@dataclass(frozen=True)
class Start:
    """How a program came up, in milliseconds after it was started."""

    light: float
    """The first letter on the screen."""
    ready: float
    """The last byte before the first silence in which the screen shows what it should."""
    sent: int
    """Bytes until then."""
    cpu: float
    """Seconds of processor time until the end of that silence."""


@dataclass(frozen=True)
class Answer:
    """What a key brought."""

    milliseconds: float
    """Until the last byte before silence; 0 where none came."""
    sent: int
    cpu: float
    """Milliseconds of processor time."""


@dataclass(frozen=True)
class Line:
    """A slow line between the program and its terminal, the same in both directions."""

    delay: float
    """Seconds that a byte is on its way."""
    rate: float
    """Bytes a second."""


class Meter:
    """A program on a pty of 100x30; a context manager that leaves no process behind."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], line: Line | None = None) -> None:
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self.screen)
        self.chunks: list[tuple[float, bytes]] = []
        self._drawn = 0
        self._line = line or Line(0, float("inf"))
        self._coming: deque[tuple[float, bytes]] = deque()
        """What is on its way to the terminal, and when it arrives."""
        self._going: deque[tuple[float, bytes]] = deque()
        self._free = 0.0
        """When the line has taken what it was given."""
        self._answered = b""
        self.asked = 0
        """Questions to the terminal: who waits for an answer waits for the line."""
        self.answers = True
        """Whether the terminal answers."""
        self.ended = False
        """It has closed the terminal."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        full = kept | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"} | dict(environment)
        self.began = time.monotonic()
        self.process, self._descriptor = pty.fork()
        if self.process == 0:  # the child
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
                os.execvpe(command[0], list(command), full)
            finally:
                os._exit(127)
        os.set_blocking(self._descriptor, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process, signal.SIGTERM)
        end = time.monotonic() + 3
        while os.waitpid(self.process, os.WNOHANG)[0] == 0:
            self._listen(0.02)
            if time.monotonic() > end:
                os.killpg(self.process, signal.SIGKILL)
        os.close(self._descriptor)

    def _listen(self, seconds: float) -> bool:
        """Take what arrives within some seconds; whether anything did."""
        end = time.monotonic() + seconds
        while True:
            now = time.monotonic()
            while self._going and self._going[0][0] <= now:
                os.write(self._descriptor, self._going.popleft()[1])
            if self._coming and self._coming[0][0] <= now:
                arrived, data = self._coming.popleft()
                self.chunks.append((arrived, data))
                self._answer(data)
                return True
            if now >= end:
                return False
            due = min([end, *(way[0][0] for way in (self._coming, self._going) if way)])
            if select.select([self._descriptor], [], [], max(0.0, due - now))[0]:
                self._take()

    def _take(self) -> None:
        """Put what the program wrote on the line."""
        try:
            data = os.read(self._descriptor, 65536)
        except OSError as error:
            if error.errno not in (errno.EIO, errno.EAGAIN):
                raise
            data = b""
        if not data:
            self.ended = True
            time.sleep(0.01)
            return
        self._free = max(self._free, time.monotonic()) + len(data) / self._line.rate
        self._coming.append((self._free + self._line.delay, data))

    def _send(self, data: bytes) -> None:
        self._going.append((time.monotonic() + self._line.delay, data))

    def _answer(self, data: bytes) -> None:
        asked = self._answered + data
        for question, answer in _ANSWERS:
            if question.search(asked):
                self.asked += 1
                if self.answers:
                    self._send(answer)
                asked = question.sub(b"", asked)
        self._answered = asked[asked.rfind(b"\x1b") :][:32] if b"\x1b" in asked else b""

    def _until_quiet(self) -> None:
        end = time.monotonic() + PATIENCE
        while self._listen(QUIET):
            if time.monotonic() > end:
                raise TimeoutError("it never stopped writing")

    def text(self) -> str:
        """What stands on the terminal, line by line."""
        for _, data in self.chunks[self._drawn :]:
            self._stream.feed(_FOREIGN.sub(b"", data))
        self._drawn = len(self.chunks)
        return "\n".join(line.rstrip() for line in self.screen.display)

    def sent(self, since: int = 0) -> int:
        """Bytes that came, from a chunk on."""
        return sum(len(data) for _, data in self.chunks[since:])

    def start(self, words: str) -> Start:
        """Wait until it stands still and shows these words."""
        end = self.began + PATIENCE
        while True:
            self._until_quiet()
            if words in self.text():
                break
            if self.ended or time.monotonic() > end:
                raise TimeoutError(f"never came: {words}\n{self.text()}")
        cpu = processor_seconds(self.process)
        again = pyte.Screen(COLUMNS, ROWS)
        stream = pyte.ByteStream(again)
        light = self.chunks[-1][0]
        for moment, data in self.chunks:
            stream.feed(_FOREIGN.sub(b"", data))
            if any(line.strip() for line in again.display):
                light = moment
                break
        return Start((light - self.began) * 1000, (self.chunks[-1][0] - self.began) * 1000, self.sent(), cpu)

    def press(self, keys: str, words: str = "") -> Answer:
        """Send keys, and wait until what they brought stands still and shows these words."""
        since = len(self.chunks)
        cpu = processor_seconds(self.process)
        began = time.monotonic()
        self._send(keys.encode())
        self._listen(1 + 2 * self._line.delay)
        self.until(words)
        last = self.chunks[-1][0] if len(self.chunks) > since else began
        used = (processor_seconds(self.process) - cpu) * 1000
        return Answer((last - began) * 1000, self.sent(since), used)

    def shown(self, keys: str, words: str) -> float:
        """Send keys; milliseconds until these words stand on the terminal."""
        began = time.monotonic()
        os.write(self._descriptor, keys.encode())
        while words not in self.text():
            if time.monotonic() > began + PATIENCE:
                raise TimeoutError(f"never came: {words}\n{self.text()}")
            self._listen(0.05)
        return (self.chunks[-1][0] - began) * 1000

    def until(self, words: str) -> None:
        """Wait until these words stand on the terminal, and it is quiet."""
        end = time.monotonic() + PATIENCE
        self._until_quiet()
        while words not in self.text():
            if time.monotonic() > end:
                raise TimeoutError(f"never came: {words}\n{self.text()}")
            self._listen(0.05)
            self._until_quiet()

    def rest(self, seconds: float) -> Answer:
        """Leave it alone for some seconds: what it sent and used meanwhile."""
        since = len(self.chunks)
        cpu = processor_seconds(self.process)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._listen(end - time.monotonic())
        return Answer(seconds * 1000, self.sent(since), (processor_seconds(self.process) - cpu) * 1000)


def environment(folder: Path) -> dict[str, str]:
    """An environment of its own, so that nothing of who measures is read or written."""
    return {
        "HOME": str(folder),
        "A360TUI_CONFIG_DIR": str(folder),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
