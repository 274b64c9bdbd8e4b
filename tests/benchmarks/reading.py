"""Reading 100,000 users through the API layer, beside a bare loop over the same pages."""

import json
import pickle
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from tests.benchmarks import story
from tests.benchmarks.reader import PAGE
from tests.benchmarks.server import served
from tests.benchmarks.table import Row, Section

MANY, FEW = 100_000, 1_000
ONE_WAY = 0.025
"""Seconds that the slow line takes each way."""

Values = dict[str, list[float]]


def measure(rounds: int) -> Section:
    """All rows of the part, from so many rounds in turn."""
    found: Values = defaultdict(list)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        file = folder / "pages"
        url, passwords = stack.enter_context(served("--users", str(MANY)))
        small, small_passwords = stack.enter_context(served("--users", str(FEW)))
        _record(url, passwords, file)
        pages = f"http://127.0.0.1:{stack.enter_context(_started('pages', str(file)))}"
        password = passwords[story.ADMIN]
        turns = {"few": ("a360tui", small, small_passwords[story.ADMIN], "")}
        for name, server in (("embedded", url), ("replayed", pages)):
            port = server.rpartition(":")[2]
            turns[f"bare {name}"] = ("bare", server, password, "")
            turns[f"own {name}"] = ("a360tui", server, password, "")
            for line, seconds in (("near", 0.0), ("far", ONE_WAY)):
                socket = stack.enter_context(_started("line", port, str(seconds), str(folder / f"{line}-{name}")))
                turns[f"{line} {name}"] = ("a360tui", server, password, socket)
        for number in range(rounds + 1):
            for name, turn in turns.items():
                outcome = _read(*turn)
                if number:  # the first round warms the caches
                    found[name].append(outcome["seconds"])
                    found[f"{name} memory"].append(outcome["megabytes"])
    note = (
        "Replayed: a server answers at once with pages recorded from the embedded one, which itself is the slowest "
        f"part. The line of 50 ms delays what passes by {ONE_WAY * 1000:.0f} ms each way; the one of 0 ms does not."
    )
    return Section(f"Reading {MANY:,} users", list(_rows({name: median(each) for name, each in found.items()})), [note])


@contextmanager
def _started(*arguments: str) -> Iterator[str]:
    """A cheap server or a line: the port or the socket that it listens on."""
    command = (sys.executable, "-m", "tests.benchmarks.replay", *arguments)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def _record(url: str, passwords: Mapping[str, str], file: Path) -> None:
    pages = []
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        credential = {"username": story.ADMIN, "password": passwords[story.ADMIN]}
        client.headers["X-Authorization"] = client.post("/v2/authentication", json=credential).json()["token"]
        for offset in range(0, MANY, PAGE):
            sort = [{"field": "username", "direction": "asc"}]
            body = {"sort": sort, "page": {"offset": offset, "length": PAGE}}
            pages.append(client.post("/v2/usermanagement/users/list", json=body).content)
    file.write_bytes(pickle.dumps(pages))


def _read(who: str, url: str, password: str, socket: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.reader", who, url, story.ADMIN, *([socket] if socket else [])]
    done = subprocess.run(command, input=password, capture_output=True, text=True, check=True)
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


def _rate(seconds: float) -> str:
    return f"{MANY / seconds:,.0f} rows/s"


def _rows(found: Mapping[str, float]) -> Iterator[Row]:
    for name in ("embedded", "replayed"):
        ratio = found[f"bare {name}"] / found[f"own {name}"]
        beside = {"bare httpx, json.loads": _rate(found[f"bare {name}"])}
        yield Row(f"rate, pages {name}", "≥ 0.80 ×", _rate(found[f"own {name}"]), ratio >= 0.8, beside, ratio)
    for name in ("embedded", "replayed"):
        near, far = found[f"near {name}"], found[f"far {name}"]
        beside = {"a line of 0 ms": f"{near:.2f} s"}
        yield Row(f"a line of 50 ms, pages {name}", "≤ 1.30 ×", f"{far:.2f} s", far / near <= 1.3, beside, far / near)
    many, few = found["own embedded memory"], found["few memory"]
    beside = {f"{FEW:,} users": f"{few:.1f} MB"}
    yield Row("memory", "flat", f"{many:.1f} MB ({many - few:+.1f})", many - few <= 4, beside)
