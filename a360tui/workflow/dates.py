"""Dates and ages in words, in UTC and always beside the full date."""

from datetime import date, datetime, timedelta

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def date_stamp(moment: datetime) -> str:
    """``2026-11-11 09:14 UTC``."""
    return f"{moment.date().isoformat()} {moment:%H:%M} UTC"


def today() -> date:
    """Today by this machine's time zone; the one date here that is not in UTC."""
    return date.today()  # noqa: DTZ011 - this machine's day is the one that is meant


def span_words(span: timedelta) -> str:
    """The length of ``span`` in its largest unit: ``33 days``, ``1 hour``, ``under a minute``.

    It is rounded down, but for the last hundredth of a unit: what was made for 45 days is still *45 days* a moment
    later.
    """
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        number = (abs(span) + unit / 100) // unit
        if number:
            return f"{number} {name}{'s' if number != 1 else ''}"
    return "under a minute"


def whole_days(span: timedelta) -> int:
    """The days of a span, rounded as `span_words` rounds; negative for the past."""
    days = (abs(span) + _DAY / 100) // _DAY
    return days if span > timedelta(0) else -days


def age_words(moment: datetime, now: datetime) -> str:
    """``12 days ago`` or ``in 33 days``."""
    words = span_words(moment - now)
    return f"in {words}" if moment > now else f"{words} ago"


def moment_json(moment: datetime | None) -> str | None:
    """A moment in UTC for JSON: ``2026-11-11T09:14:00.123456Z``."""
    return None if moment is None else f"{moment.date().isoformat()}T{moment:%H:%M:%S.%f}Z"
