"""Sessions and their tokens: 20 minutes, at most five per user; refreshing or signing out invalidates a token."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from a360tui.demo.installation import EPOCH, MICROSECOND, Installation
from a360tui.demo.refusal import Refusal
from a360tui.demo.tokens import claims_of, signed

TOKEN_LIFE = timedelta(minutes=20)
MOST_SESSIONS = 5
"""A sixth session of a user ends the oldest."""
ISSUER = "demo-control-room"


@dataclass(frozen=True, slots=True)
class Session:
    """The caller, and their token."""

    number: int
    user_id: int


def open_session(installation: Installation, user_id: int) -> str:
    """Start a session of a user; returns its token."""
    database = installation.database
    now = EPOCH + installation.now() * MICROSECOND
    expires = now + TOKEN_LIFE
    token_id = secrets.token_hex(16)
    database.execute("DELETE FROM sessions WHERE expires_on <= ?", (installation.now(),))
    database.execute(
        "INSERT INTO sessions (token_id, user_id, expires_on) VALUES (?, ?, ?)",
        (token_id, user_id, (expires - EPOCH) // MICROSECOND),
    )
    database.execute(
        "DELETE FROM sessions WHERE user_id = :user_id AND number NOT IN"
        " (SELECT number FROM sessions WHERE user_id = :user_id ORDER BY number DESC LIMIT :most)",
        {"user_id": user_id, "most": MOST_SESSIONS},
    )
    times = {"iat": int(now.timestamp()), "exp": int(expires.timestamp())}
    claims = {"iss": ISSUER, "sub": str(user_id), "jti": token_id, **times}
    return signed(claims, installation.setting("signing_key"))


def session_of(installation: Installation, token: str) -> Session | None:
    """The session of a token; ``None`` where it has ended, was never ours, or its user is disabled."""
    claims = claims_of(token, installation.setting("signing_key"))
    if claims is None:
        return None
    row = installation.database.execute(
        "SELECT number, user_id FROM sessions JOIN users ON users.id = user_id"
        " WHERE token_id = ? AND expires_on > ? AND NOT disabled",
        (claims["jti"], installation.now()),
    ).fetchone()
    return row and Session(row["number"], row["user_id"])


def needed_session(installation: Installation, token: str | None) -> Session:
    """The session of the ``X-Authorization`` header; refuses with 401 where there is none."""
    if not token:
        raise Refusal(401, "UM1117", "The X-Authorization header is missing.")
    session = session_of(installation, token)
    if session is None:
        raise Refusal(401, "um.token.invalid", "The token is invalid or has expired. Sign in again.")
    return session


def close_session(installation: Installation, session: Session) -> None:
    """End a session; its token becomes invalid."""
    installation.database.execute("DELETE FROM sessions WHERE number = ?", (session.number,))


def close_sessions(installation: Installation, user_id: int) -> None:
    """End all sessions of a user."""
    installation.database.execute("DELETE FROM sessions WHERE user_id = ?", (user_id,))
