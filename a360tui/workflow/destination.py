"""`Destination`: a Control Room's address, and what it takes to reach it."""

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
    """One Control Room; opens connections to it, the signed-in one and short ones to test a key."""

    address: Address
    socket: Path | None = None
    """The Unix socket of the embedded Control Room; ``None`` for every other one."""
    ca_file: Path | None = None
    """Certificates to trust in addition to the operating system's."""
    calls: CallMap = ASSUMED_CALLS
    """The calls that a connection starts with; `book` may know better ones."""
    book: CallBook | None = None
    """What this machine knows of the calls that the vendor does not publish."""
    multiple_login: bool | None = None
    """Whether a sign-in keeps or ends the user's other sessions, in a browser too.

    ``None`` leaves it to the Control Room.
    """
    listener: Callable[[Exchange], None] | None = None
    """Called after each exchange, with its secrets left out."""
    why_read_only: Callable[[], str] | None = None
    """The reason why no write may be sent there, in a sentence; it is empty where writes may be sent."""

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
            why_read_only=self.why_read_only,
        )

    def known_calls(self) -> CallMap:
        """The calls as they are known now.

        Raises `StorageError`, and `InvalidInput` for a file that has to be corrected.
        """
        return self.calls if self.book is None else self.book.known().calls

    def binding(self, username: str) -> Binding:
        """The binding under which the secrets of a user of this Control Room are stored."""
        return Binding(self.address.scheme, self.address.host, self.address.port, username)


def bound_address(binding: Binding) -> Address:
    """The Control Room that a stored secret belongs to."""
    return Address(binding.scheme, binding.host, binding.port)  # type: ignore[arg-type]  # it was made from an address
