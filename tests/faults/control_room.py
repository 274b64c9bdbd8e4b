"""A Control Room that misbehaves on purpose and is the truth: which keys were made, which is in force, who asked what.

An asyncio server on raw sockets, in a thread of the process that judges; what is judged runs in other processes.
"""

import asyncio
import gzip
import json
import secrets
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Self

USERNAME = "jdoe"
PASSWORD = "Pa55-word of jdoe"
PERMISSIONS = [{"action": "generateapikey", "resourceType": "api"}]

KEY_BEGINS, KEY_ENDS = "k3y", "3nd"
"""By these a key is known in a trace."""

GENERATE = "POST /v2/usermanagement/users/self/apikey"
SIGN_IN = "POST /v2/authentication"


@dataclass
class Plan:
    """How the Control Room behaves in one trial."""

    answer: str = "whole"
    """To the call that makes a key: a name of `ANSWERS`."""
    cut_at: int | None = None
    """Bytes of the body after which ``cut`` and ``pieces`` pause or end."""
    refusals: int = 0
    """How many sign-ins with a good key are refused first, as where a new key needs a moment."""
    lost_sign_ins: int = 0
    """How many sign-ins with a key get no answer."""
    dates: str = "visible"
    """``visible``, ``forbidden``, ``absent`` (never a date) or ``broken`` (no answer after the key was asked for)."""
    rival: str = ""
    """When another host makes a key: ``answered``, right after the answer; ``signed in``, after the first sign-in."""
    date_in_answer: bool = True
    token_seconds: int = 1200


@dataclass
class Room:
    """What the Control Room holds, for one trial."""

    plan: Plan = field(default_factory=Plan)
    key: str | None = None
    """In force."""
    created_on: datetime | None = None
    made: list[str] = field(default_factory=list)
    """Every key that was ever made here by a request."""
    rivals: list[str] = field(default_factory=list)
    """Keys that another host made."""
    failed_sign_ins: int = 0
    log: list[str] = field(default_factory=list)
    """``METHOD /path`` of every request."""
    tokens: set[str] = field(default_factory=set)
    given_tokens: list[str] = field(default_factory=list)
    ahead: timedelta = timedelta()
    """How far its clock has been moved forward."""
    late: list[Callable[[], bytes]] = field(default_factory=list)
    """Keys that are made later, by `come_late`."""

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def make_key(self) -> str:
        """A new key, in force from now on; its ends tell that all of it is there."""
        key = f"{KEY_BEGINS}{secrets.token_hex(6)}'\"$#%\\ {secrets.token_hex(6)}{KEY_ENDS}"
        self.key = key
        before = self.created_on
        self.created_on = self.now()
        if before is not None and self.created_on - before < timedelta(seconds=2):
            self.created_on = before + timedelta(seconds=2)
        return key

    def come_late(self) -> None:
        """What was asked for and not done in time is done now."""
        for make in self.late:
            make()
        self.late.clear()


@dataclass
class Talk:
    """One request and its connection."""

    room: Room
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    token: str
    body_sent: bytes

    def head(self, status: int, length: int | None, kind: str = "application/json", more: str = "") -> bytes:
        lines = [f"HTTP/1.1 {status} X", f"Date: {format_datetime(self.room.now(), usegmt=True)}"]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        if kind:
            lines.append(f"Content-Type: {kind}")
        return "\r\n".join([*lines, *([more] if more else []), "", ""]).encode()

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body: Any, status: int = 200, kind: str = "application/json") -> bool:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        await self.send(self.head(status, len(data), kind) + data)
        return True

    async def refuse(self, status: int, message: str) -> bool:
        return await self.answer({"code": "x", "message": message, "details": None}, status)

    def reset(self) -> bool:
        raw: socket.socket = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
        return False

    async def until_gone(self) -> bool:
        while await self.reader.read(65536):
            pass
        return False

    def made(self) -> bytes:
        """Make a key; the body of the answer that tells it."""
        room = self.room
        key = room.make_key()
        room.made.append(key)
        return self.body(key)

    def body(self, key: str) -> bytes:
        body: dict[str, str] = {"apiKey": key}
        if self.room.plan.date_in_answer and self.room.created_on is not None:
            body["apiKeyCreatedOn"] = self.room.created_on.isoformat()
            body["apiKeyExpirationTime"] = (self.room.created_on + timedelta(days=45)).isoformat()
        return json.dumps(body).encode()


Answer = Callable[[Talk], Awaitable[bool]]


async def whole(talk: Talk) -> bool:
    return await talk.answer(talk.made())


async def pieces(talk: Talk) -> bool:
    """In two pieces, the second one a moment later."""
    body = talk.made()
    at = talk.room.plan.cut_at or len(body) // 2
    await talk.send(talk.head(200, len(body)) + body[:at])
    await asyncio.sleep(0.05)
    await talk.send(body[at:])
    return True


async def drip(talk: Talk) -> bool:
    body = talk.made()
    await talk.send(talk.head(200, len(body)))
    for at in range(0, len(body), 7):
        await talk.send(body[at : at + 7])
        await asyncio.sleep(0.001)
    return True


async def cut(talk: Talk) -> bool:
    """The connection ends within the body."""
    body = talk.made()
    at = len(body) // 2 if talk.room.plan.cut_at is None else talk.room.plan.cut_at
    await talk.send(talk.head(200, len(body)) + body[:at])
    return False


async def cut_by_reset(talk: Talk) -> bool:
    """A reset connection within the body, after what came was taken."""
    body = talk.made()
    at = len(body) - 1 if talk.room.plan.cut_at is None else talk.room.plan.cut_at
    await talk.send(talk.head(200, len(body)) + body[:at])
    await asyncio.sleep(0.05)
    return talk.reset()


async def chunked(talk: Talk) -> bool:
    body = talk.made()
    await talk.send(talk.head(200, None, more="Transfer-Encoding: chunked"))
    for at in range(0, len(body), 50):
        part = body[at : at + 50]
        await talk.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")
    await talk.send(b"0\r\n\r\n")
    return True


async def lost_close(talk: Talk) -> bool:
    talk.made()
    return False


async def lost_reset(talk: Talk) -> bool:
    talk.made()
    return talk.reset()


async def lost_hang(talk: Talk) -> bool:
    talk.made()
    return await talk.until_gone()


async def lost_half_head(talk: Talk) -> bool:
    talk.made()
    await talk.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
    return False


async def never_close(_talk: Talk) -> bool:
    """Not done, and the connection ends."""
    return False


async def never_reset(talk: Talk) -> bool:
    return talk.reset()


async def late(talk: Talk) -> bool:
    """Done long after the client has given up."""
    talk.room.late.append(talk.made)
    return False


async def server_error_after(talk: Talk) -> bool:
    talk.made()
    return await talk.refuse(500, "The server failed.")


async def server_error_before(talk: Talk) -> bool:
    return await talk.refuse(500, "The server failed.")


async def gateway_after(talk: Talk) -> bool:
    talk.made()
    return await talk.answer(b"<html>Bad gateway</html>", 502, "text/html")


async def gateway_timeout_late(talk: Talk) -> bool:
    talk.room.late.append(talk.made)
    return await talk.answer(b"<html>Gateway timeout</html>", 504, "text/html")


async def too_many(talk: Talk) -> bool:
    return await talk.refuse(429, "Slow down.")


async def unauthorized(talk: Talk) -> bool:
    return await talk.refuse(401, "The token has ended.")


async def forbidden(talk: Talk) -> bool:
    return await talk.refuse(403, "You may not.")


async def bad_request(talk: Talk) -> bool:
    return await talk.refuse(400, "Not so.")


async def timeout_after(talk: Talk) -> bool:
    """A proxy's 408 for a request that was carried out."""
    talk.made()
    return await talk.refuse(408, "Request timeout")


async def redirect(talk: Talk) -> bool:
    await talk.send(talk.head(302, 0, "", "Location: https://elsewhere.example/"))
    return True


async def redirect_after(talk: Talk) -> bool:
    talk.made()
    await talk.send(talk.head(303, 0, "", "Location: https://elsewhere.example/"))
    return True


async def web_page(talk: Talk) -> bool:
    return await talk.answer(b"<!DOCTYPE html><title>Sign in</title>", 200, "text/html")


async def web_page_after(talk: Talk) -> bool:
    talk.made()
    return await talk.answer(b"<!DOCTYPE html><title>Sign in</title>", 200, "text/html")


async def no_content(talk: Talk) -> bool:
    talk.made()
    await talk.send(talk.head(204, None, ""))
    return True


async def empty(talk: Talk) -> bool:
    talk.made()
    return await talk.answer(b"")


async def wrong_type(talk: Talk) -> bool:
    """The whole answer, called a web page."""
    return await talk.answer(talk.made(), 200, "text/html")


async def with_bom(talk: Talk) -> bool:
    return await talk.answer(b"\xef\xbb\xbf" + talk.made())


async def compressed(talk: Talk) -> bool:
    body = gzip.compress(talk.made())
    await talk.send(talk.head(200, len(body), more="Content-Encoding: gzip") + body)
    return True


async def compressed_cut(talk: Talk) -> bool:
    body = gzip.compress(talk.made())
    await talk.send(talk.head(200, len(body), more="Content-Encoding: gzip") + body[:-6])
    return False


async def garbage_behind(talk: Talk) -> bool:
    return await talk.answer(talk.made() + b"\x00garbage{{{")


async def twice(talk: Talk) -> bool:
    """The same answer twice, as a broken proxy sends it."""
    body = talk.made()
    await talk.send((talk.head(200, len(body)) + body) * 2)
    return False


async def elsewhere(talk: Talk) -> bool:
    """The key, at a place that the call map does not know."""
    key = json.loads(talk.made())["apiKey"]
    return await talk.answer({"result": {"value": key}})


async def deeper(talk: Talk) -> bool:
    """The key under its name, at another depth, in an answer that is cut."""
    body = b'{"result": ' + talk.made() + b', "more": "'
    await talk.send(talk.head(200, len(body) + 100) + body)
    return False


async def key_twice(talk: Talk) -> bool:
    body = talk.made()
    return await talk.answer(body[:-1] + b', "apiKey": "another"}')


async def masked(talk: Talk) -> bool:
    """An answer that shows the key covered up: nothing here can sign in."""
    talk.made()
    return await talk.answer(talk.body("********"))


async def masked_nothing_made(talk: Talk) -> bool:
    """The wrong call: it shows the old key covered up, and makes none."""
    return await talk.answer({"apiKey": "********"})


async def huge(talk: Talk) -> bool:
    body = talk.made()
    body = body[:-1] + b', "more": "' + b"x" * 200_000 + b'"}'
    return await talk.answer(body)


async def nan(talk: Talk) -> bool:
    body = talk.made()
    return await talk.answer(body[:-1] + b', "left": NaN}')


ANSWERS: dict[str, Answer] = {
    each.__name__: each
    for each in (
        whole, pieces, drip, cut, cut_by_reset, chunked, lost_close, lost_reset, lost_hang, lost_half_head, never_close,
        never_reset, late, server_error_after, server_error_before, gateway_after, gateway_timeout_late, too_many,
        unauthorized, forbidden, bad_request, timeout_after, redirect, redirect_after, web_page, web_page_after,
        no_content, empty, wrong_type, with_bom, compressed, compressed_cut, garbage_behind, twice, elsewhere, deeper,
        key_twice, masked, masked_nothing_made, huge, nan,
    )
}  # fmt: skip
"""What may come of the call that makes a key, by name."""


class FaultyControlRoom:
    """The server; a context manager. `begin` starts a trial with a room of its own."""

    def __init__(self) -> None:
        self.room = Room()
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="control room", daemon=True)
        self._server: asyncio.Server | None = None

    def begin(self, plan: Plan, *, key: str | None) -> Room:
        """A fresh Control Room, where that key is in force, or none."""
        made_on = None if key is None else datetime.now(UTC) - timedelta(days=30)
        self.room = Room(replace(plan), key, made_on)
        return self.room

    def __enter__(self) -> Self:
        self._thread.start()
        opening = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(opening, self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        talks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ValueError):
            while await self._one(reader, writer):
                pass
        with suppress(ConnectionError):
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False where the connection is over."""
        first = (await reader.readline()).decode("latin-1")
        if not first:
            return False
        method, path, _ = first.split()
        headers: dict[str, str] = {}
        while line := (await reader.readline()).decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        call = f"{method} {path}"
        self.room.log.append(call)
        talk = Talk(self.room, reader, writer, headers.get("x-authorization", ""), body)
        if call in FOR_EVERYBODY:
            return await FOR_EVERYBODY[call](talk)
        if talk.token not in self.room.tokens:
            return await talk.refuse(401, "The token is invalid.")
        return await WITH_A_TOKEN.get(call, _absent)(talk)


async def _generated(talk: Talk) -> bool:
    room = talk.room
    kept = await ANSWERS[room.plan.answer](talk)
    if room.plan.rival == "answered":
        room.rivals.append(room.make_key())
    return kept


async def _sign_in(talk: Talk) -> bool:
    room = talk.room
    body: dict[str, str] = json.loads(talk.body_sent)
    if "apiKey" in body:
        if room.plan.lost_sign_ins:
            room.plan.lost_sign_ins -= 1
            room.failed_sign_ins += body["apiKey"] != room.key
            return False
        good = body["apiKey"] == room.key
        if good and room.plan.refusals and room.key in room.made:
            room.plan.refusals -= 1
            good = False
    else:
        good = body.get("password") == PASSWORD
    if not good:
        room.failed_sign_ins += 1
        return await talk.refuse(401, "The username or the password is wrong.")
    kept = await _signed_in(talk)
    if room.plan.rival == "signed in" and "apiKey" in body and not room.rivals:
        room.rivals.append(room.make_key())
    return kept


async def _signed_in(talk: Talk) -> bool:
    token = f"t0ken-{secrets.token_hex(16)}"
    talk.room.tokens.add(token)
    talk.room.given_tokens.append(token)
    user = {"id": "9", "username": USERNAME, "roles": []}
    return await talk.answer(
        {"token": token, "user": user, "permissions": PERMISSIONS, "ttlSeconds": str(talk.room.plan.token_seconds)}
    )


async def _record(talk: Talk) -> bool:
    room = talk.room
    match room.plan.dates:
        case "forbidden":
            return await talk.refuse(403, "You may not see users.")
        case "broken" if GENERATE in room.log:
            return talk.reset()
    user: dict[str, Any] = {"username": USERNAME, "roles": []}
    if room.created_on is not None and room.plan.dates != "absent":
        user["apiKeyCreatedOn"] = room.created_on.isoformat()
        user["apiKeyExpirationTime"] = (room.created_on + timedelta(days=45)).isoformat()
    return await talk.answer(user)


async def _signed_out(talk: Talk) -> bool:
    talk.room.tokens.discard(talk.token)
    await talk.send(talk.head(204, None, ""))
    return True


async def _renewed(talk: Talk) -> bool:
    talk.room.tokens.discard(talk.token)
    return await _signed_in(talk)


async def _absent(talk: Talk) -> bool:
    return await talk.refuse(404, "Not Found.")


FOR_EVERYBODY: dict[str, Answer] = {SIGN_IN: _sign_in, "POST /v1/authentication/logout": _signed_out}
WITH_A_TOKEN: dict[str, Answer] = {
    GENERATE: _generated,
    "GET /v2/usermanagement/users/9": _record,
    "POST /v2/authentication/token": _renewed,
}
