"""The sweep: ``python -m tests.faults.sweep`` makes every trial and writes ``RESULTS.md`` beside this file.

``--only TEXT`` makes those whose name holds a text, and writes nothing; ``--jobs N`` is for how many at the same time.
"""

import argparse
import multiprocessing
import os
import shlex
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.bench import Bench, Trial
from tests.faults.judge import FAULTS, tried
from tests.faults.trials import KINDS, SCENES, at_once, positions, scripted

RESULTS = Path(__file__).with_name("RESULTS.md")


RACES = 60
"""Of eight processes each."""


@dataclass
class Row:
    """What came of one kind of trials."""

    trials: int = 0
    """Those in which all was injected that should have been."""
    missed: int = 0
    outages: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Outcome:
    """What came of one trial, small enough to be sent between processes."""

    kind: str
    name: str
    hit: bool
    is_outage: bool
    told: str
    faults: dict[str, str]


def every(bench: Bench) -> Iterator[tuple[str, Trial]]:
    """All trials with their kind."""
    for scene in SCENES:
        found = positions(bench, scene)
        for kind, trials in KINDS.items():
            for trial in trials(scene, found):
                yield f"{scene.name}: {kind}", trial
    for trial in scripted():
        yield "the Control Room misbehaves", trial
    for trial in at_once(RACES):
        yield "eight at once", trial


def _begin() -> None:
    global BENCH  # noqa: PLW0603  # one for each process of the pool
    BENCH = Bench().__enter__()
    multiprocessing.util.Finalize(None, BENCH.__exit__, exitpriority=10)


BENCH: Bench


def _make(work: tuple[str, Trial]) -> Outcome:
    kind, trial = work
    verdict = tried(BENCH, trial)
    return Outcome(kind, trial.name, verdict.hit, verdict.is_outage, verdict.told, verdict.faults)


def sweep(works: Sequence[tuple[str, Trial]], jobs: int) -> Iterator[Outcome]:
    """Make trials, several at the same time."""
    with multiprocessing.get_context("spawn").Pool(jobs, _begin) as pool:
        yield from pool.imap_unordered(_make, works, chunksize=4)
        pool.close()
        pool.join()


def tabled(outcomes: Iterable[Outcome]) -> dict[str, Row]:
    """Counted by kind; every fault is shown as it comes."""
    rows: dict[str, Row] = defaultdict(Row)
    for number, outcome in enumerate(outcomes, 1):
        row = rows[outcome.kind]
        row.trials += outcome.hit
        row.missed += not outcome.hit
        row.outages += outcome.is_outage
        row.faults.update(outcome.faults.keys())
        row.endings[outcome.told] += 1
        for fault, what in outcome.faults.items():
            say(f"{fault} in {outcome.name}: {what}")
        if number % 100 == 0:
            say(f"… {number}")
    return dict(sorted(rows.items()))


def report(rows: dict[str, Row], seconds: float, command: str) -> str:
    """The table, for people."""
    total = Row()
    for row in rows.values():
        total.trials += row.trials
        total.missed += row.missed
        total.outages += row.outages
        total.faults.update(row.faults)
        total.endings.update(row.endings)
    head = ["trials", *FAULTS, "OUTAGE", "missed"]
    lines = [
        "# What came of the sweep",
        "",
        f"Made by `{command}` in {seconds / 60:.0f} minutes.",
        "",
        f"| kind | {' | '.join(head)} |",
        f"|---|{'---:|' * len(head)}",
    ]
    for name, row in {**rows, "**all**": total}.items():
        numbers = [row.trials, *(row.faults[fault] for fault in FAULTS), row.outages, row.missed]
        lines.append(f"| {name} | {' | '.join(map(str, numbers))} |")
    lines += ["", *(f"- **{name}**: {what}." for name, what in FAULTS.items())]
    lines += [
        "- **OUTAGE**: only another regeneration helps; where an answer is lost on the network, nobody can do better.",
        "- **missed**: not counted as trials: the process did not come to where something was to be injected.",
        "",
        "What the person was told last: "
        + ", ".join(f"{name} {count}" for name, count in total.endings.most_common())
        + ".",
        "",
    ]
    return "\n".join(lines)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.sweep", description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    with Bench() as bench:
        works = [work for work in every(bench) if options.only in f"{work[0]} {work[1].name}"]
    say(f"{len(works)} trials")
    begin = time.monotonic()
    rows = tabled(sweep(works, options.jobs))
    text = report(rows, time.monotonic() - begin, shlex.join(["python", "-m", "tests.faults.sweep", *sys.argv[1:]]))
    say(text)
    if not options.only:
        RESULTS.write_text(text)
    return 1 if any(row.faults for row in rows.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
