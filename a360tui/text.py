"""Text made fit to be shown: made harmless, shortened, or folded into lines."""

import re
import unicodedata
from collections.abc import Callable

_SUSPECT = re.compile(r"[^\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u0482\u048a-\u058f]")
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

_MOST_KNOWN = 10_000
"""Entries of one table that are kept."""

_LEAST_ROOM = 20
"""Characters of each line that are left for the text, however long its ``head`` is."""


def harmless(text: str) -> str:
    r"""The text with every control, bidi, zero-width and tag character written out, as ``\x1b`` or ``\u202e``.

    Any other blank becomes a space, and of a flood of combining marks the first `MOST_MARKS` are kept. The result is
    one line, safe on a terminal, in a log and in JSON.
    """
    return text if _SUSPECT.search(text) is None else _visible(text, _SHOWN, _ESCAPED)


def is_harmless(text: str) -> bool:
    """Whether `harmless` leaves the text as it is."""
    return harmless(text) == text


class _Table(dict[int, str]):
    """Character → its replacement, worked out on first use; `str.translate` is quick even for megabytes of text."""

    def __init__(self, write: Callable[[str], str]) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, code: int) -> str:
        written = self._write(chr(code))
        if len(self) < _MOST_KNOWN:
            self[code] = written
        return written


def _visible(text: str, shown: _Table, escaped: _Table) -> str:
    """The text translated by ``shown``, and of each flood of combining marks the excess by ``escaped``."""
    parts, done = [], 0
    for flood in _FLOOD.finditer(text.translate(_MARK_OR_NOT)):
        start, end = flood.span("rest")
        parts += [text[done:start].translate(shown), text[start:end].translate(escaped)]
        done = end
    return "".join([*parts, text[done:].translate(shown)])


def _is_hidden(character: str) -> bool:
    category = unicodedata.category(character)
    return category in _HIDDEN or character in _BLANK or _VARIATION.match(character) is not None


def _escape(character: str) -> str:
    code = ord(character)
    if code <= _LAST_BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _LAST_OF_PLANE_0 else f"\\U{code:08x}"


def _show(character: str) -> str:
    if _is_hidden(character):
        return _escape(character)
    return " " if unicodedata.category(character) == "Zs" else character


def _json_escape(character: str) -> str:
    import json

    return json.dumps(character)[1:-1]


def _json_show(character: str) -> str:
    hidden = _is_hidden(character) or unicodedata.category(character) == "Zs"
    return _json_escape(character) if hidden else character


_SHOWN, _ESCAPED = _Table(_show), _Table(_escape)
_JSON_SHOWN, _JSON_ESCAPED = _Table(_json_show), _Table(_json_escape)
_MARK_OR_NOT = _Table(lambda character: "m" if unicodedata.category(character) in _MARKS else " ")
_FLOOD = re.compile(f"m{{{MOST_MARKS}}}(?P<rest>m+)")


def harmless_json(text: str) -> str:
    """The JSON document with every harmful character written as a JSON escape, so that its values stay the same."""
    if is_harmless(text.replace("\n", " ")):
        return text
    return "\n".join(_visible(line, _JSON_SHOWN, _JSON_ESCAPED) for line in text.split("\n"))


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
