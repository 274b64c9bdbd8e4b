"""Files that a reader would hang on, run out of memory over, or fail at: refused before, with a sentence."""

from collections.abc import Callable
from pathlib import Path

import pytest

from a360tui.workflow.references import Condition, Dotenv, Fingerprints, Ini, Json, Reference, Toml, Yaml, place_of

_KINDS: dict[str, Callable[[str], Reference]] = {
    "dotenv": lambda path: Dotenv(path, "A"),
    "toml": lambda path: Toml(path, "a.b"),
    "json": lambda path: Json(path, "a.b"),
    "yaml": lambda path: Yaml(path, "a.b"),
    "ini": lambda path: Ini(path, "a.b"),
}
_DEEP = "is nested too deeply."
_LINES = "has more than 10,000 lines."
_BLANKS = "has more than 1,000 blanks in a row."
_NAMES = "has more than 100 names joined by dots."
_NUMBER = "has a number that is too long to be read."
_MANY = 50_000

COSTLY = {
    "toml brackets": ("toml", "a = " + "[" * _MANY, _DEEP),
    "toml tables": ("toml", "[" + "a." * _MANY + "a]", _NAMES),
    "toml names in quotes": ("toml", '"a b".' * 10_000 + "b = 1", _NAMES),
    "toml number": ("toml", "[a]\nb = 'x'\nc = " + "9" * _MANY, _NUMBER),
    "toml hexadecimal": ("toml", "[a]\nb = 'x'\nc = 0x" + "9" * _MANY, _NUMBER),
    "toml lines": ("toml", "[a]\nb = 'x'\n" + "#\n" * _MANY, _LINES),
    "json brackets": ("json", '{"a":' * 20_000, _DEEP),
    "json number": ("json", '{"a": {"b": "x"}, "c": ' + "9" * _MANY + "}", _NUMBER),
    "yaml brackets": ("yaml", "[" * _MANY, _DEEP),
    "yaml brackets, a line each": ("yaml", "[\n" * 9_000, _DEEP),
    "yaml items": ("yaml", "- " * _MANY, _DEEP),
    "yaml keys": ("yaml", "? " * _MANY, _DEEP),
    "yaml lines": ("yaml", "a:\n  b: x\n" + "#\n" * _MANY, _LINES),
    "ini lines": ("ini", "[a]\n" + "x\n" * _MANY, _LINES),
    "ini blanks": ("ini", "[a]\nb = x\nc" + " " * _MANY + "d", _BLANKS),
    "dotenv blanks": ("dotenv", "A=a" + " " * _MANY + "b", _BLANKS),
    "dotenv variables": ("dotenv", "A=" + "${A" * 30_000, _DEEP),
}
"""What it is → the kind of file, its text, and what is said of it."""


@pytest.mark.parametrize(("kind", "text", "clause"), COSTLY.values(), ids=COSTLY)
async def test_it_is_refused(tmp_path: Path, kind: str, text: str, clause: str) -> None:
    """What takes its reader minutes or gigabytes, or makes it fail, is unreadable, and nothing else."""
    file = tmp_path / "settings"
    file.write_text(text)
    file.chmod(0o600)
    state = await place_of(_KINDS[kind](str(file)), Fingerprints(Fingerprints.new_pepper())).check(None)
    assert state.condition is Condition.UNREADABLE
    assert state.sentence.endswith(clause)
