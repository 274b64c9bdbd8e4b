"""Checks before the old key dies: whatever would fail afterwards fails here."""

from __future__ import annotations

import errno
import os
from asyncio import to_thread
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from a360tui.secret import Secret
from a360tui.storage import Folder, Location, Locations, SecretKind
from a360tui.storage.errors import DiskFailed
from a360tui.workflow.dates import date_stamp
from a360tui.workflow.errors import KeyChanged, NotReady
from a360tui.workflow.key import KeyState, KeyStatus
from a360tui.workflow.references import Fingerprints, Preflight, Reference, place_of
from a360tui.workflow.rotation.safekeeping import Safekeeping

if TYPE_CHECKING:
    from a360tui.api import ControlRoom
    from a360tui.storage import Binding

_SPACE = 1 << 20
"""Free bytes needed to record the steps after the request."""

_CLOCKS_APART = timedelta(minutes=2)
"""How far this machine's clock may lag behind the Control Room's, so that a stored key still counts as in force."""


@dataclass(frozen=True)
class PlannedReference:
    """A place that is to get the new key, and whether it can."""

    reference: Reference
    preflight: Preflight


async def look_at_references(
    references: Sequence[Reference], fingerprints: Fingerprints, current: Secret | None
) -> tuple[PlannedReference, ...]:
    """Try each place without changing it."""
    expected = None if current is None else fingerprints.of(current)
    hide = () if current is None else (current,)
    return tuple(
        [
            PlannedReference(each, await place_of(each, fingerprints, hide=hide).preflight(expected))
            for each in references
        ]
    )


def require_ready(planned: Collection[PlannedReference]) -> None:
    """Raise `NotReady` with every place that cannot take a new key."""
    obstacles = [each.preflight.sentence for each in planned if not each.preflight.ready]
    if obstacles:
        raise NotReady(
            " ".join(obstacles),
            "No key was made. Fix it, or leave it out: it then keeps the old key, which will be dead.",
        )


async def current_key(
    keeping: Safekeeping, binding: Binding, status: KeyStatus, known: Secret | None, room: ControlRoom
) -> Secret | None:
    """The key in force, if it is known here; a stored one counts unless a key was made after it.

    ``known`` is the key that the session itself is sure of. Raises `StorageError`.
    """
    if known is not None or status.state is KeyState.NONE:
        return known
    for each in await keeping.store.bindings():
        if (each.binding, each.kind) == (binding, SecretKind.API_KEY):
            ahead = room.skew or timedelta()
            if status.created_on is None or each.saved_on + ahead + _CLOCKS_APART >= status.created_on:
                return await keeping.store.get(binding, SecretKind.API_KEY)
    return None


async def require_token(room: ControlRoom, least: timedelta) -> None:
    """Renew the session if its token might end before the rotation does."""
    left = room.token_left()
    if left is None or left < least:
        await room.refresh()


def require_same(planned: KeyStatus, now: KeyStatus) -> None:
    """Raise `KeyChanged` where the key is no longer the one that the person agreed to replace."""
    if (planned.state is KeyState.NONE, planned.created_on) != (now.state is KeyState.NONE, now.created_on):
        when = "" if now.created_on is None else f" The one that is in force was made {date_stamp(now.created_on)}."
        raise KeyChanged(
            f"The API key of {now.username} was changed by someone else meanwhile.{when}",
            "No key was made. Look, then decide again.",
        )


async def require_space(locations: Locations | None) -> None:
    """Raise `DiskFailed` where one of our disks is full; missing folders are made."""
    if locations is not None:
        for location in (locations.state, locations.data):
            await to_thread(_require_space, location)


def _require_space(location: Location) -> None:
    with Folder.make(location) as folder:
        found = os.fstatvfs(folder.fd)
    if found.f_blocks and found.f_bavail * found.f_frsize < _SPACE:  # some file systems count no blocks at all
        raise DiskFailed(
            f"Making room in {location}",
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
            "No key was made. Free some space first.",
        )
