"""Which key is in force, as far as the Control Room's record of the user shows: found out without a sign-in."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from a360tui.api.errors import Forbidden, NotFound
from a360tui.workflow.rotation.record import KeyDates, Record

if TYPE_CHECKING:
    from a360tui.api import ControlRoom

_SAME = timedelta(seconds=1)
"""An answer and a record may give the same moment with different precision."""


class KeyInForce(Enum):
    """Which key is in force, judged by its dates."""

    UNSEEN = "unseen"
    """Not known: the user may not read the dates, or they could not be read."""
    UNCHANGED = "unchanged"
    """The key from before the request."""
    OURS = "ours"
    """The key that this rotation made."""
    CHANGED = "changed"
    """A key made after the request; by whom is not known."""
    OTHERS = "others"
    """A key made after this rotation's."""


async def read_key_dates(room: ControlRoom) -> KeyDates:
    """Read the dates of the user's key; not visible where the Control Room refuses them. Raises any other error."""
    try:
        return KeyDates.of(await room.own_user())
    except (Forbidden, NotFound):
        return KeyDates.of(None)


def key_in_force(record: Record, now: KeyDates) -> KeyInForce:
    """Which key the dates just read belong to."""
    if not now.visible:
        return KeyInForce.UNSEEN
    if record.created_on is not None and now.created_on is not None:
        apart = now.created_on - record.created_on
        if abs(apart) < _SAME:
            return KeyInForce.OURS
        if apart >= _SAME:
            return KeyInForce.OTHERS
    if not record.before.visible or (now.created_on is None and record.before.created_on is not None):
        return KeyInForce.UNSEEN
    return KeyInForce.UNCHANGED if now.created_on == record.before.created_on else KeyInForce.CHANGED
