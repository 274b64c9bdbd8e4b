"""What a user signs in with: a password or an API key, never both (``control-room-api.md`` §1)."""

from dataclasses import dataclass

from a360tui.secret import Secret


@dataclass(frozen=True, slots=True)
class Password:
    """A user's password."""

    secret: Secret


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A user's API key."""

    secret: Secret


Credential = Password | ApiKey
