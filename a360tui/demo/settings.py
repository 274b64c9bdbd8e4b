"""The API-Key duration and the version.

The calls for the duration are not public; they are served as the product assumes them (``control-room-api.md`` §8).
"""

from datetime import timedelta

from a360tui.demo.calls import Answer, Call
from a360tui.demo.installation import Installation
from a360tui.demo.refusal import invalid
from a360tui.demo.release import Release

UNITS = {"MINUTES": timedelta(minutes=1), "HOURS": timedelta(hours=1), "DAYS": timedelta(days=1)}
MOST = timedelta(days=9999)

# As it is reported, which is not the marketing version.
VERSIONS = {
    Release.V40: {"versionNumber": "40.0.0.0", "versionRelease": "Sprint", "buildNumber": "29417"},
    Release.V32: {"versionNumber": "32.0.0.0", "versionRelease": "LTS", "buildNumber": "21045"},
}


def read_duration(call: Call) -> Answer:
    """The API-Key duration."""
    value, unit = (call.installation.setting(name) for name in ("duration_value", "duration_unit"))
    return Answer({"apiKeyDuration": {"value": value, "unit": unit}})


def write_duration(call: Call) -> Answer:
    """Set the API-Key duration, 1 minute to 9999 days; existing keys keep their end."""
    duration = call.body.get("apiKeyDuration")
    if not isinstance(duration, dict):
        raise invalid("apiKeyDuration must be an object.")
    value, unit = duration.get("value"), duration.get("unit")
    if not isinstance(unit, str) or unit not in UNITS:
        raise invalid("apiKeyDuration: unit must be MINUTES, HOURS or DAYS.")
    most = MOST // UNITS[unit]
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise invalid(f"apiKeyDuration: value must be a whole number from 1 to {most}.")
    call.installation.keep_setting("duration_value", value)
    call.installation.keep_setting("duration_unit", unit)
    return read_duration(call)


def version_details(call: Call) -> Answer:
    """The version and the build."""
    return Answer(VERSIONS[call.installation.release])


def key_duration(installation: Installation) -> timedelta:
    """How long new keys last."""
    span: timedelta = installation.setting("duration_value") * UNITS[installation.setting("duration_unit")]
    return span
