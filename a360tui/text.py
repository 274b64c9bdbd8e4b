"""Text from elsewhere, made harmless: what cannot be seen, or acts on a terminal, becomes a visible escape."""

import re
import unicodedata

_SUSPECT = re.compile(r"[^\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u058f]")
"""A quick look: what is outside these ranges is asked for its category."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control, format (bidi, zero width, tags), surrogate, private use, unassigned, line and paragraph separators."""

_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
"""Letters and marks of other categories that draw nothing."""

_LAST_BYTE = 0xFF
_LAST_OF_PLANE_0 = 0xFFFF

_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def harmless(text: str) -> str:
    r"""The same text with every control, bidi, zero-width and tag character written out, as ``\x1b`` or ``\u202e``.

    Blanks other than the space become a space. The outcome has one line and is safe on a terminal, in a log, in JSON.
    """
    return _SUSPECT.sub(_visible, text)


def _visible(match: re.Match[str]) -> str:
    character = match.group()
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category in _HIDDEN or character in _BLANK or _VARIATION.match(character):
        return _escape(ord(character))
    return character


def _escape(code: int) -> str:
    if code <= _LAST_BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _LAST_OF_PLANE_0 else f"\\U{code:08x}"


def shortened(text: str, width: int) -> str:
    """At most ``width`` characters, the cut shown as ``…``."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"
