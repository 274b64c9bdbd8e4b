"""Resuming the session that a rotation kept, since nothing else may be left to sign in with."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING

from a360tui.errors import A360Error
from a360tui.storage import Recipient, Sealed
from a360tui.workflow.rotation.safekeeping import OpenEntry, Safekeeping
from a360tui.workflow.rotation.unfinished import Unfinished, recorded_rotations
from a360tui.workflow.uncancelled import to_the_end

if TYPE_CHECKING:
    from a360tui.api import ControlRoom
    from a360tui.secret import Secret


async def resume(found: Unfinished, keeping: Safekeeping, room: ControlRoom) -> bool:
    """Resume the session of a token that a rotation kept, if it is still alive; the renewed token is kept in turn.

    Raises `LockHeld`, and `StorageError` where what was kept cannot be opened.
    """
    if found.record is None or found.record.token is None:
        return False
    lock = await keeping.lock(found.record.binding)
    try:
        for each in await to_thread(recorded_rotations, keeping, found.record.binding, set_aside=found.set_aside):
            if each.name == found.name and each.record is not None:
                return await resume_under_lock(OpenEntry(keeping, each.name, each.record), keeping, room)
        return False
    finally:
        if lock is not None:
            lock.release()


async def resume_under_lock(entry: OpenEntry, keeping: Safekeeping, room: ControlRoom) -> bool:
    """The same for a caller that holds the lock and has opened the entry."""
    kept = await keeping.opened(entry.record.token)
    recipient = None if kept is None else await keeping.recipient()
    if kept is None or recipient is None:
        return False
    # To the end: the kept token is invalid as soon as the Control Room has answered.
    return await to_the_end(_renewed(entry, room, kept, recipient))


async def _renewed(entry: OpenEntry, room: ControlRoom, kept: Secret, recipient: Recipient) -> bool:
    try:
        await room.resume(kept)
    except A360Error:  # it ended, or nobody answers: then a person has to sign in
        return False
    await entry.mark(progress=False, token=Sealed.of(room.token, recipient))
    return True
