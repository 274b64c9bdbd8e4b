"""Every call of every release with any input: none makes the server fail, and each is seen to do its work besides."""

import base64
import json
import string
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from typing import Any, Self
from urllib.parse import quote

import httpx
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from a360tui.demo import DemoServer
from a360tui.demo.application import calls_of
from a360tui.demo.calls import Endpoint
from a360tui.demo.release import Release
from a360tui.demo.unpublished import Unpublished
from a360tui.demo.unpublished_calls import CLIENT, CLIENT_HEADER, unpublished_calls
from tests.demo.conftest import GENERATE, Caller, http_client

FIELD_NAMES = (
    "name description permissions userIds principals version username password apiKey multipleLogin token firstName "
    "lastName email domain disabled licenseFeatures roleIds roles id action resourceType filter sort page operator "
    "operands field value offset length direction apiKeyDuration unit principal kind label policies revision"
)
FIELDS = st.sampled_from(FIELD_NAMES.split())
WORDS = st.sampled_from(
    [
        *("", "admin", "creator", "Service desk", "eq", "and", "not", "substring", "username", "createdOn", "id", "1"),
        *("25", "DAYS", "asc", "true", "2026-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
        *("generateapikey", "api", "x" * 256, "\0", "🔑", "9" * 20),
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS
    | st.text(max_size=8)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=8,
)
EXTREMES: tuple[Any, ...] = (-1, 2**63, 1.5, True, None, "9" * 20, "\0", "", [], {}, [None])
TIMES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-01-01", "1", ""]
NUMBERS = ["1", "9" * 20, "-1", "0x1", "٣", ""]
COLUMNS = {
    "id": NUMBERS,
    "version": NUMBERS,
    "createdOn": TIMES,
    "username": ["adm", "\0"],
    "name": ["AAE", ""],
    "x": [""],
}
COMPARISONS = [
    {"operator": operator, "field": field, "value": value}
    for operator in ("lt", "substring")
    for field, values in COLUMNS.items()
    for value in values
]
FILTERS = st.recursive(
    st.sampled_from(COMPARISONS),
    lambda inner: st.fixed_dictionaries(
        {"operator": st.sampled_from(["and", "or", "not"]), "operands": st.lists(inner, max_size=3)}
    ),
    max_leaves=5,
)
IDS = st.sampled_from(["2", "3", "15", "18", "999", "x", "0"]) | st.text(
    string.printable + "é🔑", min_size=1, max_size=5
)
ROUNDS = 8


class Served:
    """A server of one release and its administrator, who is let in anew; a fresh server once that is not possible."""

    def __init__(self, release: Release, unpublished: Unpublished) -> None:
        self.release, self.unpublished = release, unpublished
        self.calls = calls_of(release, unpublished)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        running = self._stack.enter_context(
            DemoServer(release=self.release, unpublished=self.unpublished).on_loopback()
        )
        client = self._stack.enter_context(http_client(running))
        self.caller = Caller(client, running, "v1" if self.release is Release.V11_3 else "v2")
        assert self.caller.sign_in("admin").status_code == 200
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def let_in(self) -> None:
        """Have a live session again, whatever the calls before have done to users, roles and sessions."""
        if self.caller.get("/v1/authentication/token").json().get("valid"):
            return
        if self.caller.sign_in("admin").status_code != 200:
            self._stack.close()
            self.__enter__()

    def ask(self, endpoint: Endpoint, path: str, body: Any, *, token: bool = True) -> httpx.Response:
        """Make one call, and look at its answer as every answer has to be."""
        headers = {CLIENT_HEADER: CLIENT} | ({"X-Authorization": self.caller.token or ""} if token else {})
        response = self.caller.http.request(endpoint.method, path, headers=headers, json=body)
        status = response.status_code
        assert status < 500, (self.release, endpoint.method, path, body, response.text)
        assert status < 400 or response.json().keys() == {"code", "message", "details"}
        assert not response.content or response.json() is not None
        if "authentication" in endpoint.path and endpoint.method == "POST":
            self.let_in()
        return response

    def fitting(self, endpoint: Endpoint) -> dict[str, Any]:
        """A body that the call takes."""
        v1 = endpoint.path.startswith("/v1/")
        name = f"{endpoint.method} {v1}"
        body: dict[str, Any] = {}
        match endpoint.path.split("/")[2:]:
            case ["authentication"]:
                body = {"username": "runner", "password": self.caller.running.account("runner").password}
            case ["authentication", "token"] if v1:
                body = {"token": self.caller.token}
            case ["usermanagement", _, "list"]:
                body = {"sort": [{"field": "id", "direction": "asc"}], "page": {"offset": 0, "length": 2}}
            case ["usermanagement", "roles", *_]:
                people: dict[str, Any] = {"principals": [{"id": 1}]} if v1 else {"userIds": ["1"]}
                body = {"name": name, "permissions": [self._permission_of_v1 if v1 else GENERATE], **people}
            case ["usermanagement", "users", *_]:
                body = {"username": name, "password": "Secret-123", "licenseFeatures": []}
            case ["settings", "security"]:
                body = {"apiKeyDuration": {"value": 30, "unit": "DAYS"}}
            case ["identity", *_]:
                body = {"principal": 1, "kind": "PERSONAL", "label": None}
            case ["tenant", "policies"] if endpoint.method == "POST":
                headers = {CLIENT_HEADER: CLIENT, "X-Authorization": self.caller.token or ""}
                read = self.caller.http.get(endpoint.path, headers=headers).json()
                body = {part: read.get(part) for part in ("policies", "revision")}
        return body

    @cached_property
    def _permission_of_v1(self) -> dict[str, Any]:
        answer = self.caller.get("/v1/usermanagement/permissions").json()
        known = answer["list"] if isinstance(answer, dict) else answer
        return next({"id": each["id"]} for each in known if each["action"] == GENERATE["action"])


def with_extremes(body: Any) -> Iterator[Any]:
    """The body with each value in it, and each value within one, replaced by each extreme."""
    if isinstance(body, dict):
        for name, part in body.items():
            yield from ({**body, name: other} for other in (*EXTREMES, *with_extremes(part)))
    elif isinstance(body, list):
        for index, part in enumerate(body):
            yield from ([*body[:index], other, *body[index + 1 :]] for other in (*EXTREMES, *with_extremes(part)))


def fitting_path(endpoint: Endpoint) -> str:
    """The path with an id that the call takes: the caller's own, or one that is a custom role's and a user's, too."""
    number = 17 - endpoint.path.startswith("/v1/") if endpoint.method == "DELETE" else 18
    return endpoint.path.replace("{id}", "1" if "identity" in endpoint.path else str(number))


@pytest.fixture(
    params=[*((release, Unpublished.ASSUMED) for release in Release), (Release.V40, Unpublished.OTHER)],
    ids=[*(release.value for release in Release), "other calls"],
)
def server(request: pytest.FixtureRequest) -> Iterator[Served]:
    with Served(*request.param) as served:
        yield served


def test_each_call_does_its_work(server: Served) -> None:
    """Every call of the table succeeds with what it takes, and refuses who has no session."""
    for endpoint in server.calls:
        response = server.ask(endpoint, fitting_path(endpoint), server.fitting(endpoint))
        assert response.is_success, (endpoint.method, endpoint.path, response.text)
        if endpoint.signed_in:
            assert server.ask(endpoint, fitting_path(endpoint), {}, token=False).status_code == 401


@pytest.mark.parametrize(
    ("server", "calls"),
    [
        ((Release.V32, Unpublished.ASSUMED), calls_of(Release.V32)),
        ((Release.V40, Unpublished.OTHER), unpublished_calls(Unpublished.OTHER, "v2")),
    ],
    indirect=["server"],
    ids=["v1 and v2", "other calls"],
)
def test_no_value_makes_the_server_fail(server: Served, calls: tuple[Endpoint, ...]) -> None:
    """In what a call takes, each field was once each extreme, and each column was compared with each value."""
    for endpoint in calls:
        for body in with_extremes(server.fitting(endpoint)):
            server.ask(endpoint, fitting_path(endpoint), body)
        if endpoint.path.endswith("/list"):
            for comparison in COMPARISONS:
                server.ask(endpoint, endpoint.path, {"filter": comparison})


def test_no_input_makes_the_server_fail(server: Served) -> None:
    """Round after round of all calls: no body, no filter, no id and no state that others left makes one fail."""

    # A round that fails says with which call; to shrink it would take minutes.
    @settings(max_examples=ROUNDS, deadline=None, phases=[Phase.generate])
    @given(data=st.data())
    def a_round(data: st.DataObject) -> None:
        for endpoint in server.calls:
            body = data.draw(st.just(server.fitting(endpoint)) | VALUES)
            if endpoint.path.endswith("/list"):
                body = {"filter": data.draw(FILTERS)}
            path = endpoint.path
            if "{id}" in path:
                path = path.replace("{id}", quote(data.draw(IDS), safe=""))
            server.ask(endpoint, path, body, token=data.draw(st.integers(0, 9)) > 0)
        server.let_in()

    a_round()


@pytest.mark.parametrize("release", Release)
def test_no_token_makes_the_server_fail(release: Release) -> None:
    """A forged token of any content is 401."""
    with Served(release, Unpublished.ASSUMED) as server:

        @settings(max_examples=60, deadline=None)
        @given(st.dictionaries(st.sampled_from(["alg", "typ", "kid", "crit"]), VALUES | st.just("HS512")), VALUES)
        def one(header: dict[str, Any], rest: object) -> None:
            parts = (
                base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, rest)
            )
            server.caller.token = ".".join([*parts, "c2lnbmF0dXJl"])
            assert server.caller.post("usermanagement/roles/list", {}).status_code == 401

        one()
