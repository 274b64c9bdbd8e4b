import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest

from a360tui.api import ControlRoom, Limits, Password, Query, parse_address, transport
from a360tui.api.errors import BadRequest, Forbidden, UnexpectedAnswer
from a360tui.api.filters import And, Eq, Ge, Gt, Le, Lt, Ne, Not, Or, Substring
from a360tui.api.page_window import MOST_AHEAD, MOST_BYTES
from a360tui.demo import DemoServer, Running
from a360tui.secret import Secret
from tests.api.conftest import OpenRoom, each_release, room_at
from tests.api.scripted_server import Conversation, ScriptedServer, Step, after, answer, refused, rows

USERS = "POST /v2/usermanagement/users/list"
ROLES = "POST /v2/usermanagement/roles/list"


def users(*ids: int) -> list[dict[str, Any]]:
    return [{"id": str(number), "username": f"user{number}"} for number in ids]


@pytest.fixture(scope="module")
def large() -> Iterator[Running]:
    """An embedded Control Room with more users than two pages hold."""
    with DemoServer(users=450).on_loopback() as running:
        yield running


async def test_every_user_comes_once_and_in_order(large: Running) -> None:
    """The silent page cap of the server does not end the list, and the default sort is by name."""
    async with ControlRoom(parse_address(large.url)) as room:
        await room.sign_in("admin", Password(Secret(large.account("admin").password)))
        names = [user.username async for user in room.users()]
        assert len(names) == 450
        assert names == sorted(names, key=str.casefold)
        page = await room.users_page(offset=440, length=1000)
        assert [user.username for user in page.items] == names[440:]
        assert (page.offset, page.total, page.total_filter) == (440, 450, 450)


@each_release
async def test_filters_and_sorts_reach_the_server(open_room: OpenRoom) -> None:
    """A nested filter and a sort mean at the server what they say."""
    async with open_room() as room:
        sought = Or(Eq("username", "creator"), And(Substring("username", "dmi"), Not(Eq("username", "x"))))
        found = room.users(Query(sought, sort=(("username", "desc"),)))
        assert [user.username async for user in found] == ["creator", "admin"]
        page = await room.roles_page(Query(Substring("name", "AAE_B")))
        assert {role.name for role in page.items} >= {"AAE_Basic", "AAE_Bot_Developer"}
        assert page.total_filter is not None
        assert page.total is not None
        assert page.total_filter < page.total
        assert all(role.system_role for role in page.items)


async def test_an_unknown_field_is_refused_with_the_servers_words(open_room: OpenRoom) -> None:
    """A filter that the Control Room does not take is a refusal that says why."""
    async with open_room() as room:
        with pytest.raises(BadRequest) as refused:
            await room.users_page(Query(Eq("shoeSize", 44)))
        assert refused.value.status == 400
        assert refused.value.server_message


def test_the_filter_grammar_on_the_wire() -> None:
    """Every operator, nested, with values as text and times in UTC with milliseconds."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    sought = And(Lt("a", 1), Le("b", "2"), Ne("c", "3"), Or(Ge("d", moment), Not(Gt("e", "x"))))
    assert Query(sought).wire("username", 20, 10) == {
        "filter": {
            "operator": "and",
            "operands": [
                {"operator": "lt", "field": "a", "value": "1"},
                {"operator": "le", "field": "b", "value": "2"},
                {"operator": "ne", "field": "c", "value": "3"},
                {
                    "operator": "or",
                    "operands": [
                        {"operator": "ge", "field": "d", "value": "2026-01-01T00:00:00.000Z"},
                        {"operator": "not", "operands": [{"operator": "gt", "field": "e", "value": "x"}]},
                    ],
                },
            ],
        },
        "sort": [{"field": "username", "direction": "asc"}],
        "page": {"offset": 20, "length": 10},
    }
    assert "filter" not in Query().wire("name", 0, 1)
    assert sought == And(*sought.operands)
    assert repr(Not(Eq("a", "b"))) == "Not(Eq(field='a', value='b'))"
    with pytest.raises(ValueError, match="at least one"):
        And()


@pytest.mark.parametrize(
    ("pages", "ids"),
    [
        ([rows(users(1, 2), 3), rows(users(3), 3)], [1, 2, 3]),
        ([rows(users(1, 2), "3"), rows(users(3), "3")], [1, 2, 3]),
        ([rows(users(1, 2)), rows(users(3)), rows([])], [1, 2, 3]),
        ([rows(users(1), 99), rows(users(2), 99), rows([], 99)], [1, 2]),
        ([rows([], 5)], []),
        ([rows([])], []),
        ([rows(users(1, 2), 4), rows(users(2, 3), 4)], [1, 2, 3]),
        ([rows(users(1, 2), 3), rows(users(2, 3), 5), rows(users(4), 5)], [1, 2, 3, 4]),
        ([rows(users(1, 2))], [1, 2]),
        ([rows(users(1, 2), 1000000)], [1, 2]),
        ([rows(users(1, 2), 1), rows(users(3), 1), rows([], 1)], [1, 2, 3]),
        ([rows(users(1, 2), -7), rows(users(3), -7), rows([], -7)], [1, 2, 3]),
        ([rows(users(1, 2), 10**30), rows([], 10**30)], [1, 2]),
        ([rows(users(1, 2, 3), 4), rows(users(1, 2, 3, 4), 4), rows([], 4)], [1, 2, 3, 4]),
        ([rows(users(1, 2, 3), 3)], [1, 2, 3]),
        ([rows(users(1, 2)), rows(users(1, 2)), rows(users(3)), rows([])], [1, 2, 3]),
        ([answer({"list": users(1), "page": {"totalFilter": 1}})], [1]),
        (
            [rows([{"id": "a-1"}, {"id": "a-1"}, {"id": 7}, {"id": "7"}, {"id": 7.0}, {"id": "07"}], 6)],
            ["a-1", 7, "07"],
        ),
    ],
    ids=[
        "to the total",
        "totals as text",
        "no total, to an empty page",
        "a total too large, to an empty page",
        "a total, and nothing",
        "nothing",
        "a row that moved to the next page",
        "a total that grows",
        "one page for ever",
        "one page for ever, and a total that lies",
        "a total too small",
        "a negative total",
        "a huge total",
        "a page that begins anew",
        "a page larger than asked",
        "a page twice, then news",
        "only totalFilter",
        "ids of every kind",
    ],
)
async def test_lists_that_move_and_lie(pages: list[Step], ids: list[object]) -> None:
    """Every row comes once, and every list ends, whatever totals and pages say."""
    async with ScriptedServer({USERS: pages}) as server, room_at(server.address) as room:
        assert [user.id async for user in room.users()] == [str(one) for one in ids]


async def test_a_list_without_an_end_is_given_up() -> None:
    """A server that makes up new rows for ever is stopped at a cap, in bounded memory."""
    pages: list[Step] = [rows(users(number), number + 2) for number in range(20)]
    limits = Limits(rows=10, retry_wait=0)
    async with ScriptedServer({USERS: pages}) as server, room_at(server.address, limits) as room:
        with pytest.raises(UnexpectedAnswer, match="no end after 11 rows on 11 pages"):
            _ = [user async for user in room.users()]


async def test_a_list_of_one_row_a_page_is_given_up_by_its_pages() -> None:
    """Always one new row is an end in bounded time, and what came until then was given."""
    pages: list[Step] = [rows(users(number), 10**9) for number in range(40)]
    limits = Limits(pages=20, retry_wait=0)
    async with ScriptedServer({USERS: pages}) as server, room_at(server.address, limits) as room:
        seen: list[str] = []

        async def read() -> None:
            async for user in room.users():
                seen.append(user.id)  # noqa: PERF401 - what came before the error counts

        with pytest.raises(UnexpectedAnswer, match="on 21 pages"):
            await read()
        assert len(seen) == 20
        assert server.count(USERS) <= 21 + MOST_AHEAD


@pytest.mark.parametrize("total", ["many", [3], {"a": 1}, 1.5, True])
async def test_a_total_that_is_no_number(total: object) -> None:
    """It is told with its place; no row of such a page is believed."""
    page = answer({"list": users(1), "page": {"totalFilter": total}})
    async with ScriptedServer({USERS: page}) as server, room_at(server.address) as room:
        with pytest.raises(UnexpectedAnswer, match="totalFilter"):
            _ = [user async for user in room.users()]


async def test_the_next_page_is_read_while_this_one_is_used() -> None:
    """The request for the second page is on its way when the first row is in hand."""
    async with (
        ScriptedServer({ROLES: [rows([{"id": 1}], 2), rows([{"id": 2}], 2)]}) as server,
        room_at(server.address) as room,
        aclosing(room.roles()) as roles,
    ):
        assert (await anext(roles)).id == "1"
        await server.arrival(ROLES, 2)
        assert (await anext(roles)).id == "2"
        assert [one.json["page"]["offset"] for one in server.of(ROLES)] == [0, 1]
        assert server.of(ROLES)[0].json["sort"] == [{"field": "name", "direction": "asc"}]


class Book:
    """A list of rows that gives pages of the lengths it is told, and counts who is waiting for one at a time."""

    def __init__(
        self,
        count: int,
        lengths: dict[int, int] | None = None,
        usual: int = 10,
        *,
        way: float = 0.0,
        at_once: int = 1_000,
        most: int = 1_000,
        description: str = "",
    ) -> None:
        self._count = count
        self._lengths = lengths or {}
        self._usual = usual
        self._way = way
        """Seconds that a page takes, however many others are on their way."""
        self._desks = asyncio.Semaphore(at_once)
        """For the pages that are worked on; the others wait."""
        self._most = most
        """More than these are refused."""
        self._description = description
        self.waiting = 0
        self.most_waiting = 0
        self.offsets: list[int] = []
        self.refused: list[int] = []

    async def __call__(self, talk: Conversation) -> bool:
        assert talk.request is not None
        offset = talk.request.json["page"]["offset"]
        self.offsets.append(offset)
        if self.waiting == self._most:
            self.refused.append(offset)
            return await refused(429, headers={"Retry-After": "0"})(talk)
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        async with self._desks:
            for _ in range(20):  # others get their turn
                await asyncio.sleep(self._way / 20)
        self.waiting -= 1
        end = min(offset + self._lengths.get(offset, self._usual), self._count)
        numbers = range(offset + 1, end + 1)
        return await rows([each | {"description": self._description} for each in users(*numbers)], self._count)(talk)


async def test_a_long_list_has_several_pages_on_the_way() -> None:
    """One page is read ahead at first, then more, so that a slow line is not waited for with each page; never many."""
    book = Book(400)
    async with ScriptedServer({USERS: book}) as server, room_at(server.address) as room:
        assert [user.id async for user in room.users()] == [str(number) for number in range(1, 401)]
    assert sorted(book.offsets) == list(range(0, 400, 10))
    assert 2 < book.most_waiting <= MOST_AHEAD


async def test_a_slow_line_has_many_pages_on_the_way() -> None:
    """Where each answer takes long and many take no longer, more are asked for at a time, up to the limit."""
    book = Book(1000, way=0.05)
    async with ScriptedServer({USERS: book}) as server, room_at(server.address) as room:
        assert len([user async for user in room.users()]) == 1000
        assert server.connections <= MOST_AHEAD + 1
    assert 12 <= book.most_waiting <= MOST_AHEAD


async def test_a_slow_control_room_has_few_pages_waiting() -> None:
    """Where one page at a time is worked on, more requests would only wait there: few are sent."""
    book = Book(600, way=0.01, at_once=1)
    async with ScriptedServer({USERS: book}) as server, room_at(server.address) as room:
        assert len([user async for user in room.users()]) == 600
    assert 1 < book.most_waiting <= MOST_AHEAD / 4


async def test_large_pages_are_few_on_the_way() -> None:
    """The bytes on the way are bounded too: of pages of a megabyte, no more than make up the bound."""
    book = Book(60, usual=1, way=0.05, description="x" * 1_000_000)
    async with ScriptedServer({USERS: book}) as server, room_at(server.address) as room:
        assert [user.id async for user in room.users()] == [str(number) for number in range(1, 61)]
    assert 1 < book.most_waiting <= MOST_BYTES / 1_000_000


async def test_a_control_room_that_refuses_some_is_asked_for_less() -> None:
    """Each refused page comes all the same, in its turn; soon there are no more on the way than are taken."""
    book = Book(1500, way=0.02, most=4)
    async with ScriptedServer({USERS: book}) as server, room_at(server.address) as room:
        assert [user.id async for user in room.users()] == [str(number) for number in range(1, 1501)]
    assert 0 < len(book.refused) < 30
    assert set(book.offsets) == set(range(0, 1500, 10))
    assert max(Counter(book.offsets).values()) <= 2


async def test_a_control_room_that_wants_to_be_left_alone_is() -> None:
    """After ``Retry-After`` came, nothing is asked for until that page was had: others only end what they began."""
    book = Book(2000, way=0.02)
    said: list[int] = []
    """How many requests had come when it was said, and when the page was asked for again."""

    async def page(talk: Conversation) -> bool:
        assert talk.request is not None
        if talk.request.json["page"]["offset"] == 500:
            said.append(server.count(USERS))
            if len(said) == 1:
                return await refused(429, headers={"Retry-After": "1"})(talk)
        return await book(talk)

    async with ScriptedServer({USERS: page}) as server, room_at(server.address) as room:
        assert len([user async for user in room.users()]) == 2000
    assert len(said) == 2
    assert said[1] - said[0] <= book.most_waiting + 2


async def test_a_failure_among_many_pages_ends_the_list_there() -> None:
    """The rows before the page that failed are given, those after it not, and soon nothing more is asked for."""
    book = Book(2000, way=0.02)

    async def page(talk: Conversation) -> bool:
        assert talk.request is not None
        if talk.request.json["page"]["offset"] == 500:
            return await refused(403, "Not you.")(talk)
        return await book(talk)

    came: list[str] = []
    async with ScriptedServer({USERS: page}) as server, room_at(server.address) as room:

        async def read() -> None:
            async for user in room.users():
                came.append(user.id)  # noqa: PERF401 - what came before the error counts

        with pytest.raises(Forbidden):
            await read()
        assert server.count(USERS) <= 50 + 2 * MOST_AHEAD
    assert came == [str(number) for number in range(1, 501)]


async def test_connections_that_are_no_longer_needed_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a long list do not stay: the next request closes what has been idle for long."""
    monkeypatch.setattr(transport, "_KEPT", 0.0)
    book = Book(600, way=0.02)
    async with ScriptedServer({USERS: book}) as server, room_at(server.address) as room:
        assert len([user async for user in room.users()]) == 600
        assert server.connections > 4
        await room.users_page(length=1)
        await server.rest(connections=1)


@pytest.mark.parametrize("length", [1, 9, 11, 30])
async def test_pages_of_another_length_lose_no_row(length: int) -> None:
    """What was asked for ahead is thrown away where a page is not as long as those before."""
    book = Book(100, {30: length})
    async with ScriptedServer({USERS: book}) as server, room_at(server.address) as room:
        assert [user.id async for user in room.users()] == [str(number) for number in range(1, 101)]
    assert 30 + length in book.offsets


def _tasks_here() -> set[str]:
    """The tasks that are not the scripted server's, which end when they like."""
    names = {task.get_name(): task.get_coro().__qualname__ for task in asyncio.all_tasks()}  # type: ignore[union-attr]  # a coroutine has a name
    return {name for name, what in names.items() if not what.startswith("ScriptedServer.")}


async def test_a_list_that_is_left_early_stops_reading() -> None:
    """Who stops after some rows, or is cancelled, leaves no request behind."""
    never = asyncio.Event()
    async with (
        ScriptedServer({USERS: [rows(users(1), 9), after(never, rows([]))]}) as server,
        room_at(server.address) as room,
    ):
        before = _tasks_here()
        async with aclosing(room.users()) as reading:
            await anext(reading)
            await server.arrival(USERS, 2)
            assert _tasks_here() > before
        assert _tasks_here() == before
        asked = server.count(USERS)
        waiting = asyncio.create_task(anext(room.users()))
        await server.arrival(USERS, asked + 1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_a_failure_of_a_page_reaches_who_reads() -> None:
    """Rows that came are given first, then the error."""
    script: dict[str, Step | list[Step]] = {USERS: [rows(users(1), 9), answer({"list": "none"})]}
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        reading = room.users()
        assert (await anext(reading)).id == "1"
        with pytest.raises(UnexpectedAnswer):
            await anext(reading)


async def test_a_page_that_nobody_wants_any_more_fails_in_silence() -> None:
    """Who left a list before its next page failed is not told."""
    script: dict[str, Step | list[Step]] = {USERS: [rows(users(1), 9), answer({"list": "none"})]}
    async with (
        ScriptedServer(script) as server,
        room_at(server.address) as room,
        aclosing(room.users()) as reading,
    ):
        await anext(reading)
        await server.arrival(USERS, 2)
