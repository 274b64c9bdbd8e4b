import json
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from a360tui.demo import Running
from a360tui.demo.limits import BODY_CAP
from tests.demo.conftest import Caller


@pytest.mark.parametrize("path", ["/", "/login", "/index.html", "/vault/v2", "/%2e%2e/etc", "/v22/usermanagement"])
def test_an_unknown_page_is_the_web_ui(http: httpx.Client, path: str) -> None:
    """What is no call is answered with a page and status 200, as the web UI does."""
    response = http.get(path)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/usermanagement/nothing", 404),
        ("GET", "/v1/", 404),
        ("GET", "/v2", 404),
        ("POST", "/v3/bots", 404),
        ("POST", "/v2/usermanagement/roles/", 404),
        ("POST", "/login", 404),
        ("GET", "/v2/authentication", 405),
        ("DELETE", "/v2/settings/security", 405),
    ],
)
def test_an_unknown_call_is_an_error_in_json(http: httpx.Client, method: str, path: str, status: int) -> None:
    """404 or 405 with ``{code, message, details}``, never a page and never a redirect."""
    response = http.request(method, path)
    assert (response.status_code, response.json().keys()) == (status, {"code", "message", "details"})


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "control-room.demo", ""])
@pytest.mark.parametrize("path", ["/", "/v1/authentication/type", "/v2/nothing"])
def test_another_host_name_is_not_served(http: httpx.Client, host: str, path: str) -> None:
    """A name that was made to point here opens nothing, neither calls nor pages."""
    assert http.get(path, headers={"Host": host}).status_code == 421


def test_localhost_is_served(http: httpx.Client, control_room: Running) -> None:
    """Both names of this machine are right, with the port."""
    port = urlsplit(control_room.url).port
    assert http.get("/v1/authentication/type", headers={"Host": f"LOCALHOST:{port}"}).status_code == 200


def test_a_write_from_a_web_page_is_refused(admin: Caller, control_room: Running) -> None:
    """A browser adds ``Origin``: with it nothing is written, even from a page of this very address."""
    headers = {"X-Authorization": admin.token or "", "Origin": control_room.url}
    response = admin.http.post("/v2/usermanagement/roles", json={"name": "CSRF"}, headers=headers)
    assert response.status_code == 403
    assert all(row["name"] != "CSRF" for row in admin.rows("roles"))


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b'{"name": "Form"}', "text/plain", 415),
        (b"name=Form", "application/x-www-form-urlencoded", 415),
        (b'{"name": "Form"}', "", 415),
        (b'{"name": "Form"', "application/json", 400),
        (b'["name"]', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b'{"name": "\\ud800"}', "application/json", 400),
        (b'{"\\udfff": 1, "name": "x"}', "application/json", 400),
        (b'{"name": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b'{"name": "Deep", "a": ' + b"[" * 64 + b"]" * 64 + b"}", "application/json", 400),
        (b"[" * 500_000, "application/json", 400),
        (b'{"name": "Form"}', "Application/JSON; charset=utf-8", 201),
    ],
)
def test_a_body_must_be_plain_json(admin: Caller, content: bytes, content_type: str, status: int) -> None:
    """What a form can send is 415; what is no JSON object of decent depth and valid Unicode is 400."""
    headers = {"X-Authorization": admin.token or "", "Content-Type": content_type}
    response = admin.http.post("/v2/usermanagement/roles", content=content, headers=headers)
    assert (response.status_code, len(admin.rows("roles"))) == (status, 19 if status == 201 else 18)


def test_a_body_is_capped(admin: Caller) -> None:
    """One byte above the cap is 413, said or streamed, and the connection goes on."""
    headers = {"X-Authorization": admin.token or "", "Content-Type": "application/json"}

    def chunks() -> Iterator[bytes]:
        for _ in range(BODY_CAP // 65536 + 1):
            yield b" " * 65536

    for content in (b" " * (BODY_CAP + 1), chunks()):
        assert admin.http.post("/v2/usermanagement/roles", content=content, headers=headers).status_code == 413
    fitting = json.dumps({"name": "Large"}).encode().ljust(BODY_CAP)
    assert admin.http.post("/v2/usermanagement/roles", content=fitting, headers=headers).status_code == 201


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n",
        b"GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
        b"POST /v2/authentication HTTP/1.1\r\nHost: HOST\r\nContent-Length: x\r\n\r\n",
        b"GET /v1/authentication/type HTTP/1.1\r\nHost: HOST\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    ],
)
def test_odd_requests_are_answered(control_room: Running, raw: bytes) -> None:
    """Bytes that are no HTTP, or unusual HTTP, get an answer below 500."""
    address = urlsplit(control_room.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(raw.replace(b"HOST", address.netloc.encode()))
        connection.shutdown(socket.SHUT_WR)
        assert re.match(rb"HTTP/1.1 [234]", connection.recv(100))
