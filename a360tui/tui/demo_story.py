"""What the app knows about the embedded Control Room: how to start it, and who can sign in there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from a360tui.secret import Secret

if TYPE_CHECKING:
    from a360tui.storage import Locations
    from a360tui.workflow.destination import Destination

PEOPLE = {
    "admin": "administrator",
    "creator": "bot creator",
    "runner": "bot creator",
}
"""The people who can sign in, with their roles; the story is told with the first two."""


@dataclass(frozen=True)
class StartedDemo:
    """The embedded Control Room, listening."""

    destination: Destination
    passwords: Mapping[str, Secret]
    """Sign-in name → the password made at the start."""


class DemoStory(Protocol):
    """Starts and stops the embedded Control Room; only the command line knows how."""

    @property
    def locations(self) -> Locations | None:
        """Where its secrets are stored; ``None`` where its data, and so its secrets, end with the program."""
        ...

    def start(self) -> StartedDemo:
        """Start it and return once it listens; call it in a thread, since it takes a moment."""
        ...

    def stop(self) -> None:
        """Stop it and remove what it left."""
        ...
