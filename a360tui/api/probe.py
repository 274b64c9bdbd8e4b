"""Connect to a Control Room step by step (name, TCP, proxy, TLS) without sending a request.

The steps are those of every connection, taken one by one so that each can be timed and, where it fails, named. All
raise `NotReachable`, with the same message that a request would have had.
"""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from a360tui.api.address import Address
from a360tui.api.errors import NotReachable, TLSFailed
from a360tui.api.failure import not_connected, not_let_through
from a360tui.api.proxy import Proxy
from a360tui.text import harmless, shortened

if TYPE_CHECKING:
    from cryptography.x509 import Certificate as ParsedCertificate
    from cryptography.x509 import Name

LIMIT = 10.0
"""Seconds for each step."""
_LONGEST_NAME = 80

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Certificate:
    """What a server's certificate says; every text is harmless."""

    subject: str
    issuer: str
    """The issuer's name."""
    not_before: datetime
    not_after: datetime
    """UTC."""


@dataclass(frozen=True)
class Handshake:
    """What was negotiated for a TLS connection."""

    protocol: str
    """``TLSv1.3``."""
    certificate: Certificate


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a host, in the order in which they would be tried."""
    async with _in_time(host):
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


async def connect(address: str, port: int, host: str) -> None:
    """Make a TCP connection to one address of a host, and close it."""
    async with _in_time(host):
        _, writer = await asyncio.open_connection(address, port)
    await _close(writer)


async def shake_hands(address: Address, proxy: Proxy | None, ca_file: Path | None) -> Handshake:
    """Shake hands with a Control Room, with the trust that every request has, and say what was negotiated."""
    from a360tui.api.tls import system_trust

    context = await asyncio.to_thread(system_trust, ca_file)
    return await _handshake(address, proxy, context)


async def certificate_shown(address: Address, proxy: Proxy | None) -> Certificate | None:
    """The certificate that a Control Room shows, trusted or not, to report whose it is; ``None`` where it shows none.

    Nothing is sent over that connection: it is closed after the handshake.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        return (await _handshake(address, proxy, context)).certificate
    except NotReachable:
        return None


async def _handshake(address: Address, proxy: Proxy | None, context: ssl.SSLContext) -> Handshake:
    async with _in_time(address.display, "" if proxy is None else proxy.display):
        _, writer = await _way_to(address, proxy)
        try:
            await writer.start_tls(context, server_hostname=address.host)
            connection = writer.get_extra_info("ssl_object")
            protocol, shown = connection.version(), connection.getpeercert(True)
        finally:
            await _close(writer)
    if not shown:
        raise TLSFailed(f"{address.display} does not show a certificate.", "Check the port.")
    return Handshake(str(protocol), _certificate(shown))


async def _way_to(address: Address, proxy: Proxy | None) -> Streams:
    """A TCP connection to the Control Room, through the proxy where there is one."""
    if proxy is None:
        return await asyncio.open_connection(address.host, address.port)
    reader, writer = await asyncio.open_connection(proxy.host, proxy.port)
    try:
        await _make_tunnel(reader, writer, address, proxy)
    except BaseException:
        await _close(writer)
        raise
    return reader, writer


async def _make_tunnel(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: Address, proxy: Proxy
) -> None:
    """Have the proxy connect to the Control Room; `NotReachable` where it does not."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    lines = [f"CONNECT {host}:{address.port} HTTP/1.1", f"Host: {host}:{address.port}"]
    if proxy.credential is not None:
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(proxy.credential.reveal().encode()).decode()}")
    writer.write("\r\n".join([*lines, "", ""]).encode())
    try:
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status = answer.split(" ", 2)[1]
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, IndexError):
        status = ""
    if not status.startswith("2"):
        raise not_let_through(f"{status} ", address.display, proxy.display)


@asynccontextmanager
async def _in_time(host: str, proxy: str = "") -> AsyncIterator[None]:
    """Bound a step's time, and turn its failure into the error that a request would have raised."""
    problem: NotReachable | None = None
    try:
        async with asyncio.timeout(LIMIT):
            yield
    except TimeoutError:
        problem = NotReachable(f"No answer from {host} within {LIMIT:g} s.", "Check the address and the network.")
    except (OSError, EOFError, UnicodeError) as error:  # ssl.SSLError and socket.gaierror; a name that cannot be one
        problem = not_connected(error, host, proxy)
    if problem is not None:
        raise problem


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    try:
        await writer.wait_closed()
    except (OSError, EOFError):
        return  # it has ended one way or the other


def _certificate(shown: bytes) -> Certificate:
    from cryptography import x509

    try:
        read = x509.load_der_x509_certificate(shown)
    except ValueError:
        raise TLSFailed("The certificate that it shows cannot be read.", "Check the port.") from None
    return Certificate(_name(read.subject), _name(read.issuer), *_validity(read))


def _validity(certificate: ParsedCertificate) -> tuple[datetime, datetime]:
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc


def _name(name: Name) -> str:
    """The common name and the organisation, or whichever there is."""
    from cryptography.x509.oid import NameOID

    parts = [
        str(entry.value)
        for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        for entry in name.get_attributes_for_oid(kind)
    ]
    text = ", ".join(dict.fromkeys(parts)) or name.rfc4514_string()
    return shortened(harmless(text), _LONGEST_NAME)
