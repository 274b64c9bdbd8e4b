import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from a360tui.api import ControlRoom, Page, Role, User
from a360tui.api.errors import ServerError, UnexpectedAnswer
from a360tui.errors import A360Error
from tests.api.conftest import QUICK, room_at
from tests.api.scripted_server import Conversation, ScriptedServer, Step, answer, page, refused

USER = "/v2/usermanagement/users/9"
USERS = "POST /v2/usermanagement/users/list"
ROLE = "/v2/usermanagement/roles/7"


async def user_from(body: Any, **options: Any) -> User:
    async with ScriptedServer({f"GET {USER}": answer(body, **options)}) as server, room_at(server.address) as room:
        return await room.user("9")


async def test_nothing_is_said_in_many_ways() -> None:
    """Left out, null and empty mean the same; unknown fields do not matter."""
    expected = User(id="9", username="jdoe")
    for nothing in ({}, {"apiKeyCreatedOn": None, "domain": None, "roles": None}, {"apiKeyCreatedOn": "", "email": ""}):
        assert await user_from({"username": "jdoe", "new": {"x": [None]}} | nothing) == expected


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ("2026-03-01T12:30:00Z", datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
        ("2026-03-01T12:30:00.123456Z", datetime(2026, 3, 1, 12, 30, 0, 123456, tzinfo=UTC)),
        ("2026-03-01T12:30:00.123456789Z", datetime(2026, 3, 1, 12, 30, 0, 123456, tzinfo=UTC)),
        ("2026-03-01T14:30:00+02:00", datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
        ("2026-03-01T14:30:00.5+0200", datetime(2026, 3, 1, 12, 30, 0, 500000, tzinfo=UTC)),
        ("2026-03-01T12:30:00", datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
    ],
)
async def test_times_are_aware_and_in_utc(sent: str, moment: datetime) -> None:
    """Whatever the offset and the digits, a time is one point in time."""
    read = (await user_from({"apiKeyExpirationTime": sent})).api_key_expiration_time
    assert read == moment
    assert read is not None
    assert read.utcoffset() == moment.utcoffset()


@pytest.mark.parametrize(("sent", "read"), [("21", "21"), (21, "21"), (21.0, "21"), (0, "0"), ("a1-b_2.c", "a1-b_2.c")])
async def test_ids_come_as_text_or_numbers(sent: object, read: str) -> None:
    """One release sends strings, another numbers; here they are text."""
    assert (await user_from({"id": 9, "roles": [{"id": sent, "name": "x"}]})).roles[0].id == read


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"apiKeyCreatedOn": "yesterday"}, "apiKeyCreatedOn"),
        ({"apiKeyCreatedOn": 1767225600}, "apiKeyCreatedOn"),
        ({"apiKeyCreatedOn": "0001-01-01T00:00:00+14:00"}, "apiKeyCreatedOn"),
        ({"id": True}, "id"),
        ({"id": 1.5}, "id"),
        ({"id": -1.5}, "id"),
        ({"id": [1]}, "id"),
        ({"id": "1/2"}, "id"),
        ({"id": ".."}, "id"),
        ({"id": "9" * 200}, "id"),
        ({"username": 5}, "username"),
        ({"disabled": "perhaps"}, "disabled"),
        ({"roles": {}}, "roles"),
        ({"roles": [{"id": 1}, {"name": "x"}]}, "roles[1].id"),
        ({"roles": [{"id": 1}, {"id": {}}]}, "roles[1].id"),
        ({"licenseFeatures": ["a", 1]}, "licenseFeatures[1]"),
        ([], ""),
        ("text", ""),
        (5, ""),
        (b"", ""),
        (b"{", ""),
        (b"\xff\xfe", ""),
        (b'{"username":"a"} x', ""),
        (b'{"n": NaN}', ""),
        (b'{"n": -Infinity}', ""),
        (b'{"n": ' + b"9" * 5000 + b"}", ""),
        (b'{"a": ' * 70 + b"1" + b"}" * 70, ""),
        (b"[" * 100000, ""),
        (b'{"x": {"username": "a", "username": "b"}}', "username"),
    ],
)
async def test_an_answer_that_does_not_fit_names_the_field(body: Any, field: str) -> None:
    """Each kind of misfit is a typed error with the place, and with nothing of the value."""
    with pytest.raises(UnexpectedAnswer) as unexpected:
        await user_from(body)
    assert unexpected.value.field == field
    assert "yesterday" not in str(unexpected.value)
    assert unexpected.value.__cause__ is unexpected.value.__context__ is None


async def test_types_that_are_no_json() -> None:
    """The content type is looked at first; a missing one, and text, get the benefit of the doubt."""
    for good in ("application/json;charset=UTF-8", "application/problem+json", "text/plain", ""):
        assert (await user_from({"username": "jdoe"}, content_type=good)).username == "jdoe"
    for bad in ("image/png", "application/octet-stream", "text/html", "APPLICATION/XHTML+XML"):
        with pytest.raises(UnexpectedAnswer):
            await user_from({"username": "jdoe"}, content_type=bad)


async def test_a_byte_order_mark_is_let_pass() -> None:
    """Some proxies put one before the JSON; it changes nothing."""
    assert (await user_from(b'\xef\xbb\xbf{"username": "jdoe"}')).username == "jdoe"


async def test_half_a_surrogate_pair_is_only_text() -> None:
    """A name that is no valid Unicode does not take the whole list along."""
    body = b'{"list": [{"id": 1, "username": "a\\ud800b"}], "page": {"totalFilter": 1}}'
    async with ScriptedServer({USERS: answer(body)}) as server, room_at(server.address) as room:
        assert [user.username async for user in room.users()] == ["a\\ud800b"]


async def test_server_text_is_harmless_where_it_is_decoded() -> None:
    """Names, descriptions, features, codes and messages cannot act on a terminal."""
    evil = "\x1b]52;c;eA==\x07\u202e\u200b\U000e0041\x9b31m\r\n"
    body = {"username": evil, "description": evil, "roles": [{"id": 1, "name": evil}], "licenseFeatures": [evil]}
    user = await user_from(body)
    for text in (user.username, user.description, user.roles[0].name, user.license_features[0], repr(user), f"{user}"):
        assert "\\x1b]52;c;eA==\\x07\\u202e\\u200b\\U000e0041\\x9b31m" in text.replace("\\\\", "\\")
        assert text.isprintable()
    async with (
        ScriptedServer({f"GET {USER}": refused(500, evil * 100, evil)}) as server,
        room_at(server.address) as room,
    ):
        with pytest.raises(ServerError) as failed:
            await room.user("9")
    for text in (failed.value.server_message, failed.value.code, str(failed.value)):
        assert text.isprintable()
        assert len(text) < 700


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"code": "UM1117", "message": "Missing.", "details": None}, "UM1117", "Missing."),
        ({"code": 17, "message": "two\nlines", "details": "x"}, "17", "two lines"),
        ({"code": None, "message": None}, "", ""),
        ({"message": {"a": 1}, "code": [1]}, "", ""),
        ([], "", ""),
        (b"oops", "", ""),
        (b"", "", ""),
        (b"[" * 100000, "", ""),
    ],
)
async def test_errors_come_in_many_forms(body: Any, code: str, message: str) -> None:
    """Code and message are taken where they are, and missed without harm where they are not."""
    async with ScriptedServer({f"GET {USER}": answer(body, 500)}) as server, room_at(server.address) as room:
        with pytest.raises(ServerError) as failed:
            await room.user("9")
        assert (failed.value.code, failed.value.server_message) == (code, message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=8), parts, max_size=3),
    max_leaves=12,
)
FIELDS = [
    "id",
    "name",
    "username",
    "apiKeyCreatedOn",
    "roles",
    "permissions",
    "userIds",
    "principals",
    "version",
    "disabled",
]
RECORD = st.dictionaries(st.sampled_from(FIELDS), JSON)
LIST = st.fixed_dictionaries({"list": st.lists(RECORD | JSON, max_size=3)}, optional={"page": JSON})
BODY = (JSON | RECORD | LIST).map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40)


class Echo:
    """A room at a server that answers whatever the test puts there."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self.step: Step = page()

    async def answer(self, talk: Conversation) -> bool:
        return await self.step(talk)

    async def open(self) -> None:
        script = {f"GET {USER}": self.answer, f"GET {ROLE}": self.answer, USERS: self.answer}
        self.server = await ScriptedServer(script).__aenter__()
        self._room = room_at(self.server.address, QUICK)
        self.room: ControlRoom = await self._room.__aenter__()

    async def close(self) -> None:
        await self._room.__aexit__(None, None, None)
        await self.server.__aexit__()

    def outcome(self, reading: Any) -> Any:
        async def read() -> Any:
            try:
                return await reading
            except A360Error as error:
                return error

        return self._runner.run(read())


@pytest.fixture(scope="module")
def echo() -> Iterator[Echo]:
    with asyncio.Runner() as runner:
        echo = Echo(runner)
        runner.run(echo.open())
        yield echo
        runner.run(echo.close())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BODY)
def test_any_answer_is_a_typed_value_or_a_typed_error(echo: Echo, body: bytes) -> None:
    """Whatever bytes a Control Room answers, no other exception than ours comes out."""
    echo.step = answer(body)
    assert isinstance(echo.outcome(echo.room.user("9")), User | A360Error)
    assert isinstance(echo.outcome(echo.room.role("7")), Role | A360Error)
    assert isinstance(echo.outcome(echo.room.users_page()), Page | A360Error)
