"""Users' API keys. The call that makes one is not public; it is served as assumed (``control-room-api.md`` §8)."""

from dataclasses import dataclass, field

from a360tui.demo.calls import Answer, Call
from a360tui.demo.credentials import key_digest, new_key
from a360tui.demo.installation import MICROSECOND, Installation
from a360tui.demo.settings import key_duration
from a360tui.demo.shapes import moment


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key; its text is not stored anywhere."""

    text: str = field(repr=False)
    created_on: int
    expires_on: int


def give_key(installation: Installation, user_id: int) -> MadeKey:
    """Make a new key for a user; the old one becomes invalid."""
    created = installation.now()
    made = MadeKey(new_key(installation.release), created, created + key_duration(installation) // MICROSECOND)
    installation.database.execute(
        "INSERT OR REPLACE INTO api_keys (user_id, salt, digest, created_on, expires_on) VALUES (?, ?, ?, ?, ?)",
        (user_id, *key_digest(made.text), made.created_on, made.expires_on),
    )
    return made


def generate_key(call: Call) -> Answer:
    """Make a new key for the caller; its text is shown only this once."""
    made = give_key(call.installation, call.user_id)
    return Answer(
        {
            "apiKey": made.text,
            "apiKeyCreatedOn": moment(made.created_on),
            "apiKeyExpirationTime": moment(made.expires_on),
        }
    )
