"""Read-only where every request passes: no verb of today or tomorrow writes."""

import inspect
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from a360tui.api import ControlRoom, Password, RoleDraft
from a360tui.errors import A360Error, InvalidInput
from a360tui.secret import Secret
from tests.api.conftest import room_at
from tests.api.scripted_server import ScriptedServer, answer

WHY = "Nothing may be changed there."
LOOKS = re.compile("GET .*|POST .*/list|POST /v[12]/authentication(/token|/logout)?")
"""What changes nothing but a session."""


async def _all(rows: object) -> None:
    async for _ in rows:  # type: ignore[attr-defined]  # a list of the API
        pass


VERBS: dict[str, Callable[[ControlRoom], Awaitable[object]]] = {
    "auth_type": lambda room: room.auth_type(),
    "sign_in": lambda room: room.sign_in("jdoe", Password(Secret("x"))),
    "resume": lambda room: room.resume(Secret("token-1")),
    "refresh": lambda room: room.refresh(),
    "sign_out": lambda room: room.sign_out(),
    "suspend": lambda room: room.suspend(),
    "token_valid": lambda room: room.token_valid(),
    "version": lambda room: room.version(),
    "description": lambda room: room.description("/swagger/x"),
    "roles": lambda room: _all(room.roles()),
    "roles_page": lambda room: room.roles_page(),
    "role": lambda room: room.role("1"),
    "create_role": lambda room: room.create_role(RoleDraft("x")),
    "update_role": lambda room: room.update_role("1", RoleDraft("x")),
    "delete_role": lambda room: room.delete_role("1"),
    "users": lambda room: _all(room.users()),
    "users_page": lambda room: room.users_page(),
    "user": lambda room: room.user("1"),
    "own_user": lambda room: room.own_user(),
    "generate_key": lambda room: room.generate_key(),
    "key_duration": lambda room: room.key_duration(),
    "set_key_duration": lambda room: room.set_key_duration(timedelta(days=1)),
}
WRITES = {"create_role", "update_role", "delete_role", "generate_key", "set_key_duration"}
SCRIPT = {"GET /v2/settings/security": answer({"apiKeyDuration": {"value": 45, "unit": "DAYS"}})}


async def _sent(verb: str, why: str) -> tuple[set[str], A360Error | None]:
    """What a verb sends that is more than a look, and what it raises."""
    problem: A360Error | None = None
    async with ScriptedServer(SCRIPT) as server, room_at(server.address, why_read_only=lambda: why) as room:
        try:
            await VERBS[verb](room)
        except A360Error as error:
            problem = error
        with suppress(A360Error):
            await room.sign_out()
    calls = {f"{request.method} {request.path}" for request in server.received}
    return {call for call in calls if not LOOKS.fullmatch(call)}, problem


async def test_no_verb_writes() -> None:
    """Each verb of the API layer: what writes says why it does not, and nothing leaves this machine that would."""
    public = {
        name
        for name, each in inspect.getmembers(ControlRoom, callable)
        if name[0] != "_" and (inspect.iscoroutinefunction(each) or "AsyncGenerator" in str(inspect.signature(each)))
    }
    assert public == VERBS.keys()
    for verb in VERBS:
        sent, problem = await _sent(verb, WHY)
        assert sent == set(), verb
        assert isinstance(problem, InvalidInput) == (verb in WRITES), verb
        if isinstance(problem, InvalidInput):
            assert (problem.message, problem.exit_code) == (WHY, 2)


async def test_where_it_may_be_written_it_is() -> None:
    """The same verbs with an empty sentence: each that writes sends one request that does."""
    for verb in VERBS:
        sent, _ = await _sent(verb, "")
        assert len(sent) == (verb in WRITES), verb
