"""Queries on users and roles that several calls share, and how their rows are stored."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, cast

from a360tui.demo.auth_type import AuthType
from a360tui.demo.database import folded
from a360tui.demo.installation import Installation
from a360tui.demo.refusal import invalid, not_found


def insert(database: sqlite3.Connection, table: str, record: Mapping[str, Any]) -> int:
    """Insert a row, given its columns by name; returns the id."""
    return cast("int", database.execute(insertion(table, record), record).lastrowid)


def insertion(table: str, columns: Iterable[str]) -> str:
    """The statement that inserts a row, with a named parameter for each column."""
    names = tuple(columns)
    values = ", ".join(f":{name}" for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"  # noqa: S608 - names of our own callers


def existing_user(database: sqlite3.Connection, user_id: int) -> sqlite3.Row:
    """The user's row; a 404 `Refusal` where there is none."""
    row = database.execute("SELECT * FROM users WHERE id = ?", (user_id,)).fetchone()
    if row is None:
        raise not_found("User")
    return row  # type: ignore[no-any-return]  # sqlite3 types a fetched row as Any


def user_of_sign_in_name(installation: Installation, name: str) -> sqlite3.Row | None:
    """The user with this sign-in name, in upper or lower case; a directory's users have their domain in front."""
    domain = ""
    if installation.auth_type is AuthType.ACTIVE_DIRECTORY:
        domain, _, name = name.rpartition("\\")
    row = installation.database.execute("SELECT * FROM users WHERE username_folded = ?", (folded(name),)).fetchone()
    if row is None or (installation.auth_type is AuthType.ACTIVE_DIRECTORY and folded(row["domain"]) != folded(domain)):
        return None
    return row  # type: ignore[no-any-return]  # as above


def roles_of_user(database: sqlite3.Connection, user_id: int) -> list[sqlite3.Row]:
    """Id and name of each of the user's roles."""
    return roles_of_users(database, [user_id]).get(user_id, [])


def permissions_of_user(database: sqlite3.Connection, user_id: int) -> list[sqlite3.Row]:
    """The permissions of all the user's roles."""
    return database.execute(
        "SELECT id, action, resource_type FROM permissions WHERE id IN (SELECT permission_id FROM role_permissions"
        " JOIN user_roles USING (role_id) WHERE user_id = ?) ORDER BY pair_folded",
        (user_id,),
    ).fetchall()


def key_of_user(database: sqlite3.Connection, user_id: int) -> sqlite3.Row | None:
    """The user's key: digest, salt and dates."""
    return database.execute("SELECT * FROM api_keys WHERE user_id = ?", (user_id,)).fetchone()  # type: ignore[no-any-return]  # as above


def known_users(database: sqlite3.Connection, user_ids: Iterable[int]) -> list[int]:
    """The ids, sorted and without duplicates; a 400 `Refusal` where there is no such user."""
    wanted = sorted(set(user_ids))
    for user_id in wanted:
        if database.execute("SELECT 1 FROM users WHERE id = ?", (user_id,)).fetchone() is None:
            raise invalid(f"There is no user with the id {user_id}.")
    return wanted


def roles_of_users(database: sqlite3.Connection, user_ids: list[int]) -> dict[int, list[sqlite3.Row]]:
    """Id and name of the roles by the id of the user; users without a role are missing."""
    found: dict[int, list[sqlite3.Row]] = {}
    rows = database.execute(
        "SELECT user_id, id, name FROM user_roles JOIN roles ON roles.id = role_id"
        " WHERE user_id IN (SELECT value FROM json_each(?)) ORDER BY role_id",
        (json.dumps(user_ids),),
    )
    for row in rows:
        found.setdefault(row["user_id"], []).append(row)
    return found
