"""README tells the keys as the registry of actions has them."""

from pathlib import Path

from a360tui.tui.actions import ACTIONS, keys_shown

_README = Path(__file__).parents[2] / "README.md"


def _table() -> str:
    rows = [f"| {action.screen} | `{keys_shown(action)}` | {action.what} |" for action in ACTIONS]
    return "\n".join(["| where | key | what it does |", "| --- | --- | --- |", *rows])


def test_the_table_of_keys_is_the_registry() -> None:
    """The table between the two markers is what the registry says, row by row."""
    told = _README.read_text().partition("<!-- keys -->\n")[2].partition("\n<!-- end -->")[0]
    assert _table() == told
