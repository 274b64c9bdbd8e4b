"""Words for the calls that the vendor does not publish: what they are for, and where each comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a360tui.api import CallName, ControlRoom
    from a360tui.workflow.call_book import KnownCalls

PURPOSES: dict[CallName, str] = {
    "generate": "generate the key",
    "read_duration": "read the duration",
    "write_duration": "set the duration",
}


def generate_call_words(room: ControlRoom) -> str:
    """The call that makes a key, as ``POST /v2/…``."""
    return _words(room, "generate")


def duration_call_words(room: ControlRoom) -> str:
    """The calls that read and write the duration, as ``GET and PUT /v2/…``."""
    read, write = room.calls.read_duration, room.calls.write_duration
    if read.path == write.path:
        return f"{read.method} and {_words(room, 'write_duration')}"
    return f"{_words(room, 'read_duration')}, {_words(room, 'write_duration')}"


def source_words(known: KnownCalls, name: CallName) -> str:
    """Where a call comes from, in words for people."""
    call = known.calls.of(name)
    since = f" on {call.since:%Y-%m-%d}" if call.since is not None else ""
    match call.source:
        case "typed":
            return "typed by hand"
        case "captured":
            return f"learned from a browser{since}"
        case "confirmed":
            return f"assumed at first; worked here{since}"
        case _:
            agreed = known.agreed_on
            allowed = f"you agreed to that on {agreed:%Y-%m-%d}" if agreed else "you are asked before it is tried"
            return f"assumed by a360tui; {allowed}"


def _words(room: ControlRoom, name: CallName) -> str:
    call = room.calls.of(name)
    return f"{call.method} {room.path_of(call)}"
