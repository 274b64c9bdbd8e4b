"""The calls under ``authentication``: signing in and out (``control-room-api.md`` §1)."""

import sqlite3

from a360tui.demo import fields
from a360tui.demo.auth_type import AuthType
from a360tui.demo.calls import Answer, Call
from a360tui.demo.credentials import is_key, is_password
from a360tui.demo.directory import (
    existing_user,
    key_of_user,
    permissions_of_user,
    roles_of_user,
    user_of_sign_in_name,
)
from a360tui.demo.refusal import Refusal, invalid
from a360tui.demo.sessions import (
    TOKEN_LIFE,
    Session,
    close_session,
    close_sessions,
    needed_session,
    open_session,
    session_of,
)

MOST_FAILURES = 3
"""Wrong passwords or keys in a row after which the user is disabled."""


def authentication_type(call: Call) -> Answer:
    """How users sign in; needs no session."""
    return Answer({"authType": call.installation.auth_type})


def sign_in(call: Call) -> Answer:
    """A token for a username with its password or its key.

    A wrong one is answered, not raised as a `Refusal`, whose rollback would lose the count of failures.
    """
    username = fields.needed_text(call.body, "username")
    by_key = call.body.get("apiKey") is not None
    if by_key == (call.body.get("password") is not None):
        raise invalid("Either password or apiKey is needed.")
    secret = fields.secret(call.body, "apiKey" if by_key else "password")
    alone = call.body.get("multipleLogin") is not None and not fields.flag(call.body, "multipleLogin")
    database = call.installation.database
    user = user_of_sign_in_name(call.installation, username)
    if user is None:
        return _refused("The username or the password is wrong.")
    if user["disabled"]:
        return _refused("The user is disabled. Ask an administrator to enable it.")
    if not by_key and call.installation.auth_type is AuthType.SSO:
        return _refused("This Control Room takes no password: users sign in with single sign-on.")
    failure = _key_failure(call, user, secret) if by_key else _password_failure(user, secret)
    if failure:
        failures = user["failures"] + 1
        database.execute(
            "UPDATE users SET failures = ?, disabled = ? WHERE id = ?",
            (failures, failures >= MOST_FAILURES, user["id"]),
        )
        return _refused(failure)
    database.execute(
        "UPDATE users SET failures = 0, last_login = ? WHERE id = ?", (call.installation.now(), user["id"])
    )
    if alone:
        close_sessions(call.installation, user["id"])
    return _signed_in(call, user["id"])


def refresh(call: Call) -> Answer:
    """A new token for the one in the header, which becomes invalid."""
    return _renewed(call, needed_session(call.installation, call.token))


def refresh_v1(call: Call) -> Answer:
    """A new token for the one in the body, which becomes invalid."""
    return _renewed(call, needed_session(call.installation, fields.secret(call.body, "token")))


def validate(call: Call) -> Answer:
    """Whether a token is valid: the one in the header, or in the query, where older clients send it."""
    token = call.token or call.query.get("token")
    if not token:
        needed_session(call.installation, token)
    return Answer({"valid": session_of(call.installation, token or "") is not None})


def sign_out(call: Call) -> Answer:
    """End the session of the token in the header."""
    close_session(call.installation, needed_session(call.installation, call.token))
    return Answer(status=204)


def _password_failure(user: sqlite3.Row, password: str) -> str:
    return "" if is_password(password, user["password"]) else "The username or the password is wrong."


def _key_failure(call: Call, user: sqlite3.Row, key: str) -> str:
    kept = key_of_user(call.installation.database, user["id"])
    if kept is None or not is_key(key, kept["salt"], kept["digest"]):
        return "The API key is wrong."
    if kept["expires_on"] <= call.installation.now():
        return "The API key has expired."
    return ""


def _refused(message: str) -> Answer:
    return Answer(Refusal(401, "um.credentials.invalid", message).body, 401)


def _renewed(call: Call, session: Session) -> Answer:
    close_session(call.installation, session)
    return _signed_in(call, session.user_id)


def _signed_in(call: Call, user_id: int) -> Answer:
    database = call.installation.database
    user = call.shape.signed_in(
        existing_user(database, user_id), roles_of_user(database, user_id), permissions_of_user(database, user_id)
    )
    return Answer(
        {
            "token": open_session(call.installation, user_id),
            **user,
            "tenantUuid": call.installation.setting("tenant"),
            "ttlSeconds": call.shape.lifetime(TOKEN_LIFE),
        }
    )
