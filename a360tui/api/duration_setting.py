"""The API-Key duration as it stands in the Control Room's settings (``control-room-api.md`` §7, 8)."""

from datetime import timedelta
from typing import Any

from a360tui.api.call_map import MINUTES_A_UNIT, DurationCall, Unit
from a360tui.api.wire_json import Misfit, at_pointer, with_value_at
from a360tui.errors import InvalidInput

_MINUTE = timedelta(minutes=1)


def duration_in(settings: Any, call: DurationCall) -> timedelta:
    """The duration that the settings hold. Raises `Misfit` naming the place."""
    value = _whole_number(at_pointer(settings, call.value))
    if value is None:
        raise Misfit("is no whole number", _name(call.value))
    unit = call.fixed_unit if call.unit is None else _unit(at_pointer(settings, call.unit))
    if unit is None:
        raise Misfit("is no unit of time that is known", _name(call.unit or ""))
    try:
        return timedelta(minutes=value * MINUTES_A_UNIT[unit])
    except OverflowError:
        raise Misfit("is out of range", _name(call.value)) from None


def with_duration(settings: Any, call: DurationCall, duration: timedelta) -> Any:
    """The settings to send: another duration in its largest whole unit, all else as it was.

    Raises `Misfit` where the settings lack the place, and `InvalidInput` for what the wire cannot say.
    """
    minutes, rest = divmod(duration, _MINUTE)
    if rest or minutes < 1:
        raise InvalidInput("The duration is not in whole minutes.", "Give at least one minute.", field="duration")
    if call.unit is None:
        unit = call.fixed_unit
        if minutes % MINUTES_A_UNIT[unit]:
            raise InvalidInput(
                f"This Control Room takes the duration in {unit.lower()}.",
                f"Give whole {unit.lower()}.",
                field="duration",
            )
    else:
        unit = max(
            (one for one in MINUTES_A_UNIT if minutes % MINUTES_A_UNIT[one] == 0), key=MINUTES_A_UNIT.__getitem__
        )
    if isinstance(settings, dict):
        settings = {name: part for name, part in settings.items() if name not in call.left_out}
    value: int | str = minutes // MINUTES_A_UNIT[unit]
    if isinstance(at_pointer(settings, call.value), str):
        value = str(value)
    settings = _put(settings, call.value, value)
    if call.unit is not None:
        spelling = at_pointer(settings, call.unit)
        lower = isinstance(spelling, str) and spelling.islower()
        settings = _put(settings, call.unit, unit.lower() if lower else unit)
    return settings


def _put(settings: Any, pointer: str, value: Any) -> Any:
    try:
        return with_value_at(settings, pointer, value)
    except KeyError:
        raise Misfit("is missing", _name(pointer)) from None


def _whole_number(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= len(str(2**63)):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _unit(value: Any) -> Unit | None:
    """The unit by its word, in any case, with or without its s."""
    word = value.upper().removesuffix("S") if isinstance(value, str) else ""
    return next((unit for unit in MINUTES_A_UNIT if unit.removesuffix("S") == word), None)


def _name(pointer: str) -> str:
    return pointer.removeprefix("/").replace("/", ".")
