"""`Subject`: what is to be examined, supplied by the command line or by the screens."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a360tui.api import ControlRoom
    from a360tui.workflow.destination import Destination
    from a360tui.workflow.doctor.finding import Seen
    from a360tui.workflow.rotation import Safekeeping


@dataclass(frozen=True)
class Setting:
    """One setting in force."""

    name: str
    value: str
    """Empty where it is not set."""
    source: str
    """Where it comes from: an option, a variable, a profile, or ``default``."""


@dataclass(frozen=True)
class Subject:
    """One user at one Control Room, from this machine."""

    settings: Callable[[], tuple[Setting, ...]]
    """Reads the configuration; raises `A360Error` where it cannot be used."""
    destination: Callable[[], Destination]
    """Where the settings point to; raises `A360Error`."""
    username: str | None
    keeping: Safekeeping
    open_room: Callable[[Destination], AbstractAsyncContextManager[ControlRoom]]
    """Opens a connection of its own, or gives that of the session."""
    credential: Callable[[ControlRoom], Awaitable[str]]
    """Finds a credential (given, stored or typed) and describes it; empty where there is none."""
    sign_in: Callable[[ControlRoom], Awaitable[None]]
    """Signs in with that credential, once."""
    without_credential: str
    """What to do where there is no credential."""
    terminal: Callable[[], Awaitable[Seen]]
    """What the front end knows about the terminal."""
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
