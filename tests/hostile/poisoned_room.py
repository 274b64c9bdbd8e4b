"""A Control Room whose every text means harm: a relay before the embedded one that replaces names, words and messages.

It knows no call: whatever answer has a text in it is poisoned, those of calls that are added later too.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, TypeVar

import httpx

from a360tui.demo import Running
from tests.hostile.payloads import PAYLOADS, Payload, joined

_KEPT_FIELDS = {"token", "apiKey", "action", "resourceType", "type", "unit", "id", "authType"}
_KEPT_TEXT = re.compile(r"\d*|\d{4}-\d\d-\d\dT.*")
_FAKE_ID = 90_000


class Relay:
    """Stands before a Control Room, on 127.0.0.1."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.url = ""
        self.http = httpx.Client(base_url=running.url, timeout=30)

    def pass_on(self, method: str, path: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        """What the Control Room behind it answers."""
        kept = {name: value for name, value in headers.items() if name.lower() in {"x-authorization", "content-type"}}
        return self.http.request(method, path, headers=kept, content=body)

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """The status and the body that go to the client."""
        reply = self.pass_on(method, path, headers, body)
        return reply.status_code, reply.content


Room = TypeVar("Room", bound=Relay)


class PoisonedRoom(Relay):
    """What it does is set between requests."""

    def __init__(self, running: Running) -> None:
        super().__init__(running)
        self.bundle: Sequence[Payload] | None = None
        """What every text is; without it, the rows of a list have one payload each, and there is a row for each."""
        self.refused: dict[str, int] = {}
        """``POST /v2/authentication`` → the status that it is refused with; an ending of the path is enough."""

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        for call, status in self.refused.items():
            refused_method, _, ending = call.partition(" ")
            if method == refused_method and path.partition("?")[0].endswith(ending):
                words = joined(self.bundle or PAYLOADS)
                return status, json.dumps({"code": words, "message": words, "details": words}).encode()
        reply = self.pass_on(method, path, headers, body)
        if not reply.content.startswith((b"{", b"[")):
            return reply.status_code, reply.content
        document = reply.json()
        if isinstance(document, dict):
            self._multiply(path, document)
        return reply.status_code, json.dumps(self._poisoned(document, 0)).encode()

    def _multiply(self, path: str, document: dict[str, Any]) -> None:
        """Enough rows that each payload has its own, and in a role a permission of each that no client knows."""
        rows = document.get("list")
        if rows and self.bundle is None:
            template = next((row for row in rows if row.get("systemRole")), rows[0])
            rows += [template | {"id": str(_FAKE_ID + n)} for n in range(len(rows), len(PAYLOADS))]
            for row in rows:
                row["disabled"] = False  # who is disabled cannot be chosen
            document["page"] = {"offset": 0, "total": len(rows), "totalFilter": len(rows)}
        if re.search(r"/roles/\d+$", path) and "permissions" in document:
            document["permissions"] += [
                {"id": str(_FAKE_ID + n), "action": each.text, "resourceType": each.text, "resourceId": None}
                for n, each in enumerate(self.bundle or PAYLOADS)
            ]

    def _poisoned(self, value: Any, row: int, field: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self._poisoned(each, row, name) for name, each in value.items()}
        if isinstance(value, list):
            rows = enumerate(value) if field == "list" else ((row, each) for each in value)
            return [self._poisoned(each, number, field) for number, each in rows]
        if isinstance(value, str) and field not in _KEPT_FIELDS and not _KEPT_TEXT.fullmatch(value):
            return PAYLOADS[row % len(PAYLOADS)].text if self.bundle is None else joined(self.bundle)
        return value


@contextmanager
def poisoned(running: Running) -> Iterator[PoisonedRoom]:
    with relayed(PoisonedRoom(running)) as room:
        yield room


@contextmanager
def relayed(room: Room) -> Iterator[Room]:
    """Have it listen."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            status, answer = room.answer(self.command, self.path, dict(self.headers), body)
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(b"" if status == 204 else answer)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - as above

        def log_message(self, *_: object) -> None:
            """Nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    room.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield room
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        room.http.close()
