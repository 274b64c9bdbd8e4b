"""A terminal at which commands are typed, one after the other.

They run in one process, whose terminal is a pty: for each, the test says which, and takes what came.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from a360tui.errors import ExitCode
from a360tui.text import harmless
from tests.hostile.own_bytes import acting
from tests.terminal.terminal import Terminal

_PROGRAM = """
import io, json, os, sys
from a360tui.cli.program import run
first = dict(os.environ)
for line in open(sys.argv[1]):
    job = json.loads(line)
    os.environ.update(job["environment"])
    sys.stdin = io.TextIOWrapper(io.BytesIO(job["stdin"].encode("utf-8", "surrogatepass")))
    terminal = sys.stdout
    if job["output"]:
        sys.stdout = open(job["output"], "w", encoding="utf-8")
    try:
        code = run(job["arguments"])
    except SystemExit as left:  # as the completion ends
        code = left.code
    if job["output"]:
        sys.stdout.close()
        sys.stdout = terminal
    os.environ.clear()
    os.environ.update(first)
    print(f"<<ended {int(code)}>>", flush=True)
"""


@dataclass(frozen=True)
class Said:
    """What came of a command."""

    arguments: Sequence[str]
    terminal: str
    """All that came on the terminal."""
    written: str
    """What went to standard output, where that was a file."""
    code: int

    def acts(self) -> list[str]:
        """What of it would act on a terminal, also where the file is shown on one."""
        return [*acting(self.terminal.encode()), *acting(self.written.encode("utf-8", "backslashreplace"))]

    @property
    def failed(self) -> bool:
        """Whether the program itself failed, or ended in a way that it does not name."""
        return "a360tui failed" in self.terminal or self.code not in set(ExitCode)

    @property
    def document(self) -> Any:
        """The JSON document; None where nothing was written."""
        return json.loads(self.written) if self.written else None

    def texts(self) -> str:
        """Everything that is to be read, the texts of the document a line each, and in the way of a terminal."""
        return "\n".join([self.terminal, *map(harmless, texts(self.document))])


class Prompt:
    """The terminal, and the process behind it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        jobs = home / "jobs"
        os.mkfifo(jobs)
        self.terminal = Terminal(
            (sys.executable, "-c", _PROGRAM, str(jobs)), home, columns=200, environment={"COLUMNS": "200"}
        )
        self._pipe = jobs.open("w")

    def run(
        self,
        arguments: Sequence[str],
        *,
        stdin: str = "",
        as_json: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> Said:
        """Run a command; with ``as_json`` its document goes to a file and not to the terminal."""
        output = self._home / "document.json"
        job = {
            "arguments": [*["--json"] * as_json, *arguments],
            "stdin": stdin,
            "output": str(output) if as_json else "",
            "environment": dict(environment or {}),
        }
        before = len(self.terminal.raw)
        self._pipe.write(f"{json.dumps(job)}\n")
        self._pipe.flush()
        self.terminal.until(lambda: b">>" in self.terminal.raw[before:].partition(b"<<ended ")[2], f"{arguments}")
        said, _, code = bytes(self.terminal.raw[before:]).decode("utf-8", "backslashreplace").rpartition("<<ended ")
        written = output.read_text("utf-8", "surrogateescape") if as_json else ""
        return Said(arguments, said, written, int(code.partition(">>")[0]))

    def close(self) -> None:
        self._pipe.close()
        self.terminal.__exit__(None, None, None)


def texts(document: Any) -> Iterator[str]:
    """Every text in a JSON document."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for name, value in document.items():
            yield name
            yield from texts(value)
    elif isinstance(document, list):
        for value in document:
            yield from texts(value)
