"""The checks on a call of the call map: a map that was typed or learned cannot send a token elsewhere."""

import re
from collections.abc import Iterator

from a360tui.api.call_map import Call, DurationCall, GenerateCall, WriteDurationCall
from a360tui.errors import InvalidInput
from a360tui.text import quoted

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

OWN_HEADERS = frozenset(
    [
        *("accept", "accept-encoding", "authorization", "connection", "content-encoding", "content-length"),
        *("content-type", "cookie", "expect", "host", "keep-alive", "origin", "proxy-authorization", "te", "trailer"),
        *("transfer-encoding", "upgrade", "user-agent", "x-authorization"),
    ]
)
"""Headers, in lower case, that a call map must not set: a360tui or the connection does, or nobody."""

_PATH = re.compile(r"/[\x21-\x22\x24-\x7e]*")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_HEADER_VALUE = re.compile(r"(?! )[\x20-\x7e]{0,500}(?<! )")
"""A blank at either end is refused by the HTTP library, when the request counts as sent already."""
_POINTER = re.compile(r"(/([^~/]|~[01])*)*")
_BRACES = re.compile(r"\{[^{}]*\}")


def check_call(call: Call) -> None:
    """Raise `InvalidInput` on the field ``calls`` for a call that cannot be sent or whose places are not valid."""
    if call.method not in METHODS:
        raise _invalid(f"{quoted(call.method)} is not a method for a call.", f"It is one of {', '.join(METHODS)}.")
    check_path(call.path)
    for word in _BRACES.findall(call.path):
        if word not in ("{userId}", "{username}"):
            raise _invalid(
                f"{quoted(word)} in a path stands for nothing.", "What can be filled in is {userId} and {username}."
            )
    for name, value in call.headers.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in OWN_HEADERS or not _HEADER_VALUE.fullmatch(value):
            raise _invalid(f"The header {quoted(name)} cannot be set by a call.", "Leave it out.")
    for place in _places(call):
        if not _POINTER.fullmatch(place):
            raise _invalid(f"{quoted(place)} is not a place.", "A place is a JSON pointer, as /data/apiKey.")
    if isinstance(call, DurationCall):
        _check_unit(call)


def check_path(path: str) -> None:
    """Raise `InvalidInput` on the field ``calls`` for a text that is no path, or leads to another host."""
    if not _PATH.fullmatch(path) or path.startswith("//"):
        raise _invalid(f"{quoted(path)} is not a path for a call.", "It begins with one / and has no blanks.")


def check_filled_headers(headers: dict[str, str]) -> None:
    """Raise `InvalidInput` on the field ``calls`` where a filled-in value cannot stand in a header."""
    for name, value in headers.items():
        if not _HEADER_VALUE.fullmatch(value):
            raise _invalid(
                f"The header {quoted(name)} cannot carry {quoted(value)}.",
                "A header holds printable ASCII, and no blank at either end. Send the user in the path or the body.",
            )


def _places(call: Call) -> Iterator[str]:
    if isinstance(call, GenerateCall):
        yield from filter(None, (call.key, call.created_on, call.expiration_time))
    if isinstance(call, DurationCall):
        yield from filter(None, (call.value, call.unit_place))
    if isinstance(call, WriteDurationCall):
        yield from (*call.sent_back, *call.sent_back.values(), *call.left_out)


def _check_unit(call: DurationCall) -> None:
    if (call.unit == "beside") != (call.unit_place is not None):
        raise _invalid(
            "The place of a unit and the unit do not go together.",
            "With unit = 'beside', unit_place says where it stands; with another unit there is none.",
        )


def _invalid(message: str, hint: str) -> InvalidInput:
    return InvalidInput(message, hint, field="calls")
