"""Changing one value in a text and nothing else: find its span, put the new source there, prove it by reading.

A format's library finds the value and reads the outcome; it never writes the file, since every writer reflows
something. All bytes outside the span are those of the original by construction.
"""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from a360tui.secret import Secret
from a360tui.workflow.references.refusal import Unreadable, Unsupported

_BOM = "\ufeff"

THE_VALUE = "the value"
"""What stands in the place of the value where the rest of two documents is compared."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands in a text."""

    start: int
    """The first character of the value's source, its quotes included."""
    end: int
    """The character after its source."""
    value: Secret
    """What the format's own reader makes of it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a format's own reader makes of a whole text."""

    value: Secret
    rest: str
    """Everything but the value, in a form that is equal where nothing else changed; it may hold other secrets."""


class Format(Protocol):
    """A file format, for one key path."""

    bom: ClassVar[bool]
    """Whether its reader takes a text that begins with a byte-order mark."""

    def locate(self, text: str) -> Spot:
        """Where the value is; raises a `Refusal` where it is absent, not unique, or written in an unsupported way."""
        ...

    def rendered(self, source: str, key: str) -> str:
        """The source for ``key`` in the style of the ``source`` it replaces; raises `Unsupported` where none can be."""
        ...

    def read(self, text: str) -> Reading:
        """What the format's own reader sees; raises a `Refusal` where it sees no such value."""
        ...


def decoded(data: bytes, *, bom: bool) -> str:
    """The text of a file, its byte-order mark and line ends kept; raises `Unreadable`."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = error.start
    else:
        if "\0" in text:
            raise Unreadable("has a NUL character: it is not a text file.")
        if text.startswith(_BOM) and not bom:
            raise Unreadable("begins with a byte-order mark, which readers of this format refuse.")
        return text
    raise Unreadable(f"is not UTF-8 (byte {byte + 1}).")


def located(text: str, language: Format) -> Spot:
    """Where the value is in a file's text, which may begin with a byte-order mark."""
    shift = len(_BOM) if text.startswith(_BOM) else 0
    spot = language.locate(text[shift:])
    reading = language.read(text[shift:])
    if reading.value != spot.value:
        raise Unsupported("writes the value in a way that is not understood.")
    return Spot(spot.start + shift, spot.end + shift, spot.value)


def edited(text: str, language: Format, key: Secret) -> str:
    """The same text with ``key`` as the value.

    Raises `Unsupported` where the format's reader would not read exactly ``key``, or anything else differently.
    """
    spot = located(text, language)
    source = language.rendered(text[spot.start : spot.end], key.reveal())
    outcome = text[: spot.start] + source + text[spot.end :]
    now = located(outcome, language)
    if now.value != key or (now.start, now.end) != (spot.start, spot.start + len(source)):
        raise Unsupported("cannot hold this key.")
    if language.read(outcome.removeprefix(_BOM)).rest != language.read(text.removeprefix(_BOM)).rest:
        raise Unsupported("cannot hold this key without changing something else.")
    return outcome
