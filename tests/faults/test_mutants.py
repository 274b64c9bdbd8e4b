"""The sweep finds mistakes: each of these, put into the program on purpose, turns it red."""

from dataclasses import replace

import pytest

from tests.faults.bench import Bench, Trial
from tests.faults.judge import tried
from tests.faults.mutants import MUTANTS
from tests.faults.room import Plan

FOUND_BY = {
    "fsync-dropped": (Trial("as it should be", traced=True), "ORDER"),
    "parsed-first": (Trial("in pieces", Plan("pieces", cut_at=60), traced=True), "ORDER"),
    "posted-again": (Trial("answer lost", Plan("lost_reset")), "EXTRA"),
    "lock-left-out": (Trial("eight at once", at_once=8), "EXTRA"),
    "intent-left-out": (Trial("as it should be", traced=True), "ORDER"),
    "marked-first": (Trial("as it should be"), "SILENT"),
    "tried-again": (Trial("refused", Plan(refusals=9)), "LOCKED"),
    "sealed-in-name-only": (Trial("answer lost", Plan("lost_reset")), "LEAK"),
    "written-in-place": (Trial("as it should be"), "TORN"),
}
"""A mutant → a trial of the sweep that is without fault otherwise, and the fault that it shows."""

TRIES = {"lock-left-out": 6}
"""How often a trial is made until it shows its fault: where all else on the machine is busy, eight may come in turn."""


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_mutant_is_found(bench: Bench, mutant: str) -> None:
    """The trial is without fault as the program is, and shows its fault with the mistake."""
    trial, fault = FOUND_BY[mutant]
    assert tried(bench, trial).faults == {}
    assert any(fault in tried(bench, replace(trial, mutant=mutant)).faults for _ in range(TRIES.get(mutant, 1)))
