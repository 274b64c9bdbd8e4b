import json
import tracemalloc
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a360tui.api import Page, User
from a360tui.api.answer import Answer
from a360tui.api.dialect import V2, _page, _UserRows, users_in
from a360tui.api.errors import UnexpectedAnswer
from a360tui.api.filters import Query
from a360tui.api.page_window import MOST_AHEAD
from a360tui.api.user_rows import plain_users
from tests.api.conftest import OpenRoom, room_at
from tests.api.scripted_server import Conversation, ScriptedServer, rows

DEPTH = 8

ROW: dict[str, Any] = {
    "id": "7",
    "username": "lucia.fernandez",
    "firstName": "Lucía",
    "lastName": "Zieliński",
    "email": "lucia@nordwind.example",
    "domain": None,
    "description": "",
    "disabled": False,
    "createdBy": "1",
    "createdOn": "2025-02-17T12:38:15.038226Z",
    "updatedOn": "2025-02-17T12:38:15Z",
    "apiKeyCreatedOn": None,
    "roles": [{"id": "2", "name": "AAE_Basic"}],
    "permissions": [],
    "licenseFeatures": ["DEVELOPMENT"],
    "version": "0",
}


def answered(body: str) -> Answer:
    answer = Answer(V2.list_users(Query(), 0, 10), 200, {"content-type": "application/json"}, DEPTH)
    answer.body += body.encode("utf-8", "surrogatepass")
    return answer


def page_of(*changes: dict[str, Any], ensure_ascii: bool = False, **paging: Any) -> str:
    """A page of users that differ so from the plain one."""
    body = {"page": {"offset": 0, "total": 9, "totalFilter": "9"} | paging, "list": [ROW | each for each in changes]}
    return json.dumps(body, separators=(",", ":"), ensure_ascii=ensure_ascii)


def thorough(answer: Answer) -> Page[User]:
    return _page(answer.read(_UserRows), 0)


async def test_a_page_as_servers_send_it_is_plain(open_room: OpenRoom) -> None:
    """The pages of the embedded Control Room are read in one step, and come to the same."""
    async with open_room() as room:
        answer = await room._session.send(V2.list_users(Query(), 0, 50))
        plain = plain_users(answer, 0)
        assert plain is not None
        assert len(plain.items) == 23
        assert same(plain, thorough(answer))


def same(one: Page[User], other: Page[User]) -> bool:
    """Whether they hold the same; the classes of their users and times differ."""
    return bool(_values(one) == _values(other))


def _values(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return {name: _values(part) for name, part in msgspec.structs.asdict(value).items()}
    return [_values(part) for part in value] if isinstance(value, tuple) else value


TEXTS = st.text() | st.sampled_from(
    [
        "",
        'a "quoted" word',
        "domain\\user",
        "a[b]{c}",
        "\u202eevil",
        "\x1b[31m",
        "tab\there",
        "😀",
        "null",
    ]
)
TIMES = st.sampled_from(
    [None, "", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123456Z", "2026-01-01T02:00:00+02:00",
     "2026-01-01T00:00:00", "2026-01-01", "5", 5, "soon", "null"]
)  # fmt: skip
IDS = st.sampled_from(["1", "007", 7, 7.0, "a-1", "", None, "٣", "1" * 20, "1" * 21, True, "-1", "1 "])
FLAGS = st.sampled_from([True, False, None, "", "true", 1, 0, "no"])
UNKNOWN = st.recursive(st.none() | st.integers() | TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner))
ROLES = st.none() | st.lists(st.fixed_dictionaries({"id": IDS, "name": TEXTS}) | st.none(), max_size=3)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "id": IDS,
        "username": TEXTS | st.none(),
        "domain": TEXTS | st.none(),
        "disabled": FLAGS,
        "createdOn": TIMES,
        "apiKeyExpirationTime": TIMES,
        "roles": ROLES,
        "licenseFeatures": st.lists(TEXTS, max_size=2),
        "unknown": UNKNOWN,
    },
)


@given(
    changes=st.lists(CHANGES, min_size=1, max_size=3),
    ensure_ascii=st.booleans(),
    total=st.sampled_from([3, "3", None, "", "x", 3.0]),
)
def test_the_quick_way_says_what_the_thorough_way_says(
    changes: list[dict[str, Any]], ensure_ascii: bool, total: Any
) -> None:
    """Whatever is in a page: where the quick way takes it, the thorough way takes it too, and reads the same."""
    answer = answered(page_of(*changes, ensure_ascii=ensure_ascii, total=total))
    plain = plain_users(answer, 0)
    if plain is not None:
        assert same(plain, thorough(answer))


DEEP_BEHIND_QUOTES = '["\\"]\\"",' * 20 + "1" + ',"\\"[\\""]' * 20
"""Lists within lists, each beside a text that holds a bracket in quotes: as if the list ended there."""


@pytest.mark.parametrize(
    "body",
    [
        page_of({"description": "\u202eevil"}),
        page_of({"description": "caf\u00e9\u00a0"}),
        page_of({"description": "\x7f"}),
        page_of({"description": "a\nb"}),
        page_of({"description": "caf\u00e9"}, ensure_ascii=True),
        page_of({"unknown": "\u200b"}),
        page_of({"unknown": "a]b"}),
        page_of({"unknown": [[[[[[[[1]]]]]]]]}),
        page_of({}).replace('"version":"0"', f'"version":{DEEP_BEHIND_QUOTES}'),
        page_of({"id": 7}),
        page_of({"id": "a-1"}),
        page_of({"roles": [{"id": "x", "name": "y"}]}),
        page_of({"createdOn": "2026-01-01T02:00:00+02:00"}),
        page_of({"createdOn": "2026-01-01T02:00:00"}),
        page_of({"createdOn": ""}),
        "\ufeff" + page_of({}),
        page_of({}) + "x",
        page_of({}).replace('"disabled":false', '"disabled":NaN'),
        page_of({}).replace("Luc", "\udcff"),
        "",
        "[]",
    ],
)
def test_what_is_not_plain_is_left_to_the_thorough_way(body: str) -> None:
    """Escapes, texts that are not harmless, deep nesting, other ids and times, and what is no JSON at all."""
    assert plain_users(answered(body), 0) is None


def test_what_is_plain() -> None:
    """Absent texts, an escaped backslash, totals as text or missing, and nesting up to the cap."""
    for body in (
        page_of({"email": None, "firstName": None, "username": None}),
        page_of({"username": "domain\\user"}),
        page_of({}, total="9"),
        page_of({"unknown": [[[[[[1]]]]]]}),
        page_of({}).replace('"page":{"offset":0,"total":9,"totalFilter":"9"},', ""),
    ):
        plain = plain_users(answered(body), 0)
        assert plain is not None, body
        assert same(plain, thorough(answered(body)))


def test_a_page_of_a_wrong_type_is_refused_by_its_field() -> None:
    """What the quick way leaves is explained by the thorough one, with the field's name."""
    with pytest.raises(UnexpectedAnswer, match=r"list\[0\]\.createdOn"):
        users_in(answered(page_of({"createdOn": "soon"})), 0)
    with pytest.raises(UnexpectedAnswer, match=r"list\[0\]\.id"):
        users_in(answered(page_of({"id": ""})), 0)


async def _peak(count: int) -> int:
    """The most memory, in bytes, that reading so many users takes beyond what there is at the first of them."""
    row = json.dumps(ROW, separators=(",", ":"), ensure_ascii=False).replace('"id":"7"', '"id":"%d"')

    async def page(talk: Conversation) -> bool:
        assert talk.request is not None
        offset = talk.request.json["page"]["offset"]
        users = [json.loads(row % number) for number in range(offset, min(offset + 100, count))]
        return await rows(users, count)(talk)

    async with (
        ScriptedServer({"POST /v2/usermanagement/users/list": page}) as server,
        room_at(server.address) as room,
    ):
        seen = 0
        tracemalloc.start()
        try:
            async for _ in room.users():
                seen += 1
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert seen == count
    return peak


async def test_memory_does_not_grow_with_the_users() -> None:
    """Rows are let go as they are used: 6,000 more users take no more than the pages that are on their way."""
    few, many = await _peak(2_000), await _peak(8_000)
    assert many < few + MOST_AHEAD * 150_000
