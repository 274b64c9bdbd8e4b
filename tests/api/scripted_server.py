"""A Control Room that misbehaves on purpose: an asyncio server on raw sockets that follows a script.

The script says for each call what happens after its request was read, in order; the last step stays. A call that is
not in the script is 404. A step may answer, drip, hang, break off or reset; what goes wrong before a request is
``on_connect``.
"""

import asyncio
import json
import socket
import ssl
import struct
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from a360tui.api import Address

JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One request and the connection that it came on."""

    request: Received | None
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """End the connection with RST, as a crashed host or a stateful firewall does."""
        raw: socket.socket = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def until_gone(self) -> None:
        """Wait until the client has closed its side."""
        while await self.reader.read(65536):
            pass


Step = Callable[[Conversation], Awaitable[bool]]
"""What happens; the outcome says whether the connection is kept for another request."""


def head(
    status: int, length: int | None, headers: Mapping[str, str] | None = None, content_type: str = JSON_TYPE
) -> bytes:
    """The first part of an answer."""
    lines = [f"HTTP/1.1 {status} X"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    if length is not None:
        lines.append(f"Content-Length: {length}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def answer(
    body: Any = None, status: int = 200, headers: Mapping[str, str] | None = None, content_type: str = JSON_TYPE
) -> Step:
    """A whole answer; a body that is not bytes goes as JSON, ``None`` as no body."""
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()

    async def step(talk: Conversation) -> bool:
        await talk.send(head(status, None if status == 204 else len(data), headers, content_type) + data)
        return True

    return step


def refused(status: int, message: str = "", code: str | int = "x", headers: Mapping[str, str] | None = None) -> Step:
    """An error in the Control Room's own form."""
    return answer({"code": code, "message": message, "details": None}, status, headers)


def page(status: int = 200) -> Step:
    """A web page, as the web UI or a proxy answers."""
    return answer(b"<!DOCTYPE html><title>Hello</title>", status, content_type="text/html; charset=utf-8")


def signed_in(token: str = "token-1", ttl: Any = "1200", permissions: Any = (), **user: Any) -> Step:
    """An answer to a sign-in or a refresh."""
    user = {"id": "9", "username": "jdoe", "roles": []} | user
    return answer({"token": token, "user": user, "permissions": list(permissions), "ttlSeconds": ttl})


def rows(items: list[Any], total: Any = None, **paging: Any) -> Step:
    """A page of a list; without a total its ``page`` is missing."""
    body: dict[str, Any] = {"list": items}
    if total is not None:
        body["page"] = {"offset": "0", "total": total, "totalFilter": total} | paging
    return answer(body)


def pieces(*parts: bytes) -> Step:
    """Bytes as they are, and the end of the connection."""

    async def step(talk: Conversation) -> bool:
        for part in parts:
            await talk.send(part)
        return False

    return step


def cut(body: bytes, promised: int, status: int = 200) -> Step:
    """An answer that ends before its promised length."""
    return pieces(head(status, promised) + body)


def bomb(megabytes: int, window: int) -> bytes:
    """So many megabytes of zeros, compressed; ``window`` is zlib's ``wbits``."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, window)
    zeros = bytes(1024 * 1024)
    return b"".join([*(compressor.compress(zeros) for _ in range(megabytes)), compressor.flush()])


async def hang(talk: Conversation) -> bool:
    """Nothing, until the client goes."""
    await talk.until_gone()
    return False


async def close(_talk: Conversation) -> bool:
    """The end of the connection instead of an answer."""
    return False


async def reset(talk: Conversation) -> bool:
    """A reset connection instead of an answer."""
    talk.reset()
    return False


def drip(data: bytes) -> Step:
    """Byte after byte, slowly, for as long as the client stays; then the last byte again and again."""

    async def step(talk: Conversation) -> bool:
        gone = asyncio.ensure_future(talk.until_gone())
        position = 0
        while not gone.done():
            await talk.send(data[position : position + 1])
            position = min(position + 1, len(data) - 1)
            await asyncio.wait([gone], timeout=0.01)
        return False

    return step


def after(event: asyncio.Event, step: Step) -> Step:
    """A step that waits for the test."""

    async def waiting(talk: Conversation) -> bool:
        await event.wait()
        return await step(talk)

    return waiting


class ScriptedServer:
    """The server, on 127.0.0.1 and a free port; an async context manager."""

    def __init__(
        self,
        script: Mapping[str, Step | list[Step]] | None = None,
        *,
        on_connect: Step | None = None,
        tls: ssl.SSLContext | None = None,
        signs_in: bool = True,
    ) -> None:
        """``script``: ``"POST /v2/usermanagement/roles"`` → its steps. With ``signs_in`` a v2 sign-in works."""
        steps = {call: list(step) if isinstance(step, list) else [step] for call, step in (script or {}).items()}
        if signs_in:
            steps.setdefault("POST /v2/authentication", [signed_in()])
        self._steps = steps
        self._on_connect = on_connect
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Condition()
        self.received: list[Received] = []
        self.connections = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def address(self) -> Address:
        return Address("http" if self._tls is None else "https", "127.0.0.1", self.port)

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def count(self, call: str) -> int:
        """How often a call came: ``"POST /v2/authentication"``."""
        return len(self.of(call))

    def of(self, call: str) -> list[Received]:
        """The requests of a call."""
        return [request for request in self.received if f"{request.method} {request.path}" == call]

    async def arrival(self, call: str, count: int = 1) -> None:
        """Wait until a call has come so often."""
        async with self._news:
            await self._news.wait_for(lambda: self.count(call) >= count)

    async def rest(self, connections: int) -> None:
        """Wait until so many connections are left."""
        async with self._news:
            await self._news.wait_for(lambda: len(self._talks) == connections)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass  # the client went, or the test ended
        finally:
            self._talks.discard(task)
            writer.transport.abort()
            async with self._news:
                self._news.notify_all()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._on_connect is not None and not await self._on_connect(Conversation(None, reader, writer)):
            await self._end(writer)
            return
        kept = True
        while kept:
            request = await _read_request(reader)
            if request is None:
                return
            self.received.append(request)
            async with self._news:
                self._news.notify_all()
            steps = self._steps.get(f"{request.method} {request.path}", [refused(404, "Not Found.")])
            step = steps.pop(0) if len(steps) > 1 else steps[0]
            kept = await step(Conversation(request, reader, writer))
        await self._end(writer)

    @staticmethod
    async def _end(writer: asyncio.StreamWriter) -> None:
        """Close in an orderly way, so that what was sent arrives."""
        if not writer.is_closing():
            writer.close()
            await writer.wait_closed()


async def _read_request(reader: asyncio.StreamReader) -> Received | None:
    first = await reader.readline()
    if not first:
        return None
    method, path, _version = first.decode("latin-1").split()
    headers: dict[str, str] = {}
    while (line := (await reader.readline()).decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, path, headers, body)
