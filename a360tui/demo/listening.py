"""The sockets and the certificate, and uvicorn, in a thread or until a signal."""

import asyncio
import errno
import os
import signal
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from a360tui.demo.errors import PortInUse, PortRefused

MOST_CONNECTIONS = 100
BACKLOG = 64
IDLE_TIME = 30
"""Seconds that a connection may be kept without a request."""
FIRST_REQUEST_TIME = 10.0
"""Seconds within which a connection's first request must arrive."""
_CREDENTIALS = struct.Struct("3i")  # struct ucred: process, user, group


@contextmanager
def unix_listener(path: Path) -> Iterator[socket.socket]:
    """A listening Unix socket, guarded by the folder that it is in."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen(BACKLOG)
        yield listener


@contextmanager
def loopback_listener(port: int) -> Iterator[socket.socket]:
    """A socket that listens on 127.0.0.1; a ``port`` of 0 is any free one."""
    # With its protocol named, asyncio sends without delay; else each answer on a kept connection takes 40 ms more.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(BACKLOG)
        except (OSError, OverflowError) as error:
            if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
                raise PortInUse(f"Port {port} on 127.0.0.1 is in use by another program.") from error
            reason = error.strerror if isinstance(error, OSError) else "there is no such port"
            raise PortRefused(f"Port {port} on 127.0.0.1 cannot be listened on: {reason}.") from error
        yield listener


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 and localhost.

    Returns the file of its authority, for clients, and the file of the certificate with its key.
    """
    import trustme  # with cryptography 7 MB, for TLS alone

    authority = trustme.CA(organization_name="a360tui demo")
    certificate = authority.issue_cert("localhost", "127.0.0.1", organization_name="a360tui demo")
    authority_file, certificate_file = folder / "authority.pem", folder / "certificate.pem"
    authority.cert_pem.write_to_path(str(authority_file))
    certificate.private_key_and_cert_chain_pem.write_to_path(str(certificate_file))
    return authority_file, certificate_file


@contextmanager
def served_in_thread(application: ASGIApp, listener: socket.socket, certificate: Path | None = None) -> Iterator[None]:
    """Serve in a thread of this process with an event loop of its own; signals stay with the main thread."""
    server = _Server(application, certificate)
    started = threading.Event()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(server.run_until_stopped(listener, started.set))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            failures.append(error)
            started.set()

    thread = threading.Thread(target=run, name="embedded Control Room", daemon=True)
    thread.start()
    started.wait()
    try:
        if not failures:
            yield
    finally:
        server.stop()
        thread.join()
    if failures:
        raise failures[0]


def serve_until_signal(
    application: ASGIApp, listener: socket.socket, certificate: Path | None, on_listening: Callable[[], None]
) -> None:
    """Serve in the main thread until SIGINT, SIGTERM or SIGHUP; returns when everything is closed and removed."""
    server = _Server(application, certificate)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                loop.add_signal_handler(number, server.stop)
        await server.run_until_stopped(listener, on_listening)

    asyncio.run(run())


class _Protocol(H11Protocol):
    """HTTP for one connection, which on a Unix socket has to be this user's, and is closed if no request comes."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the base class has it
        super().connection_made(transport)
        if _is_foreign(transport.get_extra_info("socket")):
            transport.abort()
        else:
            self.loop.call_later(FIRST_REQUEST_TIME, self._close_if_silent)

    def _close_if_silent(self) -> None:
        if self.cycle is None:
            self.transport.close()


def _is_foreign(connection: socket.socket) -> bool:
    """Whether another user is at the other end of a Unix socket; false where the system cannot tell."""
    if connection.family != socket.AF_UNIX or not hasattr(socket, "SO_PEERCRED"):
        return False
    _, user, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return bool(user != os.geteuid())


class _Server(uvicorn.Server):
    """uvicorn that logs nothing, leaves signals to its caller, and stops at once."""

    def __init__(self, application: ASGIApp, certificate: Path | None) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                loop="asyncio",
                http=_Protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,  # each answer has it, by the installation's own clock
                limit_concurrency=MOST_CONNECTIONS,
                backlog=BACKLOG,
                timeout_keep_alive=IDLE_TIME,
                timeout_graceful_shutdown=1,
                ssl_certfile=certificate,
                ssl_keyfile=certificate,
                ssl_version=ssl.PROTOCOL_TLS_SERVER,
            )
        )
        self._stopped = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def stop(self) -> None:
        """Stop serving; may be called from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # it ended by itself
                self._loop.call_soon_threadsafe(self._stopped.set)

    async def run_until_stopped(self, listener: socket.socket, on_listening: Callable[[], None]) -> None:
        """Serve the connections of a listener."""
        self._loop = asyncio.get_running_loop()
        on_listening()
        await self.serve(sockets=[listener])

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        await self._stopped.wait()
