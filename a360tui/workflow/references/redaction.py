"""Leave keys out of what a command wrote, in every form in which a program is likely to write them."""

import base64
import html
import json
import re
import shlex
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from a360tui.secret import MASK, Secret
from a360tui.text import harmless, shortened

_SHORTEST = 4
"""Characters; a shorter form reveals no key, and would blank out too much of the text."""


class Redaction:
    """Leaves certain keys out of texts."""

    def __init__(self, keys: Iterable[Secret]) -> None:
        forms = {form for key in keys for form in _forms(key.reveal()) if len(form) >= _SHORTEST}
        longest_first = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if forms else None
        self._forms = longest_first

    def __call__(self, text: str) -> str:
        """The text with ``•••`` instead of each form of a key, in upper or lower case."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def cut(self, text: str) -> str:
        """A text that was cut off, without the beginning of a form that may be at its end."""
        folded = text.casefold()
        end = len(text)
        for form in self._forms:
            lengths = range(min(len(form), len(text)), 0, -1)
            beginnings = (length for length in lengths if folded.endswith(form[:length].casefold()))
            end = min(end, len(text) - next(beginnings, 0))
        return text[:end]


def redacted(text: str, keys: Iterable[Secret], width: int, *, is_cut: bool = False) -> str:
    """What a program wrote, for people: without keys, harmless line by line, at most ``width`` characters.

    ``is_cut`` says that the text was cut off, perhaps in the middle of a key.
    """
    redaction = Redaction(keys)
    text = redaction(text)
    if is_cut:
        text = redaction.cut(text)
    return shortened("\n".join(map(harmless, text.strip().splitlines())), width)


def _forms(key: str) -> set[str]:
    """The key as it is and in common encodings; in base64, the part that does not depend on the text around the key."""
    as_json = json.dumps(key)[1:-1]
    for_web_pages = as_json
    for character in "<>&'":
        for_web_pages = for_web_pages.replace(character, f"\\u{ord(character):04x}")
    in_double_quotes = re.sub(r'([\\"$`])', r"\\\1", key)
    return {
        key,
        key[::-1],
        key.encode().hex(),
        quote(key),
        quote(key, safe=""),
        quote_plus(key),
        as_json,
        for_web_pages,
        as_json.replace("/", "\\/"),
        in_double_quotes,
        shlex.quote(key)[1:-1],
        key.replace("'", "'\\''"),
        key.replace("'", "''"),
        key.replace("'", "\\'"),
        key.replace("%", "%%"),
        repr(key)[1:-1],
        html.escape(key),
        html.escape(key, quote=False),
        *_base64_forms(key.encode()),
    }


def _base64_forms(key: bytes) -> Iterable[str]:
    for offset, first in enumerate((0, 2, 3)):
        whole = (offset + len(key)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(bytes(offset) + key).decode()[first:whole]
