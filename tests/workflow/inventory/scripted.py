"""A scripted Control Room in which some users may generate a key, and one answer each to what is asked of them."""

from collections.abc import Mapping
from typing import Any

from tests.api.scripted_server import ScriptedServer, Step, answer, rows, signed_in

ROLES = "/v2/usermanagement/roles"
USERS = "/v2/usermanagement/users"
GENERATE = {"id": 7, "action": "GenerateApiKey", "resourceType": "API"}
LOOK = (
    {"action": "rolesview", "resourceType": "rolesmanagement"},
    {"action": "usermanagement", "resourceType": "usermanagement"},
)
SIGN_IN = "POST /v2/authentication"


def record(username: str, ends: str | None = None, **fields: Any) -> Step:
    """A user's record; the key was made a month before its end."""
    made = ends and "2026-01-01T00:00:00Z"
    roles = [{"id": "31", "name": "API key users"}]
    key = {"apiKeyCreatedOn": made, "apiKeyExpirationTime": ends}
    return answer({"username": username, "roles": roles, **key, **fields}, headers={"Date": DATE})


DATE = "Mon, 23 Nov 2026 09:41:00 GMT"


def control_room(users: Mapping[str, Step | list[Step]], permissions: Any = LOOK, **script: Any) -> ScriptedServer:
    """User id → what happens when the user is asked for; all of them have the one role that grants it."""
    role = {"id": "31", "name": "API key users", "permissions": [GENERATE], "userIds": list(users)}
    steps: dict[str, Any] = {
        SIGN_IN: signed_in(permissions=permissions),
        f"POST {ROLES}/list": rows([{"id": "31", "name": "API key users"}], 1),
        f"GET {ROLES}/31": answer(role),
        **{f"GET {USERS}/{user_id}": step for user_id, step in users.items()},
    }
    return ScriptedServer(steps | script)
