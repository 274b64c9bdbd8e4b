"""Which key is in force, as far as the Control Room's record of the user tells: found out without a sign-in."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from a360tui.api.errors import Forbidden, NotFound
from a360tui.workflow.rotation.record import KeyDates, Record

if TYPE_CHECKING:
    from a360tui.api import ControlRoom

_SAME = timedelta(seconds=1)
"""An answer and a record may tell the same moment with another precision."""


class Sight(Enum):
    """What the dates say of the key in force."""

    UNSEEN = "unseen"
    """Nothing: the user may not read them."""
    UNCHANGED = "unchanged"
    """It is the one from before the request."""
    OURS = "ours"
    """It is the one that this rotation made."""
    CHANGED = "changed"
    """It was made after the request; by whom is not known."""
    OTHERS = "others"
    """It was made after this rotation's."""


async def key_dates(room: ControlRoom) -> KeyDates:
    """Read the dates again; not visible where the Control Room refuses to tell them. Raises other errors."""
    try:
        return KeyDates.of(await room.own_user())
    except (Forbidden, NotFound):
        return KeyDates.of(None)


def sight_of(record: Record, now: KeyDates) -> Sight:
    """What the dates that were read now say."""
    if not now.visible:
        return Sight.UNSEEN
    if record.created_on is not None and now.created_on is not None:
        apart = now.created_on - record.created_on
        if abs(apart) < _SAME:
            return Sight.OURS
        if apart >= _SAME:
            return Sight.OTHERS
    if not record.before.visible or (now.created_on is None and record.before.created_on is not None):
        return Sight.UNSEEN
    return Sight.UNCHANGED if now.created_on == record.before.created_on else Sight.CHANGED
