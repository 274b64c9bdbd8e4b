"""A gate in front of the Control Room: answers to the calls it holds wait until it is opened."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self


class Gate:
    """A relay between two Unix sockets; an async context manager.

    The request has been carried out at the server when its answer is held: that is the moment at which a screen that
    closes, or a program that ends, could lose a key.
    """

    def __init__(self) -> None:
        self.behind: Path | None = None
        """The socket of the Control Room; set once it listens."""
        self.held = 0
        """Answers that wait now."""
        self.abandoned = 0
        """Answers that waited when the client went away."""
        self._holds: Callable[[bytes], bool] = lambda _request: False
        self._breaks = False
        self._open = asyncio.Event()
        self._talks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="a360tui-gate-"))
        self.path = self._folder / "socket"
        self._server = await asyncio.start_unix_server(self._accept, self.path)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()
        await asyncio.sleep(0)  # what was aborted is closed in the loop's next round
        shutil.rmtree(self._folder)

    def hold(self, call: str) -> None:
        """From now on, hold the answers to ``POST /v2/…``."""
        self._open.clear()
        self._holds = lambda request: request.startswith(call.encode() + b" ")

    def break_off(self, call: str) -> None:
        """From now on, break the connection instead of answering to ``POST /v2/…``."""
        self.hold(call)
        self._breaks = True

    def open(self) -> None:
        """Let all answers through, those that wait and those to come."""
        self._holds = lambda _request: False
        self._breaks = False
        self._open.set()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.create_task(self._relay(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)
        talk.add_done_callback(lambda _: writer.transport.abort())

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with ExitStack() as ends:
            server_reader, server_writer = await asyncio.open_unix_connection(self.behind)
            ends.callback(server_writer.transport.abort)
            held = asyncio.Event()
            to_server = asyncio.create_task(self._requests(reader, server_writer, held))
            to_client = asyncio.create_task(self._answers(server_reader, writer, held, to_server))
            ends.callback(to_server.cancel)
            ends.callback(to_client.cancel)
            await asyncio.wait((to_server, to_client), return_when=asyncio.FIRST_COMPLETED)

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, held: asyncio.Event) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if self._holds(data):
                    held.set()
                writer.write(data)
                await writer.drain()

    async def _answers(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        held: asyncio.Event,
        client_gone: asyncio.Task[None],
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if held.is_set():
                    held.clear()
                    if self._breaks:
                        return
                    self.held += 1
                    try:
                        await self._open.wait()
                    finally:
                        self.held -= 1
                        self.abandoned += client_gone.done()
                writer.write(data)
                await writer.drain()
