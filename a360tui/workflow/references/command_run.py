"""Running a program once: no shell, no terminal, a time limit, and an end for all that it started.

The key waits in a pipe before the program starts, so that one that never reads it neither blocks nor fails for it. The
program's end is what counts: a background process that it leaves, holding its output open, is not waited for.
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
"""What is kept of a program's output; the rest is read and dropped."""

_PIPES_FULL = 16
"""How many pieces are taken at most after the program's end: a background process may go on writing for ever."""

_NOT_INHERITED = "A360"
"""How the names of environment variables begin that are ours, or may hold a key."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a program ended."""

    exit_code: int | None
    """``None`` where it was ended at its time limit; negative for the signal that ended it."""
    output: bytes
    """What it wrote on both streams, in order, at most 64 KiB; it may hold the key."""
    is_cut: bool
    """Whether it wrote more."""


def environment(keys: Collection[Secret]) -> dict[str, str]:
    """What a program inherits: our environment, without our own variables and any that holds one of ``keys``."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(_NOT_INHERITED) and not any(key.reveal() in value for key in keys)
    }


def found(arguments: tuple[str, ...], folder: Path, variables: Mapping[str, str]) -> str:
    """The program's file; raises `Absent` or `Unsupported`."""
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
    """A pipe's reading end that gives ``content``, then the end; at most 4096 bytes, which every pipe holds."""
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
    """Takes what is written into a pipe while the event loop runs, and drops what is too much."""

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
        """Take one piece; ``False`` where there is none for now, or none any more."""
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
