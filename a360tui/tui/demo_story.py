"""What the app is told of the embedded Control Room: how to start it, and who can sign in there."""

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
"""Who can sign in, and what they are; the story is told by the first two."""


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
        """Where its secrets are kept; ``None`` where its data end with the program, and so its secrets."""
        ...

    def start(self) -> StartedDemo:
        """Start it and return once it listens; called in a thread, since it takes a moment."""
        ...

    def stop(self) -> None:
        """Stop it and remove what it left."""
        ...
