"""A real terminal for the real program: a pty, an emulator that draws what comes, and the state it is left in."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

from tests.benchmarks.processes import processor_seconds

PROGRAM = (sys.executable, "-m", "a360tui")
PATIENCE = 30.0
"""Seconds after which something counts as never coming; a slow machine must not fail a test."""

GONE = 2.0
"""Seconds within which the program has to be gone, once nothing holds it."""

_LOOK = 0.05
"""Seconds between two looks at a program that ends."""
_WHILE = 0.5
"""Seconds over which its share of the processor is taken."""
_DRAWN = 0.5
"""Seconds of processor time in which more than those thirty screens are drawn."""
_REST = 0.05
"""The share of the processor up to which it is at rest."""

_ON = frozenset({b"7", b"25"})
"""The private modes that a terminal begins with: lines wrap, and the cursor is shown."""

_CONTROLLING = "import fcntl,os,sys,termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
"""Makes the pty the program's own terminal, without a fork of a process that has threads."""
_NOT_CONTROLLING = "import os,sys; os.execvp(sys.argv[1], sys.argv[1:])"

# What pyte takes for text: private modes' answers, window and key reports, device strings.
_FOREIGN = re.compile(
    rb"\x1b\[[<>=][\d;]*[A-Za-z]|\x1b\[\?[\d;]*[$u][a-z]?|\x1b\]22;[^\x07]*\x07|\x1b[P_^X][^\x1b]*\x1b\\"
)


class Terminal:
    """The program on a pty of a size; a context manager that leaves no process behind."""

    def __init__(
        self,
        command: Sequence[str],
        home: Path,
        *,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
        own: bool = True,
    ) -> None:
        """One that is not the program's ``own`` sends no signal when it is closed."""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        """Everything that the program wrote."""
        self._master, slave = pty.openpty()
        self._slave = slave
        self.size(columns, rows)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _CONTROLLING if own else _NOT_CONTROLLING, *command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            cwd=Path(__file__).parents[2],
            env=self.environment(home) | dict(environment or {}),
        )
        os.set_blocking(self._master, False)

    @staticmethod
    def environment(home: Path) -> dict[str, str]:
        """What a program is started with."""
        base = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
        return base | {
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
            "HOME": str(home),
            "A360TUI_CONFIG_DIR": str(home / "a360tui"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for descriptor in (self._master, self._slave):
            with suppress(OSError):
                os.close(descriptor)

    def size(self, columns: int, rows: int) -> None:
        """Give the terminal another size, as a person who drags a corner."""
        self.claim(columns, rows)
        self.screen.resize(rows, columns)

    def claim(self, columns: int, rows: int) -> None:
        """Have the terminal say that it has a size."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def press(self, keys: str | bytes) -> None:
        """Send keys as a terminal sends them."""
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        """``kill -9`` for all of it, with what traces it."""
        os.killpg(self.process.pid, signal.SIGKILL)

    def hang_up(self) -> None:
        """Close the terminal, as a window that is closed."""
        os.close(self._slave)
        os.close(self._master)

    def listen(self, seconds: float) -> bool:
        """Take what comes within some seconds; whether anything came."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.raw += data
        self._stream.feed(_FOREIGN.sub(b"", data))
        return bool(data)

    def text(self) -> str:
        """What stands on the terminal, line by line."""
        # pyte's own way stumbles over a wide letter that is half drawn over.
        cells = range(self.screen.columns)
        rows = (self.screen.buffer[number] for number in range(self.screen.lines))
        return "\n".join("".join(row[cell].data for cell in cells).rstrip() for row in rows)

    def until(self, condition: Callable[[], bool], what: str, within: float = PATIENCE) -> None:
        end = time.monotonic() + within
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"never came: {what}\n{self.text()}")
            self.listen(0.05)

    def shows(self, words: str) -> None:
        """Wait until these words stand on the terminal."""
        self.until(lambda: words in self.text(), words)

    def until_quiet(self, seconds: float = 0.4) -> None:
        """Wait until nothing has come for a while."""
        end = time.monotonic() + PATIENCE
        while self.listen(seconds):
            assert time.monotonic() < end, "it never stopped writing"

    def end(self, within: float = PATIENCE) -> int:
        """Wait for the end of the program, take its last words, and return its exit code."""
        self.until(lambda: self.process.poll() is not None, "the end of the program", within)
        while self.listen(0.05):
            pass
        code = self.process.returncode
        return code if code >= 0 else 128 - code

    def end_unseen(self) -> tuple[int, float]:
        """After the terminal was closed: the exit code, and the seconds of processor time that the end took."""
        before = taken = processor_seconds(self.process.pid)
        end = time.monotonic() + GONE
        while self.process.poll() is None:
            assert time.monotonic() < end, "it goes on without a terminal"
            taken = max(taken, processor_seconds(self.process.pid))
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_LOOK)
        return self.process.returncode, taken - before

    def until_at_rest(self) -> None:
        """Wait until the program takes hardly any processor time, which one that spins never does."""
        end = time.monotonic() + PATIENCE
        while self._share_of_processor() > _REST:
            assert time.monotonic() < end, "it spins"

    def draw_unseen(self) -> None:
        """After the terminal was closed: have it draw more screens than Textual lets wait for a terminal."""
        before, end = processor_seconds(self.process.pid), time.monotonic() + PATIENCE
        while processor_seconds(self.process.pid) - before < _DRAWN:
            assert time.monotonic() < end, "it draws nothing"
            self.signal(signal.SIGWINCH)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_LOOK)

    def _share_of_processor(self) -> float:
        began, before = time.monotonic(), processor_seconds(self.process.pid)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_WHILE)
        return (processor_seconds(self.process.pid) - before) / (time.monotonic() - began)

    @property
    def echoes(self) -> bool:
        """Whether the terminal shows what is typed, as a shell wants it."""
        return bool(termios.tcgetattr(self._slave)[3] & termios.ECHO)

    def echo(self) -> None:
        """Have it show what is typed, as a shell does before it goes on with a stopped program."""
        attributes = termios.tcgetattr(self._slave)
        attributes[3] |= termios.ECHO
        termios.tcsetattr(self._slave, termios.TCSANOW, attributes)

    def is_restored(self) -> bool:
        """Whether every mode that was set is as terminals have it, no keyboard protocol is left, and typing echoes."""
        modes = {
            mode: setting
            for several, setting in re.findall(rb"\x1b\[\?([\d;]+)([hl])", self.raw)
            for mode in several.split(b";")
        }
        begun, ended = (len(re.findall(sequence, self.raw)) for sequence in (rb"\x1b\[>\d+u", rb"\x1b\[<u"))
        return (
            self.echoes
            and modes[b"1049"] == b"l"
            and all(setting == (b"h" if mode in _ON else b"l") for mode, setting in modes.items())
            and begun <= ended
        )
