"""A Control Room that misbehaves on purpose and is the truth: which keys were made, which is in force, who asked what.

An asyncio server on raw sockets, in a thread of the process that judges; what is judged runs in other processes.
"""

import asyncio
import json
import secrets
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from tests.faults.answers import ANSWERS, Answer
from tests.faults.room import GENERATE, PASSWORD, PERMISSIONS, SIGN_IN, USERNAME, Plan, Room, Talk


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
