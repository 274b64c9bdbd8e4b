"""Change one value in a text and nothing else: find its span, replace it, and prove the result by reading it.

A format's library finds the value and reads the result. It never writes the file, since every writer reformats
something. All bytes outside the span are unchanged by construction.
"""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from a360tui.secret import Secret
from a360tui.workflow.references.formats.limits import refuse_costly
from a360tui.workflow.references.refusal import Unreadable, Unsupported

_BOM = "\ufeff"

THE_VALUE = "the value"
"""Replaces the value when the rest of two documents is compared."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as its format's own reader reads it, and where the value is in it."""

    start: int
    """The first character of the value's source, its quotes included."""
    end: int
    """The character after its source."""
    value: Secret
    rest: Secret
    """Everything but the value; equal for two texts in which nothing else differs."""


class Format(Protocol):
    """A file format, for one key path."""

    bom: ClassVar[bool]
    """Whether its reader accepts a byte-order mark."""

    def read(self, text: str) -> Reading:
        """Find and read the value in a text without a byte-order mark.

        Raises a `Refusal` where it is absent, not unique, or written in a way that cannot be changed alone.
        """
        ...

    def rendered(self, source: str, key: str) -> str:
        """The source for ``key`` in the style of the ``source`` it replaces.

        Raises `Unsupported` where there is none.
        """
        ...


def decoded(data: bytes, *, bom: bool) -> str:
    """The text of a file, with its byte-order mark and line ends; raises `Unreadable`."""
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
    refuse_costly(text)
    try:
        reading = language.read(text[shift:])
    except RecursionError:
        problem = "is nested too deeply."
    else:
        return Reading(reading.start + shift, reading.end + shift, reading.value, reading.rest)
    raise Unreadable(problem)


def edited(text: str, before: Reading, language: Format, key: Secret) -> str:
    """The text that was read as ``before``, with ``key`` as the value.

    Raises `Unsupported` where the format's reader would not read exactly ``key``, or would read anything else
    differently.
    """
    source = language.rendered(text[before.start : before.end], key.reveal())
    outcome = text[: before.start] + source + text[before.end :]
    after = located(outcome, language)
    if after.value != key or (after.start, after.end) != (before.start, before.start + len(source)):
        raise Unsupported("cannot hold this key.")
    if after.rest != before.rest:
        raise Unsupported("cannot hold this key without changing something else.")
    return outcome
