"""`Registration`: a reference bound to one Control Room and one user, and the stored form of a list of them."""

from collections.abc import Iterable

import msgspec

from a360tui.errors import InvalidInput
from a360tui.text import harmless
from a360tui.workflow.references.kinds import Reference

VERSION = 1
"""The version of the stored form that this program writes."""


class Registration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One place, and the user whose key it holds."""

    control_room: str
    """The Control Room's address: ``https://host[:port]``."""
    username: str
    reference: Reference


class _Stored(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    references: tuple[Registration, ...]


class _Versioned(msgspec.Struct):
    version: int


def encode(registrations: Iterable[Registration]) -> bytes:
    """The stored form: a JSON document with its version; no secret is in it."""
    stored = msgspec.json.encode(_Stored(VERSION, tuple(registrations)))
    return msgspec.json.format(stored, indent=2) + b"\n"


def decode(stored: bytes, name: str = "The list of places") -> tuple[Registration, ...]:
    """Read what `encode` wrote; ``name`` is what messages call it.

    Raises `InvalidInput`, whose ``field`` is the place in the document (``references[0].key_path``); a document of a
    later version, or no document at all, is never read as an empty list.
    """
    try:
        version = msgspec.json.decode(stored, type=_Versioned).version
        if version != VERSION:
            raise InvalidInput(
                f"{name} has version {version}; this program reads {VERSION}.",
                "Use the newer a360tui that wrote it.",
                field="version",
            )
        return msgspec.json.decode(stored, type=_Stored).references
    except (msgspec.DecodeError, RecursionError) as error:
        what, _, where = str(error).partition(" - at ")
    raise InvalidInput(
        f"{name} cannot be read: {harmless(what)}.",
        "It was left as it is. Repair it, or move it away.",
        field=where.strip("`").removeprefix("$").removeprefix("."),
    )
