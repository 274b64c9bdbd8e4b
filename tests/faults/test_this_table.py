"""README.md beside this file says which test shows what: it must be true."""

import ast
import re
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("README.md")
TESTS = Path(__file__).parents[1]
LAST_FAULT = 32


@cache
def names_in(path: Path) -> frozenset[str]:
    """The names of a file's tests."""
    nodes = ast.parse(path.read_text()).body
    functions = (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(one.name for one in functions if one.name.startswith("test_"))


def test_every_test_that_it_names_exists() -> None:
    """Each ``file.py::test`` is a test of that file."""
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", TABLE.read_text())
    assert len(named) > 100
    missing = [f"{path}::{name}" for path, name in named if name not in names_in(TESTS / path)]
    assert missing == []


def test_every_fault_has_its_row() -> None:
    """The numbers of the list of faults are all there, in order, each with a test and a result."""
    rows = re.findall(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", TABLE.read_text(), re.MULTILINE)
    assert [int(number) for number, *_ in rows] == list(range(1, LAST_FAULT + 1))
    assert all("::test_" in tests and result.strip() for _, _, tests, result in rows)


def test_every_test_of_these_folders_is_named() -> None:
    """No test of the faults themselves is without its row."""
    text = TABLE.read_text()
    files = [path for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__)]
    names = {f"faults/{path.name}::{name}" for path in files for name in names_in(path)}
    assert {name for name in names if name not in text} <= {
        "faults/test_mutants.py::test_a_mutant_is_found",
        "faults/test_order.py::test_an_answer_is_in_both_slots_before_the_next_call",
    }
