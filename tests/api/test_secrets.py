"""Canaries: a password, a key and tokens that must be in nothing that the layer shows, however it fails."""

import asyncio
import logging
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

import pytest

from a360tui.api import ApiKey, ControlRoom, Exchange, Password, RoleDraft
from a360tui.secret import Secret
from tests import canaries
from tests.api.conftest import HASTY, hurry, room_at
from tests.api.scripted_server import (
    ScriptedServer,
    Step,
    answer,
    close,
    cut,
    hang,
    page,
    pieces,
    refused,
    reset,
    signed_in,
)

PASSWORD = 'CANARY-pass"word\\1'
KEY = "CANARY-key\\{}2"
TOKEN = "CANARY-token-3"
NEW_KEY = "CANARY-new-key-4"
CANARIES = (PASSWORD, KEY, TOKEN, NEW_KEY)
SIGN_IN, REFRESH = "POST /v2/authentication", "POST /v2/authentication/token"
GENERATE = "POST /v2/usermanagement/users/self/apikey"
CREATE, LIST = "POST /v2/usermanagement/roles", "POST /v2/usermanagement/roles/list"


def leaks(text: str) -> list[str]:
    contents = [text.encode(errors="backslashreplace")]
    return [form.decode() for secret in CANARIES for form in canaries.leaks(secret, contents)]


def everything_about(error: BaseException) -> str:
    """An error as the most talkative crash report shows it: the chain, and each frame's variables."""
    seen: list[BaseException] = []
    pending: list[BaseException | None] = [error]
    parts: list[str] = []
    while pending:
        one = pending.pop()
        if one is None or one in seen:
            continue
        seen.append(one)
        pending += [one.__cause__, one.__context__]
        parts += [repr(one), str(one), repr(vars(one)), "".join(traceback.format_exception(one))]
        parts += _variables(one.__traceback__)
    return "\n".join(parts)


def _variables(frame: TracebackType | None) -> list[str]:
    shown = []
    while frame is not None:
        if "a360tui" in frame.tb_frame.f_code.co_filename or "site-packages" in frame.tb_frame.f_code.co_filename:
            shown += [f"{name}={value!r}" for name, value in frame.tb_frame.f_locals.items() if name != "CANARIES"]
        frame = frame.tb_next
    return shown


TOKEN_IN_ODD_PLACES = {
    "token": TOKEN,
    "apiKey": [NEW_KEY],
    "user": {"id": "9", "createdOn": NEW_KEY},
    "list": [{"id": f"/{TOKEN}"}],
}

BROKEN: list[Step] = [
    close,
    reset,
    hang,
    cut(f'{{"apiKey":"{NEW_KEY}"'.encode(), 500),
    answer(f'{{"apiKey":"{NEW_KEY}","token":"{TOKEN}"'.encode()),
    answer(TOKEN_IN_ODD_PLACES),
    answer({"token": f"{TOKEN} ", "user": {"id": "9"}, "x": {"apiKey": {"is": NEW_KEY}}}),
    answer({"token": TOKEN, "newApiKey": NEW_KEY, "other": NEW_KEY}, content_type="text/html"),
    answer(b'{"token":"' + TOKEN.encode() + b'","token":"' + TOKEN.encode() + b'"}'),
    answer(b'{"token":"' + TOKEN.encode() + b'","n":NaN}'),
    answer(TOKEN.encode() + b"\xff"),
    answer(b"[" * 5000 + TOKEN.encode()),
    answer({"apiKey": NEW_KEY * 3}, headers={"Content-Encoding": "gzip"}),
    pieces(TOKEN.encode() + b"\r\n\r\n"),
    pieces(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + TOKEN.encode()),
    page(),
    refused(401),
    refused(400),
    refused(500),
    answer(status=307, headers={"Location": "/x"}),
]

CALLS: list[Callable[[ControlRoom], Any]] = [
    lambda room: room.sign_in("jdoe", Password(Secret(PASSWORD))),
    lambda room: room.sign_in("jdoe", ApiKey(Secret(KEY))),
    lambda room: room.refresh(),
    lambda room: room.generate_key(),
    lambda room: room.create_role(RoleDraft("x")),
    lambda room: room.roles_page(),
]


async def failure_of(call: Callable[[ControlRoom], Any], step: Step, exchanges: list[Exchange]) -> BaseException | None:
    """What a call raises at a server that signs in once and then does only this."""
    script: dict[str, Step | list[Step]] = {
        SIGN_IN: [signed_in(TOKEN), step],
        **dict.fromkeys((REFRESH, GENERATE, CREATE, LIST), step),
    }
    async with (
        ScriptedServer(script) as server,
        room_at(server.address, sign_in=False, listener=exchanges.append) as room,
    ):
        await room.sign_in("jdoe", Password(Secret(PASSWORD)))
        if step is hang:
            hurry(room, HASTY)
        outcome: list[object] = await asyncio.gather(call(room), return_exceptions=True)
        return outcome[0] if isinstance(outcome[0], BaseException) else None


@pytest.mark.parametrize("step", BROKEN)
async def test_no_failure_shows_a_secret(step: Step, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the error, its chain, the variables of its frames, a log at DEBUG nor the exchange holds one."""
    caplog.set_level(logging.DEBUG)
    exchanges: list[Exchange] = []
    failures = [await failure_of(call, step, exchanges) for call in CALLS]
    raised = [failure for failure in failures if failure is not None]
    assert len(raised) >= 3
    assert [leaks(everything_about(failure)) for failure in raised] == [[]] * len(raised)
    assert len(exchanges) >= 12
    assert leaks(repr(exchanges) + "".join(exchange.as_curl() for exchange in exchanges)) == []
    assert leaks(caplog.text) == []


def test_the_search_finds_what_it_is_made_for() -> None:
    """A secret in a variable of a frame of the product, and one in a hidden context, would be found."""
    code = compile("def fail(body):\n    raise ValueError('no secret in here')", "a360tui/made_up.py", "exec")
    names: dict[str, Any] = {}
    exec(code, names)
    with pytest.raises(ValueError, match="no secret") as failed:
        names["fail"](PASSWORD.encode())
    assert leaks(everything_about(failed.value)) != []
    hidden = RuntimeError()
    hidden.__context__ = ValueError(TOKEN)
    assert TOKEN in leaks(everything_about(hidden))


async def test_a_cancelled_call_shows_no_secret() -> None:
    """What is interrupted has its request in the library's frames; the exception does not carry them out."""
    exchanges: list[Exchange] = []
    script: dict[str, Step | list[Step]] = {SIGN_IN: [signed_in(TOKEN), hang], GENERATE: hang}
    calls: list[tuple[str, int, Callable[[ControlRoom], Any]]] = [(SIGN_IN, 2, CALLS[0]), (GENERATE, 1, CALLS[3])]
    for called, count, call in calls:
        async with (
            ScriptedServer(script) as server,
            room_at(server.address, sign_in=False, listener=exchanges.append) as room,
        ):
            await room.sign_in("jdoe", Password(Secret(PASSWORD)))
            going = asyncio.create_task(call(room))
            await server.arrival(called, count)
            going.cancel()
            with pytest.raises(asyncio.CancelledError) as cancelled:
                await going
            assert leaks(everything_about(cancelled.value)) == []
            assert exchanges[-1].error == "interrupted"
    assert leaks(repr(exchanges)) == []


async def test_success_shows_no_secret_either() -> None:
    """Models, the room and exchanges print without the secrets that they hold or held."""
    exchanges: list[Exchange] = []
    script: dict[str, Step | list[Step]] = {
        SIGN_IN: signed_in(TOKEN),
        GENERATE: answer({"apiKey": NEW_KEY, "echo": [TOKEN, f"Bearer {TOKEN}"], TOKEN: 1}),
        LIST: answer({"list": [], "debug": f"token was {TOKEN}", "headers": {"X-Authorization": "other"}}),
    }
    async with (
        ScriptedServer(script) as server,
        room_at(server.address, sign_in=False, listener=exchanges.append) as room,
    ):
        signed_in_ = await room.sign_in("jdoe", Password(Secret(PASSWORD)), keep_credential=True)
        made = await room.generate_key()
        await room.roles_page()
        assert made.key.reveal() == NEW_KEY
        session = room._session
        assert leaks(repr((signed_in_, made, room.token, session.token, session._kept, vars(session)))) == []
        assert leaks(repr(exchanges)) == []
        assert "token was •••" in exchanges[-1].response_body
