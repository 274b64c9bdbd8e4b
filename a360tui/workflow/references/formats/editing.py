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
class Reading:
    """What a format's own reader makes of a text, and where in it the value is written."""

    start: int
    """The first character of the value's source, its quotes included."""
    end: int
    """The character after its source."""
    value: Secret
    rest: Secret
    """Everything but the value, in a form that is equal where nothing else changed."""


class Format(Protocol):
    """A file format, for one key path."""

    bom: ClassVar[bool]
    """Whether its reader takes a text that begins with a byte-order mark."""

    def read(self, text: str) -> Reading:
        """Find and read the value, in a text without a byte-order mark.

        Raises a `Refusal` where it is absent, not unique, or written in a way that cannot be changed alone.
        """
        ...

    def rendered(self, source: str, key: str) -> str:
        """The source for ``key`` in the style of the ``source`` it replaces; raises `Unsupported` where none can be."""
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


def located(text: str, language: Format) -> Reading:
    """Find and read the value in a file's text, which may begin with a byte-order mark."""
    shift = len(_BOM) if text.startswith(_BOM) else 0
    try:
        reading = language.read(text[shift:])
    except RecursionError:
        problem = "is nested too deeply."
    else:
        return Reading(reading.start + shift, reading.end + shift, reading.value, reading.rest)
    raise Unreadable(problem)


def edited(text: str, before: Reading, language: Format, key: Secret) -> str:
    """The text of which ``before`` is the reading, with ``key`` as the value.

    Raises `Unsupported` where the format's reader would not read exactly ``key``, or anything else differently.
    """
    source = language.rendered(text[before.start : before.end], key.reveal())
    outcome = text[: before.start] + source + text[before.end :]
    after = located(outcome, language)
    if after.value != key or (after.start, after.end) != (before.start, before.start + len(source)):
        raise Unsupported("cannot hold this key.")
    if after.rest != before.rest:
        raise Unsupported("cannot hold this key without changing something else.")
    return outcome
