"""Text that means harm, of every kind: what acts on a terminal, hides, turns around, floods, or is taken for markup."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from a360tui.text import harmless

_KINDS = {
    "clear the screen": "\x1b[3J\x1b[9;9Hx",
    "conceal what follows": "\x1b[8mx",
    "window title": "\x1b]0;owned\x07x",
    "window title, other end": "\x1b]2;owned\x1b\\x",
    "hyperlink": "\x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;aGk=\x07x",
    "device control": '\x1bP$q"p\x1b\\x',
    "application command": "\x1b_Gi=1\x1b\\x",
    "privacy message": "\x1b^x\x1b\\\x1bXx\x1b\\",
    "8-bit control sequence": "\x9b2Jx",
    "8-bit window title": "\x9d0;owned\x9cx",
    "bell": "a\x07b",
    "backspace": "abc\x08\x08\x08xyz",
    "carriage return": "good\revil",
    "line feed": "one\ntwo",
    "tabs and feeds": "a\tb\x0b\x0cc",
    "null": "a\x00b",
    "delete": "a\x7fb",
    "direction override": "a\u202egnp.exe\u202c",
    "direction isolates": "a\u2066x\u2069\u200f\u200e\u061c",
    "zero width": "a\u200bb\u200c\u200d\u2060\ufeff",
    "tags": "a\U000e0061\U000e0062\U000e007f",
    "combining flood": "q" + "\u0301" * 24,
    "right to left": "a \u05e9\u05dc\u05d5\u05dd",
    "wide and joined": "a\u6f22\u5b57\U0001f469\u200d\U0001f467\U0001f3f3\ufe0f\u200d\U0001f308",
    "closing markup": "[/]x",
    "markup that quits": "[@click=app.quit]x[/]",
    "markup that links": "[link=http://evil.example]x[/link]",
    "markup that colours": "[red on blue]AAE_[Finance]",
    "open markup": "[red [[ \\[x",
    "emphasis": ":smile: [b]x[/b]",
    "lone surrogates": "a\ud800x\udfff",
    "separators": "a\u2028b\u2029c\x85d",
    "other blanks": "a\u00a0b\u3000c\u2003d\u115f\u3164",
    "variations": "a\ufe0fb\U000e0100",
    "private and unassigned": "a\ue000\uf8ff\U0010ffff\u0378",
    "format": "%s{}{0.__class__}%n$accent",
    "shell": "$(reboot)`id`;|&&'\"<!--",
    "10 kB": "L" * 10_000,
}


def squeezed(text: str) -> str:
    """Without the blanks, frames and line ends that a screen puts between the letters of a text."""
    return "".join(letter for letter in text if not letter.isspace() and letter not in "│┃▁▂▃▄▅▆▇█")


@dataclass(frozen=True)
class Payload:
    """One of them, with a mark by which it is found on a screen."""

    kind: str
    mark: str
    text: str
    """What the server stores."""

    @cached_property
    def readings(self) -> tuple[str, ...]:
        """How its beginning must be read, escapes written out: as a name, in a sentence of one line, or in quotes."""
        return tuple(map(self._beginning, (self.text, " ".join(self.text.split()), repr(self.text)[1:-1])))

    def _beginning(self, text: str) -> str:
        """Up to what is not ASCII, which a terminal's emulator may draw in its own way."""
        shown = harmless(text)
        ascii_end = next((index for index, letter in enumerate(shown) if not letter.isascii()), len(shown))
        return squeezed(shown[: min(ascii_end, len(self.mark) + 12)])


PAYLOADS = tuple(
    Payload(kind, f"p{number:02}", f"p{number:02}{text}") for number, (kind, text) in enumerate(_KINDS.items())
)
LONGEST = PAYLOADS[-1]

BUNDLES = (*(PAYLOADS[:-1][start : start + 4] for start in range(0, len(PAYLOADS) - 1, 4)), (LONGEST,))
"""A few at a time, for what shows one text; the longest has it for itself."""


def joined(payloads: Iterable[Payload]) -> str:
    return " ".join(payload.text for payload in payloads)


def found(payloads: Iterable[Payload], text: str, *, before: str = "") -> set[Payload]:
    """Those that are to be read in a text, with a letter before each that says which text of several it is."""
    letters = squeezed(text)
    return {payload for payload in payloads if any(f"{before}{reading}" in letters for reading in payload.readings)}
