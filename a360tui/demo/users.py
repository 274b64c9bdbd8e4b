"""The calls under ``usermanagement/users`` (``control-room-api.md`` §4)."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from a360tui.demo import fields
from a360tui.demo.calls import Answer, Call, need
from a360tui.demo.credentials import password_record
from a360tui.demo.database import folded
from a360tui.demo.directory import (
    existing_user,
    insert,
    key_of_user,
    permissions_of_user,
    roles_of_user,
    roles_of_users,
)
from a360tui.demo.filters import USER_COLUMNS
from a360tui.demo.lists import read_page
from a360tui.demo.permissions import VIEW_USERS
from a360tui.demo.refusal import Refusal, invalid
from a360tui.demo.sessions import close_sessions

LEAST_PASSWORD = 8
"""Characters; the limits for a new user's password."""


def list_users(call: Call) -> Answer:
    """One page of users, by filter and sort."""
    database = call.installation.database
    page, rows = read_page(database, "users", USER_COLUMNS, call.body)
    roles = roles_of_users(database, [row["id"] for row in rows])
    return Answer({"page": page, "list": [call.shape.user_row(row, roles.get(row["id"], ())) for row in rows]})


def read_user(call: Call) -> Answer:
    """One user, with the dates of the key; one's own record needs no permission."""
    user_id = _path_id(call)
    if user_id != call.user_id:
        need(call, VIEW_USERS)
    return Answer(_whole(call, user_id))


def read_self(call: Call) -> Answer:
    """The caller's own record."""
    return Answer(_whole(call, call.user_id))


def create_user(call: Call) -> Answer:
    """Create a user with a password."""
    password = fields.secret(call.body, "password")
    if len(password) < LEAST_PASSWORD:
        raise invalid(f"password must have at least {LEAST_PASSWORD} characters.")
    now = call.installation.now()
    record = _record(call.body) | {
        "password": password_record(password),
        "created_on": now,
        "created_by": call.user_id,
        "updated_on": now,
        "updated_by": call.user_id,
    }
    try:
        user_id = insert(call.installation.database, "users", record)
    except sqlite3.IntegrityError:
        raise _duplicate() from None
    _assign(call, user_id)
    return Answer(_whole(call, user_id) | {"id": call.shape.identifier(user_id)}, 201)


def update_user(call: Call) -> Answer:
    """Replace a user's whole record; what is left out is emptied, but the password stays."""
    user_id = _path_id(call)
    database = call.installation.database
    existing_user(database, user_id)
    record = _record(call.body) | {"updated_on": call.installation.now(), "updated_by": call.user_id}
    assignments = ", ".join(f"{column} = :{column}" for column in record)
    try:
        database.execute(
            f"UPDATE users SET {assignments}, version = version + 1 WHERE id = :id",  # noqa: S608 - columns of _record
            record | {"id": user_id},
        )
    except sqlite3.IntegrityError:
        raise _duplicate() from None
    if record["disabled"]:
        close_sessions(call.installation, user_id)
    else:
        database.execute("UPDATE users SET failures = 0 WHERE id = ?", (user_id,))
    database.execute("DELETE FROM user_roles WHERE user_id = ?", (user_id,))
    _assign(call, user_id)
    return Answer(_whole(call, user_id) | {"id": call.shape.identifier(user_id)})


def delete_user(call: Call) -> Answer:
    """Delete a user with their key and sessions; not oneself."""
    user_id = _path_id(call)
    if user_id == call.user_id:
        raise invalid("You cannot delete your own user.")
    existing_user(call.installation.database, user_id)
    call.installation.database.execute("DELETE FROM users WHERE id = ?", (user_id,))
    return Answer(status=204)


def _whole(call: Call, user_id: int) -> dict[str, Any]:
    database = call.installation.database
    return call.shape.user(
        existing_user(database, user_id),
        roles_of_user(database, user_id),
        permissions_of_user(database, user_id),
        key_of_user(database, user_id),
    )


def _record(body: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that a body sets."""
    features = fields.values(body, "licenseFeatures")
    if not all(isinstance(feature, str) for feature in features):
        raise invalid("licenseFeatures must be a list of texts.")
    record: dict[str, Any] = {"username": fields.needed_text(body, "username")}
    for column, name in (
        ("first_name", "firstName"),
        ("last_name", "lastName"),
        ("email", "email"),
        ("description", "description"),
    ):
        record[column] = fields.text(body, name)
    for column in tuple(record):
        record[f"{column}_folded"] = folded(record[column])
    return record | {
        "domain": fields.text(body, "domain"),
        "license_features": json.dumps(features),
        "disabled": fields.flag(body, "disabled"),
        "enable_auto_login": fields.flag(body, "enableAutoLogin"),
        "multiple_login_allowed": fields.flag(body, "multipleLoginAllowed"),
        "device_credential_attested": fields.flag(body, "deviceCredentialAttested"),
    }


def _assign(call: Call, user_id: int) -> None:
    database = call.installation.database
    for role_id in set(call.shape.roles_of(call.body)):
        if database.execute("SELECT 1 FROM roles WHERE id = ?", (role_id,)).fetchone() is None:
            raise invalid(f"There is no role with the id {role_id}.")
        database.execute("INSERT INTO user_roles VALUES (?, ?)", (user_id, role_id))


def _path_id(call: Call) -> int:
    return fields.path_identifier(call.parameters["id"], "User")


def _duplicate() -> Refusal:
    return Refusal(409, "um.user.duplicate", "A user with this username exists already.")
