"""The company that a new installation starts with: people, roles, and keys in each state.

No role grants *Generate API-Key*: the story of the demo begins with making one.
"""

import itertools
import json
import random
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from a360tui.demo.database import folded
from a360tui.demo.directory import insert
from a360tui.demo.installation import MICROSECOND, Installation
from a360tui.demo.keys import key_digest
from a360tui.demo.people import people, plain
from a360tui.demo.permissions import CATALOGUE, GENERATE_API_KEY, Pair, of

MAIL_DOMAIN = "nordwind.example"
AGE = timedelta(days=1100)
"""How long ago the company installed its Control Room."""
ADMINISTRATOR = "admin"


@dataclass(frozen=True, slots=True)
class RoleSeed:
    """A role of the company."""

    name: str
    description: str
    permissions: tuple[Pair, ...]
    system: bool = True


@dataclass(frozen=True, slots=True)
class UserSeed:
    """A person, or a name that a program signs in with."""

    username: str
    first_name: str
    last_name: str
    roles: tuple[str, ...]
    description: str = ""
    key_age: timedelta | None = None
    """How long ago the user's key was made; ``None`` has none."""
    disabled: bool = False
    license: str = ""


_BASIC = (
    *of("dashboard", "view"),
    *of("activity", "viewmyinprogress", "viewhistory"),
    *of("taskscheduling", "myschedule"),
)
_DEVELOPER = (
    *_BASIC,
    *of("repositorymanager", "mybots", "viewcontent", "checkin", "checkout", "runbot"),
    *of("packages", "viewpackages"),
    *of("credentials", "managecredentials"),
    *of("devices", "view", "register"),
    *of("eventtriggers", "view", "managemytriggers"),
)
_EVERYTHING = tuple(pair for pair in CATALOGUE if pair != GENERATE_API_KEY)

ROLES = (
    RoleSeed("AAE_Admin", "Has all administrator rights", _EVERYTHING),
    RoleSeed("AAE_Basic", "Sees the dashboard and own activity", _BASIC),
    RoleSeed("AAE_Bot_Developer", "Builds bots and tests them", _DEVELOPER),
    RoleSeed("AAE_Bot Insight Admin", "Manages Bot Insight", of("api", "botinsightapi") + of("dashboard")),
    RoleSeed("AAE_Bot Insight Consumer", "Sees Bot Insight dashboards", of("dashboard", "view")),
    RoleSeed("AAE_Bot Insight Expert", "Makes Bot Insight dashboards", of("dashboard")),
    RoleSeed("AAE_COE Admin", "Manages the CoE Manager", of("botinsightapi") + of("dashboard", "view")),
    RoleSeed("AAE_IQ Bot Admin", "Manages learning instances", of("iqbotapi")),
    RoleSeed("AAE_IQ Bot Services", "Uploads and downloads documents", of("iqbotapi", "accessuploadanddownloadapi")),
    RoleSeed("AAE_IQ Bot Validator", "Validates documents", of("iqbotapi", "accessreportingapi")),
    RoleSeed("AAE_Locker Admin", "Manages all lockers", of("credentials")),
    RoleSeed("AAE_Pool Admin", "Manages all device pools", of("devices", "view", "managepools", "adminpools")),
    RoleSeed("AAE_Queue Admin", "Manages all queues", of("workload")),
    RoleSeed(
        "Finance automation",
        "Runs the invoice and ledger bots",
        (*_BASIC, *of("repositorymanager", "viewcontent", "runbot"), *of("workload", "viewqueues")),
        system=False,
    ),
    RoleSeed(
        "HR onboarding",
        "Runs the bots for new colleagues",
        (*_BASIC, *of("repositorymanager", "viewcontent", "runbot"), *of("credentials", "managecredentials")),
        system=False,
    ),
    RoleSeed(
        "Night operations",
        "Watches and restarts what runs over night",
        (*of("activity"), *of("taskscheduling"), *of("devices", "view")),
        system=False,
    ),
    RoleSeed(
        "Service desk",
        "Looks users up and unlocks them",
        (*of("usermanagement", "usermanagement", "updateuser", "viewuserrolebasicinfo"), *of("auditlog", "view")),
        system=False,
    ),
    RoleSeed(
        "Integrations",
        "Programs that call the Control Room",
        (*_BASIC, *of("repositorymanager", "viewcontent", "runbot"), *of("devices", "view")),
        system=False,
    ),
)

_CREATOR = ("AAE_Basic", "AAE_Bot_Developer")
_PROGRAM = ("AAE_Basic", "Integrations")

SIGN_IN_USERS = (
    UserSeed(ADMINISTRATOR, "Ada", "Lindqvist", ("AAE_Admin",), "Administrator"),
    UserSeed("creator", "Tomás", "Reyes", _CREATOR, "Bot creator", license="DEVELOPMENT"),
    UserSeed("runner", "Mei", "Tanaka", _CREATOR, "Bot creator", license="DEVELOPMENT"),
)
"""Who gets a password at each start; the administrator is the first."""
LEAST_USERS = len(SIGN_IN_USERS)

COLLEAGUES = (
    UserSeed("svc-invoices", "Invoice", "upload", _PROGRAM, "Uploads invoices every hour", timedelta(days=12)),
    UserSeed(
        "svc-hr-sync", "HR", "synchronization", _PROGRAM, "Brings new colleagues over", timedelta(days=42, hours=5)
    ),
    UserSeed("svc-reports", "Report", "export", _PROGRAM, "Exports the weekly report", timedelta(days=61)),
    UserSeed(
        "svc-warehouse", "Warehouse", "trigger", _PROGRAM, "Retired in spring", timedelta(days=200), disabled=True
    ),
    UserSeed("svc-crm", "CRM", "webhook", _PROGRAM, "Starts bots from the CRM", timedelta(hours=3)),
    UserSeed("petra.hoffmann", "Petra", "Hoffmann", ("AAE_Basic", "AAE_COE Admin"), "Leads the CoE"),
    UserSeed("arjun.iyer", "Arjun", "Iyer", _CREATOR, "", timedelta(days=30), license="DEVELOPMENT"),
    UserSeed("niamh.walsh", "Niamh", "Walsh", (*_CREATOR, "AAE_Locker Admin"), license="DEVELOPMENT"),
    UserSeed("omar.haddad", "Omar", "Haddad", ("AAE_Basic", "Finance automation"), license="RUNTIME"),
    UserSeed("lucia.fernandez", "Lucía", "Fernández", ("AAE_Basic", "Finance automation"), license="RUNTIME"),
    UserSeed("jonas.becker", "Jonas", "Becker", ("AAE_Basic", "HR onboarding"), license="RUNTIME"),
    UserSeed("thandiwe.mbeki", "Thandiwe", "Mbeki", ("AAE_Basic", "HR onboarding"), license="RUNTIME"),
    UserSeed("kenji.sato", "Kenji", "Sato", ("AAE_Basic", "Night operations")),
    UserSeed("grace.osei", "Grace", "Osei", ("AAE_Basic", "Night operations", "AAE_Pool Admin")),
    UserSeed("marek.nowak", "Marek", "Nowak", ("AAE_Basic", "Service desk")),
    UserSeed("elif.demir", "Elif", "Demir", ("AAE_Basic", "AAE_Bot Insight Expert")),
    UserSeed("sofie.jensen", "Sofie", "Jensen", ("AAE_Basic", "AAE_IQ Bot Admin", "AAE_IQ Bot Validator")),
    UserSeed("priya.sharma", "Priya", "Sharma", (*_CREATOR, "AAE_Queue Admin"), license="DEVELOPMENT"),
    UserSeed("viktor.petrov", "Viktor", "Petrov", _CREATOR, "Left the company", disabled=True),
    UserSeed("benoit.lefevre", "Benoît", "Lefèvre", ("AAE_Admin",), "Administrator, deputy"),
)
CROWD_ROLES = (
    _CREATOR,
    ("AAE_Basic",),
    ("AAE_Basic",),
    ("AAE_Basic", "Finance automation"),
    ("AAE_Basic", "HR onboarding"),
)


def found(installation: Installation, users: int | None, seed: int) -> None:
    """Fill a new installation: the named people, then as many more as make ``users``.

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
    """Hire people until there are ``users``; those who are there stay."""
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
        role_id = database.execute(
            "INSERT INTO roles (name, name_folded, description, description_folded, system_role,"
            " created_on, created_by, updated_on, updated_by) VALUES (?, ?, ?, ?, ?, ?, 1, ?, 1)",
            (role.name, folded(role.name), role.description, folded(role.description), role.system, founded, founded),
        ).lastrowid
        database.executemany(
            "INSERT INTO role_permissions SELECT ?, id FROM permissions WHERE pair_folded = ?",
            [(role_id, pair.folded) for pair in role.permissions],
        )


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

    names = ", ".join(_record(SIGN_IN_USERS[0], 0, 0))
    places = ", ".join(f":{name}" for name in _record(SIGN_IN_USERS[0], 0, 0))
    database.executemany(f"INSERT INTO users ({names}) VALUES ({places})", records())  # noqa: S608 - columns of _record
    database.executemany("INSERT INTO user_roles VALUES (?, ?)", members)
    database.executemany("INSERT INTO api_keys VALUES (?, ?, ?, ?, ?)", keys)


def restore(database: sqlite3.Connection, seed: UserSeed, now: int) -> None:
    """Bring back a sign-in name that was deleted."""
    user_id = insert(database, {name: value for name, value in _record(seed, 0, now).items() if name != "id"})
    database.executemany(
        "INSERT INTO user_roles SELECT ?, id FROM roles WHERE name = ?", [(user_id, name) for name in seed.roles]
    )


def _record(seed: UserSeed, user_id: int, created: int) -> dict[str, Any]:
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
        "created_on": created,
        "created_by": 1,
        "updated_on": created,
        "updated_by": 1,
    }
