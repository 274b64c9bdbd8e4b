"""What a text may look like before any format's reader sees it.

The readers take time or memory that grows with the square of what is limited here; no file of settings comes near.
"""

import re

from a360tui.workflow.references.refusal import Unreadable

MOST_LINES = 10_000
DEEPEST = 100
"""Brackets that are open at the same place, also those in strings."""
MOST_BLANKS = 1000
"""Blanks in a row within a line."""
MOST_NAMES = 100
"""Names in a row, joined by dots."""

_BRACKET = re.compile(r"[\[\]{}]")
_BLANKS = re.compile(rf"[^\S\r\n]{{{MOST_BLANKS + 1}}}")
_NAME = r"""(?:"[^"\n]*+"|'[^'\n]*+'|[\w-]++)"""
_NAMES = re.compile(rf"""(?<![\w"'-]){_NAME}(?:[ \t]*\.[ \t]*{_NAME}){{{MOST_NAMES}}}""")


def refuse_costly(text: str) -> None:
    """Raise `Unreadable` for a text that a reader could hang on."""
    if len(text.splitlines()) > MOST_LINES:
        raise Unreadable(f"has more than {MOST_LINES:,} lines.")
    if _BLANKS.search(text):
        raise Unreadable(f"has more than {MOST_BLANKS:,} blanks in a row.")
    if _NAMES.search(text):
        raise Unreadable(f"has more than {MOST_NAMES} names joined by dots.")
    depth = 0
    for bracket in _BRACKET.findall(text):
        depth = depth + 1 if bracket in "[{" else max(depth - 1, 0)
        if depth > DEEPEST:
            raise Unreadable("is nested too deeply.")
