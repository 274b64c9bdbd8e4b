"""What a Control Room holds for one trial, how it is to behave, and one request to it with its connection."""

import asyncio
import json
import secrets
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

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
