"""Checks before a handler runs: a foreign host, a write from a web page, a body that does not fit."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Never

from starlette.requests import ClientDisconnect, Request

from a360tui.demo.refusal import Refusal

BODY_CAP = 1024 * 1024
"""Bytes; the limit for a request's body."""
BODY_TIME = 10.0
"""Seconds within which a body must have arrived."""
DEPTH_CAP = 64
"""Levels; the limit for nesting in a body."""
READS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Door:
    """Who is let in."""

    hosts: frozenset[str]
    """The ``Host`` headers that are accepted."""
    origins: frozenset[str] = frozenset()
    """The origins from which a web page may write: our own page's, if there is one."""


def check_origin(request: Request, door: Door) -> None:
    """Refuse a request that is meant for another host, and a write from a foreign web page.

    A page in a browser on this machine could reach us through a host name of its own that points here (DNS rebinding),
    or by posting a form.
    """
    if request.headers.get("host", "").casefold() not in door.hosts:
        raise Refusal(421, "request.host", "This host name is not served here.")
    origin = request.headers.get("origin")
    if request.method not in READS and origin is not None and origin not in door.origins:
        raise Refusal(403, "request.origin", "Requests from web pages are not accepted.")


async def read_body(request: Request) -> bytes:
    """The body, if it is small enough and arrives in time."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIME):
            async for chunk in request.stream():
                body += chunk
                if len(body) > BODY_CAP:
                    raise Refusal(413, "request.size", "The request is too large.")
    except TimeoutError:
        raise Refusal(408, "request.time", "The request did not come in time.") from None
    except ClientDisconnect:
        raise Refusal(400, "request.broken", "The request was broken off.") from None
    return bytes(body)


def parsed(request: Request, body: bytes) -> dict[str, Any]:
    """The JSON object in a body; an empty body counts as an empty object."""
    if not body:
        return {}
    if request.headers.get("content-type", "").partition(";")[0].strip().casefold() != "application/json":
        raise Refusal(415, "request.type", "The body must be application/json.")
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refusal(400, "json.malformed", "The body is not valid JSON.") from None
    _check_value(value, DEPTH_CAP)
    if not isinstance(value, dict):
        raise Refusal(400, "json.validation", "The body must be a JSON object.")
    return value


def _no_constant(name: str) -> Never:
    raise ValueError(name)


def _check_value(value: object, levels: int) -> None:
    """Refuse what is nested too deep, and text that is not valid Unicode (half a surrogate pair)."""
    if levels == 0:
        raise Refusal(400, "json.malformed", "The body is nested too deep.")
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise Refusal(400, "json.malformed", "The body holds text that is not valid Unicode.") from None
    elif isinstance(value, dict):
        for name, part in value.items():
            _check_value(name, levels)
            _check_value(part, levels - 1)
    elif isinstance(value, list):
        for part in value:
            _check_value(part, levels - 1)
