"""The API-Key duration, the user's own key, and the version.

The first two calls are not public: they are served as the product assumes them (``control-room-api.md`` §8).
"""

from datetime import timedelta

from a360tui.demo.calls import Answer, Call
from a360tui.demo.installation import MICROSECOND, Installation
from a360tui.demo.keys import key_digest, new_key
from a360tui.demo.refusal import invalid
from a360tui.demo.release import Release
from a360tui.demo.shapes import moment

UNITS = {"MINUTES": timedelta(minutes=1), "HOURS": timedelta(hours=1), "DAYS": timedelta(days=1)}
LEAST = timedelta(minutes=1)
MOST = timedelta(days=9999)

# As it is reported, which is not the marketing version.
VERSIONS = {
    Release.V40: {"versionNumber": "40.0.0.0", "versionRelease": "Sprint", "buildNumber": "29417"},
    Release.V32: {"versionNumber": "32.0.0.0", "versionRelease": "LTS", "buildNumber": "21045"},
}


def read_duration(call: Call) -> Answer:
    """How long a key made now would live."""
    value, unit = _duration(call.installation)
    return Answer({"apiKeyDuration": {"value": value, "unit": unit}})


def write_duration(call: Call) -> Answer:
    """Set how long new keys live: 1 minute to 9999 days; keys that exist keep their end."""
    duration = call.body.get("apiKeyDuration")
    if not isinstance(duration, dict):
        raise invalid("apiKeyDuration must be an object.")
    value, unit = duration.get("value"), duration.get("unit")
    if not isinstance(unit, str) or unit not in UNITS:
        raise invalid("apiKeyDuration: unit must be MINUTES, HOURS or DAYS.")
    most = MOST // UNITS[unit]
    if isinstance(value, bool) or not isinstance(value, int) or not LEAST // LEAST <= value <= most:
        raise invalid(f"apiKeyDuration: value must be a whole number from 1 to {most}.")
    call.installation.keep_setting("duration_value", value)
    call.installation.keep_setting("duration_unit", unit)
    return read_duration(call)


def generate_key(call: Call) -> Answer:
    """A new key of the caller, shown this once; the old one is dead."""
    installation = call.installation
    value, unit = _duration(installation)
    created = installation.now()
    expires = created + value * UNITS[unit] // MICROSECOND
    key = new_key(installation.release)
    installation.database.execute(
        "INSERT OR REPLACE INTO api_keys (user_id, salt, digest, created_on, expires_on) VALUES (?, ?, ?, ?, ?)",
        (call.user_id, *key_digest(key), created, expires),
    )
    return Answer({"apiKey": key, "apiKeyCreatedOn": moment(created), "apiKeyExpirationTime": moment(expires)})


def version_details(call: Call) -> Answer:
    """Which build this is."""
    return Answer(VERSIONS[call.installation.release])


def _duration(installation: Installation) -> tuple[int, str]:
    return installation.setting("duration_value"), installation.setting("duration_unit")
