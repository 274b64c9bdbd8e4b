"""The API-Key duration: parse, print, show, set (``control-room-api.md §7``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from a360tui.errors import InvalidInput
from a360tui.text import quoted
from a360tui.workflow.errors import NotAsWritten
from a360tui.workflow.plan import Plan, Step

if TYPE_CHECKING:
    from a360tui.api import ControlRoom

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=9999)
UNITS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}

_WRITTEN = re.compile(r"\s*([0-9]{1,9})\s*(m|h|d|minutes?|hours?|days?)\s*", re.IGNORECASE | re.ASCII)
_HINT = "Give a whole number and a unit, as in 90m, 12h or 45d: from 1 minute to 9999 days."


def parse_duration(text: str) -> timedelta:
    """Parse ``90m``, ``12h``, ``45d`` or ``45 days``; raises `InvalidInput` on the field ``duration``."""
    if not text.strip():
        raise InvalidInput("No duration is given.", _HINT, field="duration")
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise InvalidInput(f"{quoted(text, 40)} is not a duration.", _HINT, field="duration")
    number, unit = match.groups()
    return checked_duration(int(number), next(name for name in UNITS if name.startswith(unit[0].lower())))


def checked_duration(number: int, unit: str) -> timedelta:
    """``number`` of ``unit`` (a key of `UNITS`) as a duration.

    Raises `InvalidInput` for one that no Control Room accepts.
    """
    longest = LONGEST // UNITS[unit]
    if number < 1:
        raise InvalidInput("The shortest duration is 1 minute.", _HINT, field="duration")
    if number > longest:
        in_days = "" if unit == "days" else ", 9999 days"
        raise InvalidInput(f"The longest duration is {longest} {unit}{in_days}.", _HINT, field="duration")
    return number * UNITS[unit]


def largest_unit(duration: timedelta) -> tuple[int, str]:
    """The number and the largest unit that express whole minutes exactly: 48 hours is ``(2, "days")``."""
    for unit in ("days", "hours"):
        if not duration % UNITS[unit]:
            return duration // UNITS[unit], unit
    return duration // UNITS["minutes"], "minutes"


def duration_words(duration: timedelta) -> str:
    """The duration in words: ``45 days``, ``1 hour``; in seconds where it is not in whole minutes."""
    if duration % UNITS["minutes"]:
        return f"{duration.total_seconds():g} seconds"
    number, unit = largest_unit(duration)
    return f"{number} {unit if number != 1 else unit[:-1]}"


def duration_code(duration: timedelta) -> str:
    """The duration as it is typed: ``45d``. `parse_duration` reads it back, but for seconds, which cannot be set."""
    if duration % UNITS["minutes"]:
        return f"{duration.total_seconds():g}s"
    number, unit = largest_unit(duration)
    return f"{number}{unit[0]}"


@dataclass
class DurationChange:
    """A planned change of the duration, which holds for the whole Control Room and for keys made from then on."""

    room: ControlRoom
    before: timedelta
    wanted: timedelta
    plan: Plan

    async def write(self) -> None:
        """Send it once."""
        await self.room.set_key_duration(self.wanted)

    async def read_back(self) -> None:
        """Read the duration back; raises `NotAsWritten` where it is another one."""
        found = await self.room.key_duration()
        if found != self.wanted:
            raise NotAsWritten(
                f"The Control Room accepted {duration_words(self.wanted)}, but says {duration_words(found)} now.",
                "Look at Administration > Settings > Security settings, and set it again.",
            )


async def plan_duration(room: ControlRoom, wanted: timedelta) -> DurationChange:
    """Compare with the duration in force and plan the change; the plan is empty where they are equal."""
    before = await room.key_duration()
    change = DurationChange(room, before, wanted, Plan())
    if before == wanted:
        change.plan.nothing_to_do = f"New keys last {duration_words(wanted)} already."
    else:
        change.plan.steps = [
            Step((f"change the duration from {duration_words(before)} to {duration_words(wanted)}",), change.write),
            Step(("read it back",), change.read_back),
        ]
    return change
