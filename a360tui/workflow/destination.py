"""Where requests go: a Control Room's address and what is needed to reach it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from a360tui.api import ASSUMED_CALLS, Address, CallMap, Exchange
from a360tui.storage import Binding

if TYPE_CHECKING:
    from a360tui.api import ControlRoom
    from a360tui.workflow.call_book import CallBook


@dataclass(frozen=True)
class Destination:
    """One Control Room, from which connections are opened: the signed-in one, and short ones to test a key."""

    address: Address
    socket: Path | None = None
    """The Unix socket of the embedded Control Room; ``None`` for every other one."""
    ca_file: Path | None = None
    """Certificates to trust besides the operating system's."""
    calls: CallMap = ASSUMED_CALLS
    """The calls that a connection begins with; `book` may know better ones."""
    book: CallBook | None = None
    """What is known on this machine of the calls that the vendor does not publish."""
    multiple_login: bool | None = None
    """What each sign-in says of the user's other sessions, in a browser too: keep them, end them, or nothing."""
    listener: Callable[[Exchange], None] | None = None
    """Called with each exchange, secrets left out."""

    def open(self) -> ControlRoom:
        """A connection, to be used with ``async with``; nothing is sent yet."""
        from a360tui.api import ControlRoom

        return ControlRoom(
            self.address,
            socket=self.socket,
            ca_file=self.ca_file,
            calls=self.calls,
            multiple_login=self.multiple_login,
            listener=self.listener,
        )

    def known_calls(self) -> CallMap:
        """The calls as they are known now; raises `StorageError`, and `InvalidInput` for a file to correct."""
        return self.calls if self.book is None else self.book.known().calls

    def binding(self, username: str) -> Binding:
        """Under whose name secrets of a user of this Control Room are kept."""
        return Binding(self.address.scheme, self.address.host, self.address.port, username)


def bound_address(binding: Binding) -> Address:
    """The Control Room of something that is kept on this machine."""
    return Address(binding.scheme, binding.host, binding.port)  # type: ignore[arg-type]  # it was made from an address
