"""HAR files in the shapes in which Chrome, Edge and Firefox save them, made of what a page asked and was answered."""

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

HOST = "https://cr.example"
TOKEN_OF_15 = (
    "eyJhbGciOiJSUzUxMiJ9."
    + base64.urlsafe_b64encode(b'{"sub":"15","jti":"5f1c20aa-canary-of-the-token"}').decode().rstrip("=")
    + ".c2lnbmF0dXJlLWNhbmFyeQ"
)
KEY = 'Kx9\\"~canary;of(the)key^7Zq!w$e%r&t*y0A'


@dataclass
class Exchange:
    """One of them."""

    method: str
    url: str
    sent: Any = None
    status: int = 200
    answer: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    packed: str = ""
    """``base64`` or ``gzip``, in the ways that files hold contents."""
    no_content: bool = False


class Recording:
    """What a browser has seen."""

    def __init__(self, host: str = HOST) -> None:
        self.host = host
        self.exchanges: list[Exchange] = []

    def add(self, method: str, path: str, sent: Any = None, answer: Any = None, **more: Any) -> "Recording":
        """An exchange with the Control Room, or with another host where ``path`` is a whole address."""
        url = path if "://" in path else self.host + path
        headers = {"X-Authorization": TOKEN_OF_15, **more.pop("headers", {})}
        self.exchanges.append(Exchange(method, url, sent, answer=answer, headers=headers, **more))
        return self


def _content(exchange: Exchange) -> dict[str, Any]:
    content: dict[str, Any] = {"size": 10, "mimeType": "application/json"}
    if exchange.no_content or exchange.answer is None:
        return content
    text = exchange.answer if isinstance(exchange.answer, str) else json.dumps(exchange.answer)
    if exchange.packed:
        raw = gzip.compress(text.encode()) if exchange.packed == "gzip" else text.encode()
        return {**content, "text": base64.b64encode(raw).decode(), "encoding": "base64"}
    return {**content, "text": text}


def _sent(exchange: Exchange, **more: Any) -> dict[str, Any]:
    if exchange.sent is None:
        return {}
    return {"postData": {"mimeType": "application/json", **more, "text": json.dumps(exchange.sent)}}


def chrome(recording: Recording) -> dict[str, Any]:
    """As Chrome exports it, with what it adds of its own."""
    entries = [
        {
            "_connectionId": "77",
            "_initiator": {"type": "script", "stack": {"callFrames": [{"functionName": "send", "lineNumber": 1}]}},
            "_priority": "High",
            "_resourceType": "fetch",
            "cache": {},
            "connection": "443",
            "pageref": "page_1",
            "request": {
                "method": each.method,
                "url": each.url,
                "httpVersion": "http/2.0",
                "headers": [
                    {"name": ":authority", "value": "cr.example"},
                    {"name": "accept", "value": "application/json"},
                    {"name": "cookie", "value": "JSESSIONID=canary-of-the-cookie; theme=dark"},
                    {"name": "sec-ch-ua", "value": '"Chromium";v="156"'},
                    *({"name": name.lower(), "value": value} for name, value in each.headers.items()),
                ],
                "queryString": [],
                "cookies": [{"name": "JSESSIONID", "value": "canary-of-the-cookie"}],
                "headersSize": -1,
                "bodySize": 0,
                **_sent(each),
            },
            "response": {
                "status": each.status,
                "statusText": "",
                "headers": [{"name": "set-cookie", "value": "JSESSIONID=canary-of-the-cookie; Secure"}],
                "cookies": [],
                "content": _content(each),
                "redirectURL": "",
                "_transferSize": 0,
                "_error": None,
            },
            "serverIPAddress": "192.0.2.1",
            "startedDateTime": f"2026-11-23T20:31:{number % 60:02}.123Z",
            "time": 12.3,
            "timings": {"blocked": 1.5, "dns": -1, "wait": 3e0},
        }
        for number, each in enumerate(recording.exchanges)
    ]
    creator = {"name": "WebInspector", "version": "537.36"}
    return {"log": {"version": "1.2", "creator": creator, "pages": [{"id": "page_1"}], "entries": entries}}


def edge(recording: Recording) -> dict[str, Any]:
    """As Edge exports it: Chrome's, with headers as they are written, before the entries' other parts."""
    document = chrome(recording)
    document["log"]["creator"] = {"name": "WebInspector", "version": "537.36 Edg/142"}
    for entry, each in zip(document["log"]["entries"], recording.exchanges, strict=True):
        entry["request"]["httpVersion"] = "HTTP/1.1"
        entry["request"]["headers"] = [
            {"name": "Cookie", "value": "JSESSIONID=canary-of-the-cookie"},
            *({"name": name, "value": value} for name, value in each.headers.items()),
        ]
    return document


def firefox(recording: Recording) -> dict[str, Any]:
    """As Firefox saves it: times with an offset, parameters beside the text of a body."""
    entries = [
        {
            "startedDateTime": f"2026-11-23T21:31:{number % 60:02}.123+01:00",
            "request": {
                "bodySize": 3,
                "method": each.method,
                "url": each.url,
                "httpVersion": "HTTP/2",
                "headers": [
                    {"name": "Host", "value": "cr.example"},
                    {"name": "User-Agent", "value": "Mozilla/5.0"},
                    {"name": "Cookie", "value": "JSESSIONID=canary-of-the-cookie"},
                    *({"name": name, "value": value} for name, value in each.headers.items()),
                ],
                "cookies": [],
                "queryString": [],
                "headersSize": 500,
                **_sent(each, params=[]),
            },
            "response": {
                "status": each.status,
                "headers": [],
                "cookies": [],
                "content": _content(each),
                "redirectURL": "",
                "bodySize": 5,
            },
            "cache": {},
            "timings": {},
            "time": 1,
            "_securityState": "secure",
            "pageref": "page_1",
        }
        for number, each in enumerate(recording.exchanges)
    ]
    creator = {"name": "Firefox", "version": "145.0"}
    return {"log": {"version": "1.2", "creator": creator, "browser": creator, "pages": [], "entries": entries}}


BROWSERS: dict[str, Callable[[Recording], dict[str, Any]]] = {"chrome": chrome, "edge": edge, "firefox": firefox}


def other_shape(version: str = "v2") -> Recording:
    """The buttons of the embedded Control Room's page, pressed by the user 15, among what else a page does."""
    client = {"X-Client-Kind": "web-ui", "X-CSRF-Token": "canary-of-the-csrf-token"}
    before = {
        "policies": {"accessSecret": {"lifetime": "3888000"}, "password": {"expiryDays": 90, "history": 5}},
        "revision": 3,
        "lastModifiedOn": "2026-11-01T00:00:00Z",
        "lastModifiedBy": 15,
    }
    after = {
        **before,
        "policies": {**before["policies"], "accessSecret": {"lifetime": "2592000"}},  # type: ignore[dict-item]  # mypy sees an object
        "revision": 4,
    }
    signed_in = {"token": TOKEN_OF_15, "user": {"id": "15", "username": "jdoe", "email": "canary@example.com"}}
    return (
        Recording()
        .add("POST", f"/{version}/authentication", {"username": "jdoe", "password": "canary-password"}, signed_in)
        .add("OPTIONS", f"/{version}/identity/principals/15/secret", status=204)
        .add("GET", "https://telemetry.example/collect?key=canary-of-another-host", answer={"apiKey": KEY + "x"})
        .add(
            "PUT",
            f"/{version}/identity/principals/15/secret?_=1795465891717",
            {"principal": 15, "kind": "PERSONAL", "label": None, "note": "canary of jdoe", "proof": "aB3$canaryproof9"},
            {"result": {"credential": {"text": KEY, "issuedAt": _AT, "validUntil": _UNTIL}, "id": "c-Aa1-55555555555"}},
            status=201,
            headers=client,
        )
        .add("GET", f"/{version}/tenant/policies", answer=before, headers=client)
        .add(
            "POST",
            f"/{version}/tenant/policies",
            {name: after[name] for name in ("policies",)} | {"revision": 3},
            status=204,
            headers=client,
        )
        .add("GET", f"/{version}/tenant/policies", answer=after, headers=client)
        .add("GET", f"/{version}/activity", answer={"running": 45, "list": []})
        .add("POST", f"/{version}/old", {"apiKey": 1}, {"apiKey": KEY}, status=302)
        .add("POST", f"/{version}/broken", {}, {"apiKey": KEY}, status=500)
    )


_AT, _UNTIL = "2026-11-23T20:31:03.5Z", "2027-01-07T20:31:03.5Z"

CANARIES = (
    KEY,
    TOKEN_OF_15,
    "canary-password",
    "canary-of-the-cookie",
    "canary-of-the-csrf-token",
    "canary@example.com",
    "canary of jdoe",
    "aB3$canaryproof9",
    "canary-of-another-host",
    "jdoe",
)
"""What of that recording must never be seen again."""
