"""The table of the benchmarks: rows with a bound each, and how people read them."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
_VERSIONS = ("textual", "rich", "httpx", "click")


@dataclass(frozen=True)
class Row:
    """One thing that was measured."""

    what: str
    bound: str
    """What it must reach, in words: ``≤ 16 kB``."""
    here: str
    """What this project came to."""
    met: bool | None
    """``None`` where there is no bound."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """What others came to in the same run: ``yardstick``, a peer, ``bare httpx``."""
    ratio: float | None = None
    """This project's share of the yardstick's, or of whatever the bound compares with."""


@dataclass
class Section:
    """Rows that were measured together, and what is to be said of them."""

    title: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def size(count: float) -> str:
    """Bytes as people read them: ``850 B``, ``3.2 kB``."""
    return f"{count:,.0f} B" if count < 1000 else f"{count / 1000:,.1f} kB"


def span(milliseconds: float) -> str:
    """A span of time: ``0.42 ms``, ``7.5 ms``, ``533 ms``."""
    digits = 2 if milliseconds < 1 else 1 if milliseconds < 100 else 0
    return f"{milliseconds:,.{digits}f} ms"


def table(rows: Sequence[Row]) -> list[str]:
    """The rows as lines of Markdown, with a column for each thing that one is compared with."""
    others = list(dict.fromkeys(name for row in rows for name in row.beside))
    head = ["what", "must reach", "a360tui", *others, "ratio", "met"]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    for row in rows:
        cells = [row.what, row.bound, row.here, *(row.beside.get(name, "–") for name in others)]
        cells += ["–" if row.ratio is None else f"{row.ratio:.2f}", {True: "yes", False: "**no**", None: "–"}[row.met]]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def report(sections: Iterable[Section], command: str, peers: Iterable[str]) -> str:
    """The whole of ``RESULTS.md``: when, on what, beside which peers, the tables, the notes."""
    versions = ", ".join(f"{name} {version(name)}" for name in _VERSIONS)
    lines = [
        "# What came of the benchmarks",
        "",
        f"Made by `{command}` on {datetime.now(UTC):%Y-%m-%d}.",
        f"Machine: {_machine()}. Here: {versions}. Peers: {', '.join(peers) or 'none'}.",
        "Medians of rounds in turn; compare within a run, since the machine is shared. Bytes are exact.",
    ]
    for section in sections:
        lines += ["", f"## {section.title}", "", *table(section.rows)]
        if section.notes:
            lines += ["", *(f"- {' '.join(note.split())}" for note in section.notes)]
    return "\n".join([*lines, ""])


def _machine() -> str:
    processor = platform.machine()
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), processor)
    system = f"{platform.system()} {platform.release().partition('-')[0]}"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores of {processor}, {system}, {python}, load {os.getloadavg()[1]:.1f} at the end"
