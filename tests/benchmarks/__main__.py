"""``python -m tests.benchmarks`` measures everything in turn and writes ``RESULTS.md`` beside this file.

``--only TEXT`` measures the parts whose name holds a text, and writes nothing. ``--peers FOLDER`` is a virtual
environment that holds posting and harlequin, ``pip install posting harlequin``; without it they are left out.
"""

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import commands, picker, reading, screens, slow_line
from tests.benchmarks.table import RESULTS, Section, report

Part = Callable[[argparse.Namespace], Section]

PARTS: dict[str, Part] = {
    "commands": lambda options: commands.measure(options.rounds),
    "reading": lambda options: reading.measure(options.reading_rounds),
    "picker": lambda options: picker.measure(options.rounds),
    "slow line": lambda _: slow_line.measure(),
    "screens": lambda options: screens.measure(options.rounds, options.peers),
}
"""What is measured, by the name that ``--only`` looks for."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--reading-rounds", type=int, default=2, help="each reads 100,000 users several times")
    options = parser.parse_args()
    sections = [part(options) for name, part in PARTS.items() if options.only in name]
    arguments = [f"--rounds={options.rounds}", f"--reading-rounds={options.reading_rounds}"]
    arguments += [*(["--peers=FOLDER"] if options.peers else [])]
    text = report(sections, shlex.join(["python", "-m", "tests.benchmarks", *arguments]))
    sys.stdout.write(text)
    if not options.only:
        RESULTS.write_text(text)
    return 0 if all(row.met is not False for section in sections for row in section.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
