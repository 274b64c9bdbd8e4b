"""The other shape of the calls that are not public, and the page that makes them."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from a360tui.demo import DemoServer, Running
from tests.demo.conftest import Caller, http_client

HEADERS = {"X-Client-Kind": "web-ui"}


@pytest.fixture
def other(request: pytest.FixtureRequest) -> Iterator[Running]:
    with DemoServer(release=getattr(request, "param", "v40"), unpublished="other").on_loopback() as running:
        yield running


@pytest.fixture
def admin(other: Running) -> Iterator[Caller]:
    with http_client(other) as http:
        caller = Caller(http, other)
        assert caller.sign_in("admin").status_code == 200
        yield caller


def send(caller: Caller, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
    return caller.http.request(
        method, f"/v2/{path}", json=body, headers={"X-Authorization": caller.token or "", **HEADERS, **headers}
    )


def test_the_assumed_calls_are_absent(admin: Caller) -> None:
    """404 or 405, as a Control Room that has other ones answers."""
    assert admin.post("usermanagement/users/self/apikey").status_code in {404, 405}
    assert admin.get("settings/security").status_code == 404


def test_a_key_needs_the_users_own_id_twice(admin: Caller) -> None:
    """In the path and, as a number, in the body; with the header. Then the key signs in."""
    admin.allow_keys("admin")
    number = int(admin.user_id("admin"))
    path, body = f"identity/principals/{number}/secret", {"principal": number, "kind": "PERSONAL", "label": None}
    for refused in (
        send(admin, "PUT", path, body, **{"X-Client-Kind": "x"}),
        send(admin, "PUT", path, {**body, "principal": str(number)}),
        send(admin, "PUT", path, {"principal": number}),
    ):
        assert refused.status_code == 400
    assert send(admin, "PUT", f"identity/principals/{number + 1}/secret", body).status_code == 403
    made = send(admin, "PUT", path, body)
    assert made.status_code == 201
    assert admin.another().sign_in("admin", apiKey=made.json()["result"]["credential"]["text"]).status_code == 200


def test_policies_are_set_on_top_of_what_was_read(admin: Caller) -> None:
    """The revision is sent back, who modified it is not; then the revision is another one."""
    read = send(admin, "GET", "tenant/policies").json()
    assert read["policies"]["accessSecret"] == {"lifetime": "3888000"}
    assert send(admin, "POST", "tenant/policies", read).status_code == 400
    body = {name: read[name] for name in ("policies", "revision")}
    for lifetime in (3600, "61", "0", "x", "99999999999999"):
        body["policies"]["accessSecret"]["lifetime"] = lifetime
        assert send(admin, "POST", "tenant/policies", body).status_code == 400
    body["policies"]["accessSecret"]["lifetime"] = "3600"
    assert send(admin, "POST", "tenant/policies", body).status_code == 204
    assert send(admin, "POST", "tenant/policies", body).status_code == 409
    assert send(admin, "GET", "tenant/policies").json()["policies"]["accessSecret"] == {"lifetime": "3600"}


def test_the_page_and_whom_it_lets_in(admin: Caller, other: Running) -> None:
    """The page is there, loads nothing from elsewhere, and may write; a page of another origin may not."""
    page = admin.http.get("/")
    assert "Generate API-Key" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    read = send(admin, "GET", "tenant/policies").json()
    body = {name: read[name] for name in ("policies", "revision")}
    for origin in ("http://evil.example", other.url + ".evil.example", "null", other.url.replace("http", "https")):
        assert send(admin, "POST", "tenant/policies", body, Origin=origin).status_code == 403
    assert send(admin, "POST", "tenant/policies", body, Origin=other.url).status_code == 204


@pytest.mark.parametrize("other", ["11.3"], indirect=True)
def test_where_there_is_no_v2(other: Running) -> None:
    """Page and calls are under v1."""
    with http_client(other) as http:
        caller = Caller(http, other, "v1")
        caller.sign_in("admin")
        assert 'version = "v1"' in http.get("/").text
        answer = http.get("/v1/tenant/policies", headers={"X-Authorization": caller.token or "", **HEADERS})
        assert answer.status_code == 200


def test_without_it_no_page_may_write(control_room: Running) -> None:
    """In the assumed shape there is no page that makes calls."""
    with http_client(control_room) as http:
        assert "Generate API-Key" not in http.get("/").text
