"""The picker of users with 100,000 of them beside 100, each at a Control Room in a process of its own."""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx

from tests.benchmarks import story
from tests.benchmarks.meter import Meter, environment
from tests.benchmarks.processes import peak_megabytes
from tests.benchmarks.server import HERE, served, sign_in
from tests.benchmarks.story import Walk
from tests.benchmarks.table import Row, Section, size, span

FEW, MANY = 100, 100_000
LETTERS = "aer"
PAUSE = 150.0
"""Milliseconds without a letter after which the server is asked; they are part of what a person waits."""


@dataclass
class _Picked:
    """What one number of users came to."""

    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def of(self, name: str) -> float:
        return median(self.values[name])


def measure(rounds: int) -> Section:
    """All rows of the part, from so many rounds in turn."""
    found = {count: _Picked() for count in (FEW, MANY)}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {count: stack.enter_context(served("--users", str(count))) for count in found}
        for number in range(rounds + 1):
            for count, picked in found.items():
                url, passwords = servers[count]
                values = _pick(url, passwords, count, folder)
                if number:  # the first round warms the caches
                    for name, measured in values.items():
                        picked.values[name] += measured
    note = (
        "A letter's time holds the pause of 150 ms after which the server is asked. "
        "The server's own time is that of the same request by httpx."
    )
    return Section(f"The user picker: {MANY:,} users beside {FEW}", _rows(found[FEW], found[MANY]), [note])


def _pick(url: str, passwords: dict[str, str], count: int, folder: Path) -> dict[str, list[float]]:
    """One session: open the picker, move, search, go through the list from end to end."""
    values: dict[str, list[float]] = defaultdict(list)
    everybody = f"{count:,} users"
    with Meter((*HERE, "--control-room", url), environment(folder)) as meter, _asking(url, passwords) as server_time:
        walk = Walk(meter)
        meter.until("f1 help")
        sign_in(walk, story.ADMIN, passwords, "> Set up a role")
        values["open"].append(meter.shown("\r", everybody))
        meter.until("Create role")
        for letter in LETTERS:
            took = meter.shown(letter, "match")
            values["letter"].append(took)
            values["after the pause"].append(took - PAUSE - server_time(letter))
            meter.press("\x7f", everybody)
        meter.press("\r", "> □")
        for key in [story.DOWN] * 6 + [story.UP] * 4:
            answer = meter.press(key)
            values["move"].append(answer.milliseconds)
            values["bytes"].append(answer.sent)
        for key in "Gg":
            meter.press(key, "> □")
        for _ in range(8):
            meter.press("\x1b[6~", "> □")
        values["memory"].append(peak_megabytes(meter.process))
    return values


@contextmanager
def _asking(url: str, passwords: dict[str, str]) -> Iterator[Callable[[str], float]]:
    """Asks for the users whose name holds a text, by httpx on a connection that is open: milliseconds."""
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        credential = {"username": story.ADMIN, "password": passwords[story.ADMIN]}
        client.headers["X-Authorization"] = client.post("/v2/authentication", json=credential).json()["token"]

        def took(text: str) -> float:
            search = {"operator": "substring", "field": "username", "value": text}
            sort = [{"field": "username", "direction": "asc"}]
            body = {"filter": search, "sort": sort, "page": {"offset": 0, "length": 50}}
            spans = []
            for _ in range(3):
                began = time.monotonic()
                client.post("/v2/usermanagement/users/list", json=body)
                spans.append((time.monotonic() - began) * 1000)
            return median(spans)

        yield took
        client.post("/v1/authentication/logout")


def _rows(few: _Picked, many: _Picked) -> list[Row]:
    rows = []
    for what, name in (("open", "open"), ("move", "move"), ("a letter of the search to its rows", "letter")):
        ratio = many.of(name) / few.of(name)
        beside = {f"{FEW} users": span(few.of(name))}
        rows.append(Row(what, "≤ 1.10 ×", span(many.of(name)), ratio <= 1.1, beside, ratio))
    moved, extra = many.of("bytes"), many.of("after the pause")
    rows.append(Row("bytes a move", "≤ 500 B", size(moved), moved <= 500, {f"{FEW} users": size(few.of("bytes"))}))
    rows.append(Row("a letter: beyond the pause and the server's own time", "≤ 30 ms", span(extra), extra <= 30))
    more = many.of("memory") - few.of("memory")
    beside = {f"{FEW} users": f"{few.of('memory'):.1f} MB"}
    rows.append(Row("memory at the end", "≤ +2 MB", f"{many.of('memory'):.1f} MB ({more:+.1f})", more <= 2, beside))
    return rows
