import json
import shlex
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a360tui.api import ASSUMED_CALLS, Exchange, GenerateCall, Password, RoleDraft
from a360tui.api.errors import ConnectionRefused, OutcomeUnknown, UnexpectedAnswer
from a360tui.api.exchange import LONGEST_ANSWER, shown_answer, shown_request
from a360tui.secret import Secret
from tests.api.conftest import QUICK, OpenRoom, room_at
from tests.api.scripted_server import ScriptedServer, answer, close, rows

LIST = "POST /v2/usermanagement/roles/list"


async def test_each_exchange_is_reported(open_room: OpenRoom, exchanges: list[Exchange]) -> None:
    """Method, path, status, time and both bodies, in the order in which they happened."""
    before = datetime.now(UTC)
    async with open_room(listener=exchanges.append) as room:
        await room.roles_page()
    assert [(one.method, one.path, one.status, one.error) for one in exchanges] == [
        ("POST", "/v2/authentication", 200, None),
        ("POST", "/v2/usermanagement/roles/list", 200, None),
    ]
    first, second = exchanges
    assert before - timedelta(seconds=1) < first.started <= second.started
    assert 0 < first.milliseconds < 60_000
    assert json.loads(first.request_body) == {"username": "admin", "password": "•••"}
    assert json.loads(first.response_body)["token"] == "•••"
    assert json.loads(first.response_body)["user"]["username"] == "admin"
    assert (first.authorized, second.authorized) == (False, True)
    assert json.loads(second.request_body)["page"] == {"offset": 0, "length": 100}


async def test_a_failure_is_reported_with_its_words(exchanges: list[Exchange]) -> None:
    """Each attempt of a read is an exchange, and one without an answer has no status."""
    async with ScriptedServer() as server, room_at(server.address, listener=exchanges.append) as room:
        await server.__aexit__()
        with pytest.raises(ConnectionRefused) as refused:
            await room.roles_page()
    assert [(one.status, one.error) for one in exchanges[1:]] == [(None, refused.value.message)] * QUICK.read_attempts


async def test_a_listener_that_fails_changes_nothing() -> None:
    """A write that was done stays done, whatever happens to its report."""

    def fail(_: Exchange) -> None:
        raise ValueError

    async with ScriptedServer({LIST: rows([])}) as server, room_at(server.address, listener=fail) as room:
        assert (await room.roles_page()).items == ()


async def test_a_key_is_left_out_wherever_it_stands(exchanges: list[Exchange]) -> None:
    """A captured call may name the key as it likes: only times and numbers of its answer are shown."""
    generate = GenerateCall("POST", "/k", "captured", key="/data/0")
    calls = msgspec.structs.replace(ASSUMED_CALLS, generate=generate)
    body = {"data": ["the-new-key"], "madeOn": "2026-01-01T00:00:00Z", "keyOn": "the-new-key", "n": 5, "ok": True}
    async with (
        ScriptedServer({"POST /k": answer(body)}) as server,
        room_at(server.address, calls=calls, listener=exchanges.append) as room,
    ):
        await room.generate_key()
    assert json.loads(exchanges[-1].response_body) == {
        "data": ["•••"],
        "madeOn": "2026-01-01T00:00:00Z",
        "keyOn": "•••",
        "n": 5,
        "ok": True,
    }


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"apiKey":"half', "(15 bytes, not shown)"),
        (b"plain", "(5 bytes, not shown)"),
        (b"", ""),
        (b" " * 300_000, "(300000 bytes, not shown)"),
        (json.dumps({"token": [f"secret{each:02}" for each in range(30)]}).encode(), "(371 bytes, not shown)"),
    ],
)
def test_what_cannot_be_searched_is_not_shown(body: bytes, shown: str) -> None:
    """A body in which a secret could hide is told by its size."""
    assert shown_answer(body, (), private=True, is_json=True) == shown


@pytest.mark.parametrize("written", [r"top/secret-1", r"top\/secret-1", r"top\u002fsecret-1"])
def test_a_known_secret_is_found_however_it_is_escaped(written: str) -> None:
    """JSON may write a slash with a backslash or as a code; the secret that an answer repeats is left out."""
    body = f'{{"message": "No user has {written}"}}'.encode()
    assert "secret-1" not in shown_answer(body, [Secret("top/secret-1")], private=False, is_json=True)


async def test_a_page_is_shown_as_text(exchanges: list[Exchange]) -> None:
    """What answered in place of a Control Room can be seen, without what acts on a terminal."""
    step = answer(b"<p>token-1\x1b[31m</p>\n", content_type="text/html")
    async with ScriptedServer({LIST: step}) as server, room_at(server.address, listener=exchanges.append) as room:
        with pytest.raises(UnexpectedAnswer):
            await room.roles_page()
    assert exchanges[-1].response_body == "<p>•••\\x1b[31m</p>"


def test_bodies_stay_json_and_are_harmless() -> None:
    """What cannot be seen is written as JSON's own escapes; a very long answer is cut."""
    text = "é\u202e\x1b\x9b\U000e0041\ud800 \u00a0"
    shown = shown_request({"name": text})
    assert json.loads(shown) == {"name": text}
    assert all(line.isprintable() for line in shown.split("\n"))
    assert "é" in shown
    long = shown_answer(json.dumps(["x" * 100_000]).encode(), (), private=False, is_json=True)
    assert len(long) == LONGEST_ANSWER


@settings(max_examples=30, deadline=None)
@given(
    st.recursive(st.none() | st.text() | st.floats(allow_nan=False), lambda parts: st.dictionaries(st.text(), parts))
)
def test_every_secret_name_is_left_out(value: Any) -> None:
    """Whatever stands under a name of a secret, no text of it is shown."""
    for name in ("password", "newPassword", "apiKey", "api_key", "token", "accessToken", "client-secret", "Set-Cookie"):
        shown = json.loads(shown_request({name: value}))
        assert _texts(shown[name]) <= {"•••", ""}


def _texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(_texts, value.values()))
    return {value} if isinstance(value, str) else set()


def arguments(command: str, **variables: str) -> list[str]:
    """What a shell makes of the command: the arguments that curl would get."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}; {command}"
    outcome = subprocess.run(["/bin/sh", "-c", script], env=variables, capture_output=True, check=True)
    return outcome.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]


HOSTILE = 'it\'s $HOME `id` "x" \\ !! \n\x1b[31m\u202e •••'


async def test_a_request_can_be_copied_as_curl(exchanges: list[Exchange]) -> None:
    """A shell makes of the command exactly the request, with the secrets from its variables."""
    created = answer({"id": 1, "name": "x"}, 201)
    async with (
        ScriptedServer({"POST /v2/usermanagement/roles": created}) as server,
        room_at(server.address, sign_in=False, listener=exchanges.append) as room,
    ):
        await room.sign_in(HOSTILE, Password(Secret("p")))
        await room.create_role(RoleDraft(HOSTILE, HOSTILE))
        sign_in, create = (exchange.as_curl() for exchange in exchanges)
        assert sign_in.replace("\n", "").isascii()
        sent = arguments(sign_in, PASSWORD="the-password")
        assert sent[:3] == [f"{server.address.url}/v2/authentication", "-H", "Content-Type: application/json"]
        assert json.loads(sent[-1]) == {"username": HOSTILE, "password": "the-password"}
        sent = arguments(create, TOKEN="the-token")
        assert "X-Authorization: the-token" in sent
        assert json.loads(sent[-1]) == server.received[-1].json


def test_what_curl_needs_besides() -> None:
    """Other methods, the socket of the demo and a CA file are in the command."""
    exchange = Exchange(
        method="DELETE",
        path="/v2/usermanagement/roles/7",
        status=204,
        milliseconds=1,
        request_body="",
        response_body="",
        error=None,
        started=datetime.now(UTC),
        origin="https://cr.example.com",
        curl_options=("--cacert", "/a dir/ca.pem"),
    )
    assert shlex.split(exchange.as_curl().replace("\\\n", "")) == [
        *("curl", "--cacert", "/a dir/ca.pem", "-X", "DELETE", "https://cr.example.com/v2/usermanagement/roles/7"),
        *("-H", "X-Authorization: $TOKEN"),
    ]


async def test_an_unknown_outcome_is_in_the_report(exchanges: list[Exchange]) -> None:
    """The requests panel shows that a write has no answer."""
    script = {"POST /v2/usermanagement/roles": close}
    async with ScriptedServer(script) as server, room_at(server.address, listener=exchanges.append) as room:
        with pytest.raises(OutcomeUnknown):
            await room.create_role(RoleDraft("x"))
    assert exchanges[-1].status is None
    assert "not known" in (exchanges[-1].error or "")
