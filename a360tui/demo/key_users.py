"""Users who may generate a key from the start, with keys as after a few months of use."""

import random
import secrets
from datetime import timedelta

from a360tui.demo.company import SIGN_IN_USERS, RoleSeed
from a360tui.demo.credentials import key_digest
from a360tui.demo.database import folded
from a360tui.demo.founding import found_role
from a360tui.demo.installation import MICROSECOND, Installation
from a360tui.demo.permissions import GENERATE_API_KEY

ROLE = RoleSeed("API key users", "May generate an API key", (GENERATE_API_KEY,), system=False)
_AGE = timedelta(days=160)
"""How long ago the role was created."""
_LIVES = (30, 45, 45, 45, 90)
"""Lifetimes of the keys in days, since the duration was changed from time to time."""
_WITH_KEY = 0.9
_STILL_ALIVE = 0.9
"""Of the users with a key, the share whose key has not ended."""


def let_generate(installation: Installation, count: int, seed: int) -> None:
    """Give the role that grants *Generate API-Key* to ``count`` users; those who have it already stay.

    The users of the demo make their first key themselves; most of the others have one.
    """
    chance = random.Random(seed)  # noqa: S311 - dates, no secrets
    database, now = installation.database, installation.now()
    row = database.execute("SELECT id FROM roles WHERE name_folded = ?", (folded(ROLE.name),)).fetchone()
    role_id = found_role(database, ROLE, now - _AGE // MICROSECOND) if row is None else row["id"]
    chosen = database.execute(
        "SELECT id, username FROM users WHERE id != 1 AND id NOT IN (SELECT user_id FROM user_roles WHERE role_id = ?)"
        " ORDER BY id LIMIT max(0, ? - (SELECT count(*) FROM user_roles WHERE role_id = ?))",
        (role_id, count, role_id),
    ).fetchall()
    database.executemany("INSERT INTO user_roles VALUES (?, ?)", [(user["id"], role_id) for user in chosen])
    in_person = {user.username for user in SIGN_IN_USERS}
    database.executemany(
        "INSERT OR IGNORE INTO api_keys (user_id, salt, digest, created_on, expires_on) VALUES (?, ?, ?, ?, ?)",
        [
            (user["id"], *key_digest(secrets.token_urlsafe()), *_dates(now, chance))
            for user in chosen
            if user["username"] not in in_person and chance.random() < _WITH_KEY
        ],
    )


def _dates(now: int, chance: random.Random) -> tuple[int, int]:
    """When a key was made and when it ends."""
    life = timedelta(days=chance.choice(_LIVES))
    if chance.random() < _STILL_ALIVE:
        made = now - life * chance.random() // MICROSECOND
    else:
        made = now - (life + timedelta(days=60) * chance.random()) // MICROSECOND
    return made, made + life // MICROSECOND
