"""A relay between the program and a Control Room, which holds the answer to the request for a key."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

_ASKING = b"POST /v2/usermanagement/users/self/apikey "


class Relay:
    """Passes everything on, but of the answer with the new key only as much as `passed` says, until `let_go`."""

    def __init__(self, url: str, passed: int | None) -> None:
        self._upstream = urlsplit(url)
        self._passed = passed
        self.url = ""
        self.held = asyncio.Event()
        """An answer has come, and is held."""
        self.let_go = asyncio.Event()
        self.asked = 0
        """How many keys were asked for."""
        self.talks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one connection; it ends with the block of `relay` at the latest."""
        talk = asyncio.create_task(self._talk(reader, writer))
        self.talks.add(talk)
        await asyncio.wait([talk])
        self.talks.discard(talk)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream, downstream = await asyncio.open_connection(self._upstream.hostname, self._upstream.port)
        try:
            first = await reader.read(65536)
            asks = first.startswith(_ASKING)
            self.asked += asks
            downstream.write(self._addressed(first))
            ways = [_pass_on(reader, downstream, self._addressed)]
            ways.append(
                self._hold(upstream, writer) if asks and not self.let_go.is_set() else _pass_on(upstream, writer)
            )
            passing = [asyncio.create_task(way) for way in ways]
            try:
                await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in passing:
                    each.cancel()
        finally:
            downstream.close()

    async def _hold(self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await upstream.readuntil(b"\r\n\r\n")
        [length] = [line[15:] for line in head.splitlines() if line.lower().startswith(b"content-length:")]
        body = await upstream.readexactly(int(length))
        if self._passed is not None:
            writer.write((head + body)[: self._passed])
            await writer.drain()
        self.held.set()
        await self.let_go.wait()

    def _addressed(self, piece: bytes) -> bytes:
        """With the Control Room's own host name, without which it answers nobody."""
        return piece.replace(urlsplit(self.url).netloc.encode(), self._upstream.netloc.encode())


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, change: Callable[[bytes], bytes] = bytes
) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(change(piece))
            await writer.drain()


@asynccontextmanager
async def relay(url: str, passed: int | None) -> AsyncIterator[Relay]:
    """A relay on 127.0.0.1; ``passed`` is how much of the held answer is passed on, as in a slice; None: nothing."""
    between = Relay(url, passed)
    server = await asyncio.start_server(between.serve, "127.0.0.1", 0)
    between.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield between
    finally:
        server.close()
        for talk in between.talks:
            talk.cancel()
        await server.wait_closed()
