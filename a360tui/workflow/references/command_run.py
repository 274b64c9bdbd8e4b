"""Run a program once: no shell, no terminal, and a time limit, at which all that it started is killed.

The key is in a pipe before the program starts, so a program that never reads it neither blocks nor fails. Only the
program itself is waited for, not a background process that it leaves behind and that keeps its output open.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from a360tui.secret import Secret
from a360tui.workflow.references.refusal import Absent, Unsupported, Unwritable

_OUTPUT_BYTES = 65536
"""Bytes of a program's output that are kept; the rest is read and dropped."""

_PIPES_FULL = 16
"""How many pieces of output are read after the program's end, since a background process may write for ever."""

_NOT_INHERITED = "A360"
"""The prefixes of environment variables that are ours, or may hold a key."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a program ended."""

    exit_code: int | None
    """The exit status, negative for the signal that ended it; ``None`` where it was killed at its time limit."""
    output: bytes
    """What it wrote to both streams, in order, at most 64 KiB; it may hold the key."""
    is_cut: bool
    """Whether it wrote more."""


def environment(keys: Collection[Secret]) -> dict[str, str]:
    """The environment for a program: ours, without our own variables and any that holds one of ``keys``."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(_NOT_INHERITED) and not any(key.reveal() in value for key in keys)
    }


def found(arguments: tuple[str, ...], folder: Path, variables: Mapping[str, str]) -> str:
    """The path of the program's file; raises `Absent` or `Unsupported`."""
    name = arguments[0]
    if "/" in name:
        file = os.path.join(folder, os.path.expanduser(name))  # noqa: PTH111, PTH118  # Path fails on what cannot be
        if not os.path.isfile(file):  # noqa: PTH113  # as above
            raise Absent("is not there.")
        if not os.access(file, os.X_OK):
            raise Unsupported("is not executable.")
        return file
    program = shutil.which(name, path=variables.get("PATH", os.defpath))
    if program is None:
        raise Absent("is not there: no such program is on the PATH.")
    return program


async def run(
    program: str,
    arguments: tuple[str, ...],
    stdin: bytes,
    *,
    folder: Path,
    variables: Mapping[str, str],
    seconds: float,
) -> Run:
    """Run ``program`` with ``arguments`` (their first one is its name) in a session and process group of its own.

    At the time limit, and at a cancel, the whole group is killed. Raises `Unwritable` where it cannot be started.
    """
    with _filled_pipe(stdin) as given, _Collector() as collector:
        try:
            process = await asyncio.create_subprocess_exec(
                *arguments,
                executable=program,
                stdin=given,
                stdout=collector.write_end,
                stderr=collector.write_end,
                cwd=folder,
                env=dict(variables),
                start_new_session=True,
            )
        except OSError as error:
            raise Unwritable(f"cannot be started: {(error.strerror or str(error)).lower()}.") from error
        collector.listen()
        try:
            async with asyncio.timeout(seconds):
                exit_code: int | None = await process.wait()
        except TimeoutError:
            exit_code = None
        finally:
            if process.returncode is None:
                _kill_group(process.pid)
                await process.wait()
        return Run(exit_code, *collector.taken())


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


@contextmanager
def _filled_pipe(content: bytes) -> Iterator[int]:
    """The reading end of a pipe that holds ``content``: at most 4096 bytes, for which every pipe has room."""
    reading, writing = os.pipe()
    try:
        try:
            os.write(writing, content)
        finally:
            os.close(writing)
        yield reading
    finally:
        os.close(reading)


class _Collector:
    """Reads a pipe while the event loop runs, and drops what is too much."""

    def __init__(self) -> None:
        self._reading, self.write_end = os.pipe()
        self._output = bytearray()
        self._is_cut = False
        self._listens = False

    def __enter__(self) -> Self:
        os.set_blocking(self._reading, False)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        os.close(self._reading)
        if self.write_end >= 0:
            os.close(self.write_end)

    def listen(self) -> None:
        """Begin, once the program has its own copy of the writing end."""
        os.close(self.write_end)
        self.write_end = -1
        asyncio.get_running_loop().add_reader(self._reading, self._read)
        self._listens = True

    def taken(self) -> tuple[bytes, bool]:
        """All that was written until now, and whether more was dropped."""
        for _ in range(_PIPES_FULL):
            if not self._read():
                break
        return bytes(self._output), self._is_cut

    def _read(self) -> bool:
        """Read one piece; ``False`` where there is none yet, or none any more."""
        try:
            piece = os.read(self._reading, _OUTPUT_BYTES)
        except BlockingIOError:
            return False
        if not piece:
            self._stop()
            return False
        room = _OUTPUT_BYTES - len(self._output)
        self._is_cut = self._is_cut or len(piece) > room
        self._output += piece[:room]
        return True

    def _stop(self) -> None:
        if self._listens:
            asyncio.get_running_loop().remove_reader(self._reading)
            self._listens = False
