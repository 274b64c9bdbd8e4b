"""Text made fit to be shown: made harmless, shortened, or folded into lines."""

import re
import unicodedata
from collections.abc import Callable, Iterator

_SUSPECT = re.compile(r"[^\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u0482\u048a-\u058f]+")
"""A quick test: only characters outside these ranges are looked up by category."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control, format (bidi, zero width, tags), surrogate, private use, unassigned, line and paragraph separators."""

_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
"""Characters of other categories that draw nothing."""

_LAST_BYTE = 0xFF
_LAST_OF_PLANE_0 = 0xFFFF

_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_MARKS = frozenset({"Mn", "Me"})
"""Combining marks, which are drawn over the character before them."""

MOST_MARKS = 8
"""Combining marks kept for one character: more than any script needs; a flood would spill over the lines around it."""

_LEAST_ROOM = 20
"""Characters of each line that are left for the text, however long its ``head`` is."""


def harmless(text: str, escape: Callable[[str], str] | None = None) -> str:
    r"""The text with every control, bidi, zero-width and tag character written out, as ``\x1b`` or ``\u202e``.

    Any other blank becomes a space, and of a flood of combining marks the first `MOST_MARKS` are kept. The result is
    one line, safe on a terminal, in a log and in JSON. ``escape``, where given, writes those characters, and blanks, in
    another way.
    """
    return _SUSPECT.sub(lambda match: "".join(_visible(match.group(), escape)), text)


def _visible(characters: str, escape: Callable[[str], str] | None) -> Iterator[str]:
    marks = 0
    for character in characters:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if category == "Zs" and escape is None:
            yield " "
        elif category in _HIDDEN or category == "Zs" or _draws_nothing(character) or marks > MOST_MARKS:
            yield (escape or _escape)(character)
        else:
            yield character


def _draws_nothing(character: str) -> bool:
    return character in _BLANK or _VARIATION.match(character) is not None


def _escape(character: str) -> str:
    code = ord(character)
    if code <= _LAST_BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _LAST_OF_PLANE_0 else f"\\U{code:08x}"


def harmless_json(text: str) -> str:
    """The JSON document with every harmful character written as a JSON escape, so that its values stay the same."""
    flat = text.replace("\n", " ")
    if harmless(flat) == flat:
        return text
    return "\n".join(line if harmless(line) == line else harmless(line, _json_escape) for line in text.split("\n"))


def _json_escape(character: str) -> str:
    import json

    return json.dumps(character)[1:-1]


def shortened(text: str, width: int) -> str:
    """At most ``width`` characters; ``…`` shows that something was cut off."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def quoted(text: str, width: int = 60) -> str:
    """Text that somebody typed or sent, to be quoted in a sentence: in quotes, harmless, and not too long."""
    return f"“{shortened(harmless(text), width)}”"


def folded(head: str, text: str, width: int | None) -> list[str]:
    """``head`` and the text beside it, folded into lines of ``width`` characters; one line where ``width`` is None."""
    import textwrap

    whole = f"{head}{text}".rstrip()
    if width is None or len(whole) <= width:
        return [whole]
    room = max(width - len(head), _LEAST_ROOM)
    lines = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
    return [f"{head if not index else ' ' * len(head)}{line}".rstrip() for index, line in enumerate(lines)]
