"""The Control Room as it is at the server, asked from outside over the same socket."""

from typing import Any, Self

import httpx

from a360tui.demo import Running
from tests.demo.conftest import Caller

_STORY = ("admin", "creator", "runner")


class Witness:
    """An administrator who looks, and prepares what a test begins with; signs in when first asked."""

    def __init__(self, running: Running) -> None:
        transport = None if running.socket is None else httpx.HTTPTransport(uds=str(running.socket))
        self._http = httpx.Client(base_url=running.url, transport=transport, timeout=30)
        self._running = running
        self._admin: Caller | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def anybody(self) -> Caller:
        """Somebody who has not signed in yet."""
        return Caller(self._http, self._running)

    @property
    def admin(self) -> Caller:
        if self._admin is None:
            self._admin = self.anybody()
            assert self._admin.sign_in("admin").status_code == 200
        return self._admin

    def signs_in(self, username: str, key: str) -> bool:
        """Whether the key signs in now; a refused one counts as a failed sign-in of that user."""
        return self.anybody().sign_in(username, apiKey=key).status_code == 200

    def make_key(self, username: str) -> str:
        """Make the user's key, or a new one in its place."""
        caller = self.anybody()
        assert caller.sign_in(username).status_code == 200
        return caller.generate()["apiKey"]

    def role(self, name: str) -> dict[str, Any] | None:
        """A role with its permissions and users, or ``None`` where there is none of that name."""
        rows = self.admin.rows("roles", filter={"operator": "eq", "field": "name", "value": name})
        return None if not rows else self.admin.get(f"usermanagement/roles/{rows[0]['id']}").json()

    def users_of(self, name: str) -> list[str]:
        """The sign-in names of a role's users."""
        role = self.role(name)
        assert role is not None
        return sorted(self.user(user_id)["username"] for user_id in role["userIds"])

    def user(self, user_id: str) -> dict[str, Any]:
        """A user's record."""
        record: dict[str, Any] = self.admin.get(f"usermanagement/users/{user_id}").json()
        return record

    def named(self, username: str) -> dict[str, Any]:
        """The record of the user of that name."""
        return self.user(self.admin.user_id(username))

    @property
    def duration(self) -> dict[str, Any]:
        """How long a key made now lives, as the server puts it."""
        answer: dict[str, Any] = self.admin.get("settings/security").json()["apiKeyDuration"]
        return answer

    def state(self) -> dict[str, Any]:
        """All that the screens could change: the roles, the duration, the people of the story with their keys."""
        roles = self.admin.rows("roles", page={"offset": 0, "length": 200})
        custom = [self.admin.get(f"usermanagement/roles/{row['id']}").json() for row in roles if not row["systemRole"]]
        people = [{k: v for k, v in self.named(name).items() if k != "lastLoginTime"} for name in _STORY]
        return {"roles": roles, "custom": custom, "people": people, "duration": self.duration}
