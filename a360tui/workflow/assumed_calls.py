"""The calls that the vendor does not publish, in words for the question that comes before their use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a360tui.api import Call, ControlRoom


def generate_call_words(room: ControlRoom) -> str:
    """The call that makes a key, as ``POST /v2/…``."""
    return _words(room, room.calls.generate)


def duration_call_words(room: ControlRoom) -> str:
    """The calls that read and write the duration, as ``GET and PUT /v2/…``."""
    read, write = room.calls.read_duration, room.calls.write_duration
    if read.path == write.path:
        return f"{read.method} and {_words(room, write)}"
    return f"{_words(room, read)}, {_words(room, write)}"


def _words(room: ControlRoom, call: Call) -> str:
    return f"{call.method} {room.path_of(call)}"
