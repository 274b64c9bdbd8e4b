"""`Subject`: what is examined, handed over by who knows of it: the command line or the screens."""

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
    """One setting, as it holds."""

    name: str
    value: str
    """Empty where nothing is set."""
    source: str
    """An option, a variable, a profile, or ``default``."""


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
    """A connection of its own, or the one of the session that there is."""
    credential: Callable[[ControlRoom], Awaitable[str]]
    """Finds what signs in, as it is sent, remembered or typed, and says what it is; empty where there is nothing."""
    sign_in: Callable[[ControlRoom], Awaitable[None]]
    """Signs in with it, once."""
    without_credential: str
    """What to do where nothing could sign in."""
    terminal: Callable[[], Awaitable[Seen]]
    """What the front door knows of the terminal."""
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
