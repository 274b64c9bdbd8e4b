"""Fill a new installation with the company, and hire more people."""

import itertools
import json
import random
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from a360tui.demo.company import COLLEAGUES, CROWD_ROLES, ROLES, SIGN_IN_USERS, RoleSeed, UserSeed
from a360tui.demo.credentials import key_digest
from a360tui.demo.database import folded
from a360tui.demo.directory import insert, insertion
from a360tui.demo.installation import MICROSECOND, Installation
from a360tui.demo.people import people, plain
from a360tui.demo.permissions import CATALOGUE

MAIL_DOMAIN = "nordwind.example"
AGE = timedelta(days=1100)
"""How long ago the company's Control Room was installed."""


def found(installation: Installation, users: int | None, seed: int) -> None:
    """Fill a new installation with the named people, and then with more until there are ``users``.

    The same seed gives the same people.
    """
    chance = random.Random(seed)  # noqa: S311 - names and dates, no secrets
    installation.found()
    database = installation.database
    _found_permissions(database, chance)
    now = installation.now()
    _found_roles(database, now - AGE // MICROSECOND)
    named = (*SIGN_IN_USERS, *COLLEAGUES)[:users]
    _found_users(database, now, itertools.chain(named, _crowd(database, chance)), users or len(named), chance=chance)


def grow(installation: Installation, users: int, seed: int) -> None:
    """Hire people until there are ``users``; existing ones stay."""
    database = installation.database
    (count,) = database.execute("SELECT count(*) FROM users").fetchone()
    if count < users:
        chance = random.Random(seed + count)  # noqa: S311 - as above
        _found_users(
            database, installation.now(), _crowd(database, chance), users - count, chance=chance, span=AGE / 100
        )


def _found_permissions(database: sqlite3.Connection, chance: random.Random) -> None:
    ids = chance.sample(range(1, 10 * len(CATALOGUE)), len(CATALOGUE))  # they differ between installations
    database.executemany(
        "INSERT INTO permissions VALUES (?, ?, ?, ?)",
        [(number, *pair, pair.folded) for number, pair in zip(sorted(ids), CATALOGUE, strict=True)],
    )


def _found_roles(database: sqlite3.Connection, founded: int) -> None:
    for role in ROLES:
        found_role(database, role, founded)


def found_role(database: sqlite3.Connection, role: RoleSeed, moment: int) -> int:
    """Create a role of the company, dated at that moment; returns its id."""
    record = {
        "name": role.name,
        "name_folded": folded(role.name),
        "description": role.description,
        "description_folded": folded(role.description),
        "system_role": role.system,
    }
    role_id = insert(database, "roles", record | _written(moment))
    database.executemany(
        "INSERT INTO role_permissions SELECT ?, id FROM permissions WHERE pair_folded = ?",
        [(role_id, pair.folded) for pair in role.permissions],
    )
    return role_id


def _crowd(database: sqlite3.Connection, chance: random.Random) -> Iterator[UserSeed]:
    taken = {row[0] for row in database.execute("SELECT username_folded FROM users")}
    taken |= {user.username for user in (*SIGN_IN_USERS, *COLLEAGUES)}
    for username, first, last in people(chance, taken):
        yield UserSeed(username, first, last, chance.choice(CROWD_ROLES), disabled=chance.random() < 0.02)  # noqa: PLR2004


def _found_users(
    database: sqlite3.Connection,
    now: int,
    seeds: Iterable[UserSeed],
    count: int,
    *,
    chance: random.Random,
    span: timedelta = AGE,
) -> None:
    roles = {row["name"]: row["id"] for row in database.execute("SELECT id, name FROM roles")}
    first = database.execute("SELECT coalesce(max(id), 0) + 1 FROM users").fetchone()[0]
    step = span // MICROSECOND // (count + 1)
    members: list[tuple[int, int]] = []
    keys: list[tuple[int, bytes, bytes, int, int]] = []

    def records() -> Iterator[dict[str, Any]]:
        for position, seed in enumerate(itertools.islice(seeds, count)):
            created = now - span // MICROSECOND + position * step + chance.randrange(step)
            members.extend((first + position, roles[name]) for name in seed.roles if name in roles)
            if seed.key_age is not None:
                made = now - seed.key_age // MICROSECOND
                life = timedelta(days=45) // MICROSECOND
                keys.append((first + position, *key_digest(secrets.token_urlsafe()), made, made + life))
            yield _record(seed, first + position, created)

    database.executemany(insertion("users", _record(SIGN_IN_USERS[0], first, now)), records())
    database.executemany("INSERT INTO user_roles VALUES (?, ?)", members)
    database.executemany("INSERT INTO api_keys VALUES (?, ?, ?, ?, ?)", keys)


def restore(database: sqlite3.Connection, seed: UserSeed, now: int) -> None:
    """Create a sign-in name that was deleted again."""
    user_id = insert(database, "users", _record(seed, None, now))
    database.executemany(
        "INSERT INTO user_roles SELECT ?, id FROM roles WHERE name = ?", [(user_id, name) for name in seed.roles]
    )


def _record(seed: UserSeed, user_id: int | None, created: int) -> dict[str, Any]:
    email = f"{plain(seed.username)}@{MAIL_DOMAIN}"
    return {
        "id": user_id,
        "username": seed.username,
        "username_folded": folded(seed.username),
        "first_name": seed.first_name,
        "first_name_folded": folded(seed.first_name),
        "last_name": seed.last_name,
        "last_name_folded": folded(seed.last_name),
        "email": email,
        "email_folded": email,
        "description": seed.description,
        "description_folded": folded(seed.description),
        "license_features": json.dumps([seed.license] if seed.license else []),
        "disabled": seed.disabled,
        **_written(created),
    }


def _written(moment: int) -> dict[str, int]:
    """The columns that say who created a row and when; the administrator was the first user."""
    return {"created_on": moment, "created_by": 1, "updated_on": moment, "updated_by": 1}
