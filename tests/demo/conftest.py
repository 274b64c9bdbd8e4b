"""Callers of the embedded Control Room, over a real socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from a360tui.demo import Running

GENERATE = {"action": "generateapikey", "resourceType": "api"}


class Caller:
    """Somebody who calls with a token, in one version of the API."""

    def __init__(self, http: httpx.Client, running: Running, version: str = "v2") -> None:
        self.http = http
        self.running = running
        self.version = version
        self.token: str | None = None
        self.username = ""

    def another(self) -> "Caller":
        return Caller(self.http, self.running, self.version)

    def sign_in(self, username: str, **body: Any) -> httpx.Response:
        """Sign in with the password of this run, or with what is given."""
        if not body.keys() & {"password", "apiKey"}:
            body["password"] = self.running.account(username).password
        response = self.http.post(f"/{self.version}/authentication", json={"username": username, **body})
        if response.status_code == 200:
            self.token = response.json()["token"]
            self.username = username
        return response

    def call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Call a path; one without a version gets the caller's."""
        url = path if path.startswith("/v") else f"/{self.version}/{path}"
        headers = {"X-Authorization": self.token} if self.token else {}
        return self.http.request(method, url, headers=headers, json=body)

    def get(self, path: str) -> httpx.Response:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> httpx.Response:
        return self.call("POST", path, body)

    def put(self, path: str, body: Any) -> httpx.Response:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> httpx.Response:
        return self.call("DELETE", path)

    def rows(self, kind: str, **request: Any) -> list[dict[str, Any]]:
        """The rows of one page of ``users`` or ``roles``."""
        response = self.post(f"usermanagement/{kind}/list", request)
        assert response.status_code == 200, response.text
        rows: list[dict[str, Any]] = response.json()["list"]
        return rows

    def user_id(self, username: str) -> str:
        (row,) = self.rows("users", filter={"operator": "eq", "field": "username", "value": username})
        return str(row["id"])

    def role_id(self, name: str) -> str:
        (row,) = self.rows("roles", filter={"operator": "eq", "field": "name", "value": name})
        return str(row["id"])

    def allow_keys(self, *usernames: str, name: str = "API key users") -> httpx.Response:
        """Make the role that grants Generate API-Key, for some users (v2)."""
        people = [self.user_id(username) for username in usernames]
        return self.post("usermanagement/roles", {"name": name, "permissions": [GENERATE], "userIds": people})

    def generate(self) -> dict[str, str]:
        response = self.post("usermanagement/users/self/apikey")
        assert response.status_code == 200, response.text
        answer: dict[str, str] = response.json()
        return answer


@contextmanager
def http_client(running: Running, **options: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.url, trust_env=False, verify=options.pop("verify", False), **options) as client:
        yield client


@pytest.fixture
def http(control_room: Running) -> Iterator[httpx.Client]:
    with http_client(control_room) as client:
        yield client


@pytest.fixture
def anybody(http: httpx.Client, control_room: Running, request: pytest.FixtureRequest) -> Caller:
    """Somebody who has not signed in."""
    release = getattr(request.node, "callspec", None) and request.node.callspec.params.get("control_room")
    return Caller(http, control_room, "v1" if release == "11.3" else "v2")


@pytest.fixture
def admin(anybody: Caller) -> Caller:
    caller = anybody.another()
    assert caller.sign_in("admin").status_code == 200
    return caller


@pytest.fixture
def creator(anybody: Caller) -> Caller:
    caller = anybody.another()
    assert caller.sign_in("creator").status_code == 200
    return caller
