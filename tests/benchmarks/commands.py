"""A command from its start to its end: beside ``python -c pass``, and beside a script that sends the same requests."""

import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks import story
from tests.benchmarks.meter import environment
from tests.benchmarks.server import HERE as AS_A_MODULE
from tests.benchmarks.server import served
from tests.benchmarks.table import Row, Section, span

A360TUI = (str(Path(sys.executable).with_name("a360tui")),)
"""The console script, which is what people start."""
PASS = (sys.executable, "-c", "pass")
SCRIPT = (sys.executable, str(Path(__file__).with_name("bare_client.py")))

LIGHT = {
    "--version": (("--version",), 2.5),
    "--help": (("--help",), 6.0),
    "key --help": (("key", "--help"), 6.0),
    "role setup --help": (("role", "setup", "--help"), 6.0),
    "demo serve --help": (("demo", "serve", "--help"), 6.0),
    "completion bash": (("completion", "bash"), 6.0),
}
"""What loads no library for the network → its arguments and its bound, in times of ``python -c pass``."""
TAB = {"_A360TUI_COMPLETE": "bash_complete", "COMP_WORDS": "a360tui key ", "COMP_CWORD": "2"}
HEADLESS = {"key status": ("key", "status", "--json"), "duration show": ("duration", "show", "--yes", "--json")}


def measure(rounds: int) -> Section:
    """All rows of the part, from so many rounds in turn."""
    found: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder, served() as (url, passwords):
        own = {"PATH": os.environ["PATH"]} | environment(Path(folder))
        turns: dict[str, Callable[[], float]] = {"pass": lambda: _run(PASS, own)}
        turns |= {name: _light(arguments, own) for name, (arguments, _) in LIGHT.items()}
        turns["a press of Tab"] = lambda: _run(A360TUI, own | TAB)
        turns["as a module"] = lambda: _run((*AS_A_MODULE, "--version"), own)
        for name, arguments in HEADLESS.items():
            password = passwords[story.ADMIN]
            sign_in = ("--control-room", url, "--username", story.ADMIN, "--password-stdin", "--yes")
            turns[name] = _headless((*A360TUI, *sign_in, *arguments), own, password)
            turns[f"bare {name}"] = _headless((*SCRIPT, url, story.ADMIN, arguments[0]), own, password)
        for number in range(rounds + 1):
            for name, turn in turns.items():
                took = turn()
                if number:  # the first round warms the caches
                    found[name].append(took)
    medians = {name: median(each) for name, each in found.items()}
    how = f"""Started as people start it, by the console script that pip made; `python -m a360tui --version` takes
        {span(medians["as a module"])}."""
    return Section("Commands", _rows(medians), [how])


def _light(arguments: Sequence[str], own: Mapping[str, str]) -> Callable[[], float]:
    return lambda: _run((*A360TUI, *arguments), own)


def _headless(command: Sequence[str], own: Mapping[str, str], password: str) -> Callable[[], float]:
    return lambda: _run(command, own, password)


def _run(command: Sequence[str], own: Mapping[str, str], words: str = "") -> float:
    """Milliseconds of the whole process."""
    began = time.perf_counter()
    subprocess.run(command, env=own, input=words.encode(), capture_output=True, check=True)
    return (time.perf_counter() - began) * 1000


def _rows(found: Mapping[str, float]) -> list[Row]:
    rows = []
    bounds = {name: bound for name, (_, bound) in LIGHT.items()} | {"a press of Tab": 6.0}
    for name, bound in bounds.items():
        ratio = found[name] / found["pass"]
        beside = {"python -c pass": span(found["pass"])}
        rows.append(Row(f"`{name}`", f"≤ {bound:.1f} ×", span(found[name]), ratio <= bound, beside, ratio))
    for name in HEADLESS:
        bare = found[f"bare {name}"]
        ratio = found[name] / bare
        beside = {"bare httpx": span(bare)}
        rows.append(Row(f"`{name}`, whole process", "≤ 1.4 ×", span(found[name]), ratio <= 1.4, beside, ratio))
    return rows
