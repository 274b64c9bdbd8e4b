"""Compare this machine's clock with the Control Room's, by which ages and ends are counted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from a360tui.workflow.dates import span_words

if TYPE_CHECKING:
    from a360tui.api import ControlRoom

APART = timedelta(minutes=2)
"""From this difference on people are told."""


def skew_words(room: ControlRoom) -> str:
    """The message where the clocks differ; empty where they agree, or the Control Room has not told its time."""
    skew = room.skew
    if skew is None or abs(skew) < APART:
        return ""
    return f"{difference_words(skew)} Ages and ends are counted by the Control Room's."


def difference_words(skew: timedelta) -> str:
    """The difference in words: ``This machine's clock is 3 minutes behind the Control Room's``."""
    direction = "behind" if skew > timedelta(0) else "ahead of"
    return f"This machine's clock is {span_words(skew)} {direction} the Control Room's."
