"""Start with an empty store: the old one is set aside, and no rotation loses its key by that unnoticed."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Collection
from pathlib import Path

from a360tui.storage import Lock
from a360tui.workflow.errors import UnfinishedRotation
from a360tui.workflow.rotation import Safekeeping, Unfinished, unfinished
from a360tui.workflow.rotation.unfinished import recorded_rotations


def needing_the_store(keeping: Safekeeping) -> list[Unfinished]:
    """The rotations that can be resumed only with the present store, since their answers are sealed for it.

    Those that were set aside are among them, since that happens automatically to one that fails too often; those under
    way in another process are not. Raises `StorageError` where the folders cannot be read.
    """
    return [each for aside in (False, True) for each in unfinished(keeping, set_aside=aside) if not each.superseded]


async def start_over(keeping: Safekeeping, given_up: Collection[Unfinished]) -> Path | None:
    """Set the store aside and start with an empty one; gives where the old one is kept, None where there was none.

    ``given_up`` are the rotations `needing_the_store` that a person was told about. Raises `LockHeld` where a rotation
    is under way, `UnfinishedRotation` where another one was left halfway since, `StorageError`.
    """
    locks: list[Lock] = []
    try:
        for binding in {each.binding for each in await to_thread(recorded_rotations, keeping)}:
            lock = None if binding is None else await keeping.lock(binding)
            if lock is not None:
                locks.append(lock)
        now = {each.name for each in await to_thread(recorded_rotations, keeping) if not each.superseded}
        if now - {each.name for each in given_up}:
            raise UnfinishedRotation("Another rotation was left halfway meanwhile.", "Nothing was changed: look again.")
        return await keeping.store.start_over()
    finally:
        for lock in locks:
            lock.release()
