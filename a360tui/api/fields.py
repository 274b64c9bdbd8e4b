"""The types of an answer's fields that msgspec does not know: ids, times, secrets.

A Control Room sends an id as a string in one release and as a number in another; where there is no time, it leaves the
field out or sends ``null`` or ``""`` (`a360tui.api.wire_json` drops both). msgspec passes such a field to `read_field`.
"""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from a360tui.api.server_text import as_sent
from a360tui.secret import Secret

_ID = re.compile(r"[0-9A-Za-z._:~-]{1,128}")
_USUAL_DIGITS = 20

if TYPE_CHECKING:
    Identifier = str
    Moment = datetime
else:

    class Identifier(str):
        """An id as text, whether it came as a string or as a number."""

        __slots__ = ()

    class Moment(datetime):
        """A point in time, aware, in UTC."""


def identifier(value: object) -> str:
    """The id as text, safe to use in a path; raises `ValueError` for anything else."""
    if type(value) is str and value.isascii() and value.isdecimal() and len(value) <= _USUAL_DIGITS:
        return Identifier(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and _ID.fullmatch(value) and value.strip("."):
        return Identifier(value)
    raise ValueError("is not an id")


def moment(value: object) -> datetime:
    """The time in UTC; one without an offset is taken for UTC. Raises `ValueError` for what is no ISO 8601 time."""
    try:
        read = Moment.fromisoformat(value) if isinstance(value, str) else None
        if read is not None and read.tzinfo is UTC:
            return read
        if read is not None:
            return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("is not an ISO 8601 time")


def is_moment(value: object) -> bool:
    """Whether `moment` can read it."""
    try:
        moment(value)
    except ValueError:
        return False
    return True


def secret(value: object) -> Secret:
    """A secret as it came; raises `ValueError` for what is not a text, or empty."""
    if isinstance(value, str) and value:
        return Secret(as_sent(value))
    raise ValueError("is not text")


def read_field(kind: type, value: Any) -> Any:
    """Read one field that msgspec cannot; the sentence of the `ValueError` shows nothing of the value."""
    if kind is Identifier:
        return identifier(value)
    if kind is Moment:
        return moment(value)
    if kind is Secret:
        return secret(value)
    raise NotImplementedError(kind)
