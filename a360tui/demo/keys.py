"""The call that makes the user's own key; it is not public: served as assumed (``control-room-api.md`` §8)."""

from a360tui.demo.calls import Answer, Call
from a360tui.demo.credentials import key_digest, new_key
from a360tui.demo.installation import MICROSECOND
from a360tui.demo.settings import key_duration
from a360tui.demo.shapes import moment


def generate_key(call: Call) -> Answer:
    """A new key of the caller, shown this once; the old one is dead."""
    created = call.installation.now()
    expires = created + key_duration(call.installation) // MICROSECOND
    key = new_key(call.installation.release)
    call.installation.database.execute(
        "INSERT OR REPLACE INTO api_keys (user_id, salt, digest, created_on, expires_on) VALUES (?, ?, ?, ?, ?)",
        (call.user_id, *key_digest(key), created, expires),
    )
    return Answer({"apiKey": key, "apiKeyCreatedOn": moment(created), "apiKeyExpirationTime": moment(expires)})
