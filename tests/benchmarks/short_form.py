"""README's short form of the results: some rows of ``RESULTS.md``, figure by figure as they stand there."""

import re
from collections.abc import Iterator
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"

_BLOCK = re.compile("(?<=<!-- speed -->\\n).*?(?=<!-- end -->)", re.DOTALL)
_HEAD = ("what", "must reach", "a360tui", "beside it")
_ROWS = {
    "first light of `a360tui`": "first light after the start",
    "`a360tui demo`, ready to type": "the demo, ready to type",
    "… bytes to that screen": "bytes to the first screen",
    "Tab in a form, bytes": "Tab in a form",
    "a letter in a field": "a letter in a field",
    "Down in a list, bytes": "Down in a list",
    "the regenerate dialog: opening": "the regenerate dialog: opening it",
    "idle for 10 s": "idle, any screen, 10 s",
    "memory through every screen, `a360tui demo`": "memory through every screen, the demo's server in it",
    "`--version`": "`--version`",
    "`key status`, whole process": "`key status`, the whole process",
    "open": "the user picker with 100,000 users: open",
    "a letter of the search to its rows": "… a letter of the search to its rows",
    "rate, pages embedded": "reading 100,000 users",
    "role, first key, second key: bytes in all": "role, first key and second key over 300 ms and 64 kbit/s",
}
"""How a row of the results begins → what README calls it."""


def short_form(results: str) -> str:
    """The rows of the results that README shows, as a table; what was not measured is not in it."""
    rows = [_HEAD, ("---",) * len(_HEAD)]
    found = list(_found(results))
    for begins, words in _ROWS.items():
        row = next((row for row in found if row["what"] == begins or row["what"].startswith(f"{begins}, ")), None)
        if row is not None:
            others = [name for name in row if name not in {"what", "must reach", "a360tui", "ratio", "met"}]
            beside = next((f"{row[name]}, {name}" for name in others if row[name] != "–"), "")
            rows.append((words, row["must reach"], row["a360tui"], beside))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _found(results: str) -> Iterator[dict[str, str]]:
    """Each row of each table of the results, by the heads of its columns."""
    head: list[str] = []
    for line in results.splitlines():
        if not line.startswith("|"):
            head = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not head:
            head = cells
        elif set(cells) != {"---"}:
            yield dict(zip(head, cells, strict=True))


def in_readme() -> str:
    """What README shows."""
    found = _BLOCK.search(README.read_text())
    assert found is not None, "README has no place for the short form"
    return found[0]


def write(results: str) -> None:
    """Let README show these results."""
    README.write_text(_BLOCK.sub(lambda _: short_form(results), README.read_text(), count=1))
