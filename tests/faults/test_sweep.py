"""A part of the sweep for every day, some 550 trials picked evenly; ``python -m tests.faults.sweep`` makes them all."""

from itertools import islice

import pytest

from tests.faults.bench import Bench, Trial
from tests.faults.conftest import made
from tests.faults.trials import KINDS, SCENES, at_once, positions, scripted

ONE_OF = {"killed": 8, "killed twice": 16, "disk fails": 24, "network fails": 2}
"""Of how many trials one is made."""

LEAST = {"killed": 40, "killed twice": 0, "disk fails": 25, "network fails": 12}
"""Trials of a kind in each scene, so that none of this can pass with nothing made: 308 in all."""

SHARES = 4
"""Tests between which the scripted ones are split, for processes that test at the same time."""


def name_of(scene: Trial) -> str:
    return scene.name.replace(" ", "-")


@pytest.mark.parametrize("scene", SCENES, ids=name_of)
@pytest.mark.parametrize("kind", KINDS)
def test_no_call_that_fails_loses_a_key(bench: Bench, kind: str, scene: Trial) -> None:
    """Killed at a system call, or with a disk or a network that fails there: no fault, and every injection hit."""
    every = KINDS[kind](scene, positions(bench, scene))
    verdicts = made(bench, islice(every, None, None, ONE_OF[kind]))
    hits = [verdict.hit for verdict in verdicts]
    assert len(hits) >= LEAST[kind]
    if kind == "killed twice":  # the second death may come too late for what is left to be done
        assert hits.count(True) >= len(hits) // 2
    else:
        assert hits.count(False) <= len(hits) // 20


@pytest.mark.parametrize("share", range(SHARES))
def test_no_answer_loses_a_key(bench: Bench, share: int) -> None:
    """Answers that are lost, cut, late, garbled, refused, repeated: no fault, with dates to be seen or hidden."""
    assert len(made(bench, islice(scripted(), share, None, 8 * SHARES))) >= 20


def test_of_eight_at_once_one_makes_a_key(bench: Bench) -> None:
    """Eight processes that begin at the same moment make one key, and the other seven say why they did not."""
    for verdict in made(bench, at_once(6)):
        told = [each.told or {} for each in verdict.ended[:8]]
        assert sum("ending" in each for each in told) == 1
        assert {each["error"] for each in told if "error" in each} <= {"LockHeld", "KeyChanged", "UnfinishedRotation"}
