"""Sessions and their tokens: 20 minutes, at most five a user, each token dead once it is refreshed or signed out."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

import jwt

from a360tui.demo.installation import EPOCH, MICROSECOND, Installation
from a360tui.demo.refusal import Refusal

TOKEN_LIFE = timedelta(minutes=20)
MOST_SESSIONS = 5
"""A sixth session of a user ends the oldest."""
ALGORITHM = "HS512"
"""The Control Room signs with RS512; to a client a token is opaque."""
ISSUER = "demo-control-room"


@dataclass(frozen=True, slots=True)
class Session:
    """Who calls, by which token."""

    number: int
    user_id: int


def open_session(installation: Installation, user_id: int) -> str:
    """A new session of a user; returns its token."""
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
    claims = {"iss": ISSUER, "sub": str(user_id), "jti": token_id, "iat": now, "exp": expires}
    return jwt.encode(claims, installation.setting("signing_key"), ALGORITHM)


def session_of(installation: Installation, token: str) -> Session | None:
    """The live session of a token; ``None`` where it ended, was never ours, or its user is disabled."""
    try:
        claims = jwt.decode(
            token,
            installation.setting("signing_key"),
            [ALGORITHM],
            issuer=ISSUER,
            # The installation's clock decides, not the machine's.
            options={"verify_exp": False, "verify_iat": False, "require": ["sub", "jti", "exp"]},
        )
    except (jwt.InvalidTokenError, RecursionError):  # an older PyJWT lets a header nested too deep through
        return None
    row = installation.database.execute(
        "SELECT number, user_id FROM sessions JOIN users ON users.id = user_id"
        " WHERE token_id = ? AND expires_on > ? AND NOT disabled",
        (claims["jti"], installation.now()),
    ).fetchone()
    return row and Session(row["number"], row["user_id"])


def needed_session(installation: Installation, token: str | None) -> Session:
    """The live session of the ``X-Authorization`` header, or 401."""
    if not token:
        raise Refusal(401, "UM1117", "The X-Authorization header is missing.")
    session = session_of(installation, token)
    if session is None:
        raise Refusal(401, "um.token.invalid", "The token is invalid or has expired. Sign in again.")
    return session


def close_session(installation: Installation, session: Session) -> None:
    """End a session; its token is dead."""
    installation.database.execute("DELETE FROM sessions WHERE number = ?", (session.number,))


def close_sessions(installation: Installation, user_id: int) -> None:
    """End all sessions of a user."""
    installation.database.execute("DELETE FROM sessions WHERE user_id = ?", (user_id,))
