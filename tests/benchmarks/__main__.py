"""``python -m tests.benchmarks`` measures everything in turn, and writes ``RESULTS.md`` and README's short form of it.

``--only TEXT`` measures the parts whose name holds a text, and writes nothing. ``--peers FOLDER``, which may be given
more than once, is a virtual environment that holds posting or harlequin: one each, since they do not go together.
``pip install posting "tree-sitter<0.26"`` (with a later one posting 2.11 crashes), ``pip install harlequin``.
"""

import argparse
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.benchmarks import commands, picker, reading, screens, short_form, slow_line
from tests.benchmarks.table import RESULTS, Section, report

Part = Callable[[argparse.Namespace], Section]

PARTS: dict[str, Part] = {
    "screens": lambda options: screens.measure(options.rounds, options.peers),
    "commands": lambda options: commands.measure(options.rounds),
    "picker": lambda options: picker.measure(options.rounds),
    "reading": lambda options: reading.measure(options.rounds),
    "slow line": lambda _: slow_line.measure(),
}
"""What is measured, by the name that ``--only`` looks for."""

_VERSIONS = "import sys, importlib.metadata as it; print(*(f'{name} {it.version(name)}' for name in sys.argv[1:]))"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--peers", type=Path, action="append", default=[], metavar="FOLDER")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    sections = [_told(name, part, options) for name, part in PARTS.items() if options.only in name]
    arguments = [f"--rounds={options.rounds}", *["--peers=FOLDER"] * len(options.peers)]
    text = report(sections, shlex.join(["python", "-m", "tests.benchmarks", *arguments]), _versions(options.peers))
    sys.stdout.write(text)
    if not options.only:
        RESULTS.write_text(text)
        short_form.write(text)
    return 0 if all(row.met is not False for section in sections for row in section.rows) else 1


def _told(name: str, part: Part, options: argparse.Namespace) -> Section:
    """Measure a part, and say on stderr how long that took."""
    began = time.monotonic()
    section = part(options)
    sys.stderr.write(f"{name}: {time.monotonic() - began:.0f} s\n")
    return section


def _versions(peers: Sequence[Path]) -> Iterator[str]:
    """Each peer of the environments, with its version and that of its Textual."""
    for folder in peers:
        for name in screens.PEERS:
            if (folder / "bin" / name).exists():
                command = [str(folder / "bin" / "python"), "-c", _VERSIONS, name, "textual"]
                found = subprocess.run(command, capture_output=True, text=True, check=True)
                yield found.stdout.strip().replace(" textual", " on textual")


if __name__ == "__main__":
    sys.exit(main())
