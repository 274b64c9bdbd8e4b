"""README's table of keys is the registry of actions."""

import re
from pathlib import Path

from a360tui.tui.actions import ACTIONS, keys_shown

README = Path(__file__).parents[2] / "README.md"


def table() -> str:
    """The table as README has it, a row an action."""
    rows = ["| where | key | what it does |", "| --- | --- | --- |"]
    for action in ACTIONS:
        keys = " or ".join(f"`{key}`" for key in keys_shown(action).split(" or "))
        rows.append(f"| {action.screen} | {keys} | {action.what} |")
    return "\n".join(rows)


def test_the_table_of_keys_is_the_registry() -> None:
    """Between its two marks README says what the registry says."""
    found = re.search(r"<!-- keys -->\n(.*?)<!-- end -->", README.read_text(), re.DOTALL)
    assert found is not None
    assert found[1].strip() == table()
