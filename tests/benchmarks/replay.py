"""Servers that cost next to nothing: one that replays pages of users, and a line that takes its time.

``python -m tests.benchmarks.replay pages FILE`` answers each request for a list with the page of that offset, and says
the port that it listens on. ``python -m tests.benchmarks.replay line PORT SECONDS SOCKET`` listens on a Unix socket and
passes everything on to a port, later by these seconds each way; it says the socket.
"""

import asyncio
import json
import pickle
import sys
from functools import cache
from pathlib import Path

PAGE = 200
SIGNED_IN = {"token": "a-token", "user": {"id": "1", "username": "admin"}, "permissions": [], "ttlSeconds": "1200"}


@cache
def pages_in(file: str) -> list[bytes]:
    """The recorded answers, by their place in the list."""
    pages: list[bytes] = pickle.loads(Path(file).read_bytes())
    return pages


class Pages(asyncio.Protocol):
    """One connection to the pages."""

    def __init__(self, file: str) -> None:
        self._pages = pages_in(file)
        self._come = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._come += data
        while True:
            head, whole, rest = self._come.partition(b"\r\n\r\n")
            lines = head.lower().split(b"\r\n")
            length = sum(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
            if not whole or len(rest) < length:
                return
            body, self._come = rest[:length], rest[length:]
            self._answer(head.split(b" ")[1], body)

    def _answer(self, path: bytes, body: bytes) -> None:
        answer = b"{}"
        if path.endswith(b"/list"):
            answer = self._pages[json.loads(body)["page"]["offset"] // PAGE]
        elif path.endswith(b"/authentication"):
            answer = json.dumps(SIGNED_IN).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
        assert self._transport is not None
        self._transport.write(head.encode() + answer)


class Line(asyncio.Protocol):
    """One end of a connection that is passed on."""

    def __init__(self, seconds: float, port: int = 0) -> None:
        self._seconds = seconds
        self._port = port
        """Where it goes on to; 0 for the far end."""
        self._transport: asyncio.Transport | None = None
        self._waiting: list[bytes] = []
        self.other: Line | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._port:
            self._connecting = asyncio.ensure_future(self._connect())

    async def _connect(self) -> None:
        far = Line(self._seconds)
        far.other = self
        await asyncio.get_running_loop().create_connection(lambda: far, "127.0.0.1", self._port)
        self.other = far
        for data in self._waiting:
            self.data_received(data)

    def data_received(self, data: bytes) -> None:
        if self.other is None:
            self._waiting.append(data)
        elif self._seconds:
            asyncio.get_running_loop().call_later(self._seconds, self.other.write, data)
        else:
            self.other.write(data)

    def write(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.write(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - as asyncio calls it
        if self.other is not None and self.other._transport is not None:
            self.other._transport.close()


async def main(what: str, *arguments: str) -> None:
    loop = asyncio.get_running_loop()
    if what == "pages":
        server = await loop.create_server(lambda: Pages(arguments[0]), "127.0.0.1", 0)
        listens_at = server.sockets[0].getsockname()[1]
    else:
        port, seconds = int(arguments[0]), float(arguments[1])
        listens_at = arguments[2]
        server = await loop.create_unix_server(lambda: Line(seconds, port), listens_at)
    sys.stdout.write(f"{listens_at}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
