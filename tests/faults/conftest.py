"""The bench, one for each process that tests, and what the tests of a kind have in common."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator

import pytest

from tests.faults.bench import Bench, Trial
from tests.faults.judge import Verdict, tried


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (apt: strace)")
    if subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace may not trace here (ptrace is forbidden)")
    with Bench() as opened:
        yield opened


def made(bench: Bench, trials: Iterable[Trial]) -> list[Verdict]:
    """Make them all; the first fault ends it."""
    verdicts = []
    for trial in trials:
        verdict = tried(bench, trial)
        assert not verdict.faults, f"{trial.name}: {verdict.faults}"
        verdicts.append(verdict)
    return verdicts
