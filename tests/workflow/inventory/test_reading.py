"""Reading the inventory: what it asks, what each answer comes to, and being broken off."""

import asyncio
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from a360tui.api import GENERATE_API_KEY, ControlRoom, Exchange, Password, RoleDraft, parse_address
from a360tui.api.errors import ConnectionRefused, SessionEnded
from a360tui.demo import DemoServer, Running
from a360tui.secret import Secret
from a360tui.workflow.errors import MayNotLook
from a360tui.workflow.inventory import Inventory, InventoryReading
from a360tui.workflow.key import KeyState
from tests.api.conftest import QUICK, room_at
from tests.api.scripted_server import after, answer, close, page, refused, reset, rows
from tests.conftest import MovableClock
from tests.demo.conftest import Caller, http_client
from tests.workflow.conftest import SignIn, each_release
from tests.workflow.inventory.scripted import DATE, LOOK, ROLES, USERS, control_room, record

COMPANY = ("creator", "svc-crm", "svc-invoices", "svc-hr-sync", "svc-reports", "svc-warehouse")
"""People of the company with a key in each state."""


def words(inventory: Inventory) -> dict[str, str]:
    return {entry.username: entry.words for entry in inventory.entries}


def let(running: Running, *usernames: str, version: str = "v2") -> None:
    """Let these users generate a key, from outside."""
    with http_client(running) as client:
        admin = Caller(client, running, version)
        assert admin.sign_in("admin").status_code == 200
        assert admin.allow_keys(*usernames).status_code == 201


async def test_every_state_sorted_by_what_ends_first(sign_in: SignIn, control_room: Running) -> None:
    """Ended, ending, valid, no key, a disabled user's: each has its word; what ends first is first."""
    let(control_room, *COMPANY)
    async with sign_in("admin") as room:
        inventory = await InventoryReading(room).read_all()
    assert list(words(inventory).items()) == [
        ("svc-reports", "ended"),
        ("svc-hr-sync", "ending"),
        ("svc-invoices", "valid"),
        ("svc-crm", "valid"),
        ("creator", "no key"),
        ("svc-warehouse", "ended, disabled"),
    ]
    assert inventory.complete
    assert inventory.keys_words == "5 of 6 who may generate have one"
    assert (inventory.count(KeyState.ENDED), inventory.count(KeyState.ENDING)) == (1, 1)
    assert inventory.weeks == (1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0)
    assert [entry.days_left(inventory.now) for entry in inventory.entries] == [-16, 2, 33, 44, None, -155]


@each_release
async def test_each_release_can_be_read(sign_in: SignIn) -> None:
    """The roles' users and their keys are found whichever version of the API is spoken."""
    async with sign_in("admin") as room:
        (creator,) = [user async for user in room.users() if user.username == "creator"]
        (integrations,) = [row async for row in room.roles() if row.name == "Integrations"]
        role = await room.role(integrations.id)
        draft = RoleDraft(
            "Keys", permissions=(*role.permissions, GENERATE_API_KEY), user_ids=(*role.user_ids, creator.id)
        )
        await room.create_role(draft)
        found = words(await InventoryReading(room).read_all())
    assert set(found) == {"creator", "svc-crm", "svc-invoices", "svc-hr-sync", "svc-reports", "svc-warehouse"}
    assert found["svc-hr-sync"] == "ending"


async def test_it_costs_no_more_than_roles_and_users() -> None:
    """At 100,000 users of whom 500 may generate: pages of roles, one read a custom role, 500; never the users' list."""
    asked: list[Exchange] = []
    with DemoServer(users=100_000, key_users=500).on_loopback() as running:
        async with ControlRoom(parse_address(running.url), limits=QUICK) as room:
            await room.sign_in("admin", Password(Secret(running.account("admin").password)))
            custom = [row async for row in room.roles() if not row.system_role]
            room._transport._listener = asked.append
            inventory = await InventoryReading(room).read_all()
    calls = Counter(re.sub(r"/\d+$", "/ID", exchange.path) for exchange in asked)
    assert calls == {f"{ROLES}/list": 1, f"{ROLES}/ID": len(custom), f"{USERS}/ID": 500}
    assert len(inventory.entries) == 500
    assert inventory.count(KeyState.ENDED, KeyState.ENDING, KeyState.VALID) > 400
    assert len({entry.ends_on for entry in inventory.entries}) > 400


@pytest.mark.parametrize("at_once", [1, 3])
async def test_no_more_than_so_many_at_once(at_once: int) -> None:
    """As many reads are under way as was said, and the next is sent when one is answered."""
    held = asyncio.Event()
    users = {str(number): after(held, record(f"user{number}")) for number in range(40, 48)}
    async with control_room(users) as server, room_at(server.address) as room:
        reading = InventoryReading(room, at_once=at_once)
        task = asyncio.create_task(reading.read_all())
        for number in range(40, 40 + at_once):
            await server.arrival(f"GET {USERS}/{number}")
        assert sum("/users/" in request.path for request in server.received) == at_once
        held.set()
        assert len((await task).entries) == 8


async def test_what_is_known_comes_as_it_is_read() -> None:
    """After each user the inventory holds one more, while others are still on their way."""
    held = asyncio.Event()
    users = {"40": record("first", "2026-12-01T00:00:00Z"), "41": after(held, record("second"))}
    async with control_room(users) as server, room_at(server.address) as room:
        reading = InventoryReading(room, at_once=1)
        seen = []
        async for progress in reading.progress():
            seen.append((progress.read, progress.expected, list(words(reading.inventory)), reading.inventory.complete))
            if progress.read == 1:
                assert reading.inventory.unknown == 1
                held.set()
    assert seen == [(0, 2, [], False), (1, 2, ["first"], False), (2, 2, ["first", "second"], True)]


async def test_one_failing_user_does_not_stop_the_rest() -> None:
    """403, 404, a record of one deleted, 500, a web page, a reset, nonsense: each has its outcome, the rest stays."""
    users = {
        "40": refused(403, "Not yours to see."),
        "41": refused(404, "No such user."),
        "42": record("left", deleted=True),
        "43": refused(500, "Broken."),
        "44": page(),
        "45": reset,
        "46": record("nonsense", "soon"),
        "47": record("fine", "2027-01-01T00:00:00Z"),
        "48": record("off", "2026-11-24T00:00:00Z", disabled=True),
    }
    async with control_room(users) as server, room_at(server.address) as room:
        inventory = await InventoryReading(room).read_all()
    assert words(inventory) == {
        "off": "ending, disabled",
        "fine": "valid",
        "user 40": "not visible",
        "user 43": "not read",
        "user 44": "not read",
        "user 45": "not read",
        "user 46": "not read",
    }
    problems = {entry.user_id: entry.problem for entry in inventory.entries}
    assert problems["40"] == "Not yours to see."
    assert "Broken." in problems["43"]
    assert all(problems[user_id] for user_id in ("44", "45", "46"))
    assert (inventory.complete, inventory.deleted, inventory.unknown) == (True, 2, 5)
    assert inventory.count(KeyState.ENDING) == 0


async def test_asked_too_often_is_waited_for() -> None:
    """A 429 with Retry-After is asked again, and the user is read."""
    users: dict[str, Any] = {"40": [refused(429, headers={"Retry-After": "0"}), record("patient")]}
    async with control_room(users) as server, room_at(server.address) as room:
        assert words(await InventoryReading(room).read_all()) == {"patient": "no key"}


async def test_where_everything_fails_the_rest_is_not_asked() -> None:
    """Failures one after the other end the reading with the last of them; what was read stays."""
    users = {str(number): refused(500, "Broken.") for number in range(40, 90)}
    async with control_room(users) as server, room_at(server.address) as room:
        reading = InventoryReading(room, at_once=2)
        with pytest.raises(Exception, match="Broken"):
            await reading.read_all()
        assert sum("/users/" in request.path for request in server.received) < 20
        assert not reading.inventory.complete


async def test_a_role_that_changes_meanwhile() -> None:
    """Who has lost the role by the time they are read is listed without one; who lost one of two keeps the other."""
    other = [{"id": "5", "name": "AAE_Basic"}]
    async with (
        control_room({"40": record("lost", "2026-11-24T00:00:00Z", roles=other), "41": record("has")}) as server,
        room_at(server.address) as room,
    ):
        inventory = await InventoryReading(room).read_all()
    assert words(inventory) == {"lost": "ending, no role", "has": "no key"}
    assert inventory.keys_words == "0 of 1 who may generate have one"
    assert inventory.count(KeyState.ENDING) == 0


async def test_a_role_that_is_deleted_meanwhile() -> None:
    """A role that is gone between the list and its read grants nothing, and the others are read."""
    listed = rows([{"id": "30", "name": "Gone"}, {"id": "31", "name": "API key users"}], 2)
    async with (
        control_room({"40": record("fine")}, **{f"POST {ROLES}/list": listed}) as server,
        room_at(server.address) as room,
    ):
        assert words(await InventoryReading(room).read_all()) == {"fine": "no key"}


async def test_the_end_of_the_session_is_gone_on_from() -> None:
    """A 401 in the middle ends the reading; after another sign-in only those are asked for who were not read."""
    users: dict[str, Any] = {"40": record("first"), "41": [refused(401), record("second")], "42": record("third")}
    async with control_room(users) as server, room_at(server.address) as room:
        reading = InventoryReading(room, at_once=1)
        with pytest.raises(SessionEnded):
            await reading.read_all()
        assert list(words(reading.inventory)) == ["first"]
        await room.sign_in("jdoe", Password(Secret("the-password")))
        assert set(words(await reading.read_all())) == {"first", "second", "third"}
        assert [server.count(f"GET {USERS}/{number}") for number in (40, 41, 42)] == [1, 2, 1]
        assert server.count(f"GET {ROLES}/31") == 1


async def test_a_token_that_runs_out_is_renewed(control_room: Running, clock: MovableClock) -> None:
    """Where the credential is kept, the end of the session in the middle is not seen."""
    let(control_room, *COMPANY)
    async with ControlRoom(parse_address(control_room.url)) as room:
        password = Password(Secret(control_room.account("admin").password))
        await room.sign_in("admin", password, keep_credential=True)
        reading = InventoryReading(room, at_once=1)
        async for progress in reading.progress():
            if progress.read == 2:
                clock.forward(timedelta(minutes=30))
        assert len(reading.inventory.entries) == len(COMPANY)


async def test_broken_off_it_leaves_nothing_under_way() -> None:
    """Cancelled in the middle, what was read is kept and no request stays behind."""
    users = {"40": record("first"), "41": after(asyncio.Event(), record("never"))}
    async with control_room(users) as server, room_at(server.address) as room:
        reading = InventoryReading(room, at_once=1)
        task = asyncio.create_task(reading.read_all())
        await server.arrival(f"GET {USERS}/41")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert list(words(reading.inventory)) == ["first"]
        assert len(asyncio.all_tasks()) <= 1 + len(server._talks)


async def test_a_control_room_that_goes_away_ends_it() -> None:
    """Where nothing listens any more, the error is said once and not for each user."""
    held = asyncio.Event()
    users = {"40": record("first"), "41": after(held, close)}
    async with control_room(users) as server, room_at(server.address) as room:
        reading = InventoryReading(room, at_once=1)
        task = asyncio.create_task(reading.read_all())
        await server.arrival(f"GET {USERS}/41")
        assert server._server is not None
        server._server.close()
        held.set()
        with pytest.raises(ConnectionRefused):
            await task
        assert list(words(reading.inventory)) == ["first"]


async def test_who_may_not_view_users_sees_only_themselves() -> None:
    """Without the permission nobody else is asked for; one's own key is read, the others are not visible."""
    users = {"9": record("jdoe", "2026-11-30T00:00:00Z"), "40": record("hidden")}
    async with control_room(users, LOOK[:1]) as server, room_at(server.address) as room:
        inventory = await InventoryReading(room).read_all()
        assert server.count(f"GET {USERS}/40") == 0
    assert words(inventory) == {"jdoe": "ending", "user 40": "not visible"}
    assert "View users" in inventory.entries[1].problem


async def test_who_may_not_view_roles_is_told() -> None:
    """Who may generate is said by the roles: without them nothing is sent, and it says what to ask for."""
    async with control_room({"40": record("hidden")}, LOOK[1:]) as server, room_at(server.address) as room:
        with pytest.raises(MayNotLook, match="View roles"):
            await InventoryReading(room).read_all()
        assert [request.path for request in server.received] == ["/v2/authentication"]


async def test_how_much_time_is_ending() -> None:
    """What counts as ending is as long as was said, to the minute; without an end a key is valid."""
    users = {
        "40": record("in two days", "2026-11-25T09:41:00Z"),
        "41": record("in three", "2026-11-26T09:42:00Z"),
        "42": record("now", "2026-11-23T09:41:00Z"),
        "43": answer({"username": "endless", "apiKeyCreatedOn": "2026-01-01T00:00:00Z"}, headers={"Date": DATE}),
    }
    async with control_room(users) as server, room_at(server.address) as room:
        inventory = await InventoryReading(room, within=timedelta(days=3)).read_all()
    assert words(inventory) == {"now": "ended", "in two days": "ending", "in three": "valid", "endless": "valid"}


async def test_nobody_may(sign_in: SignIn) -> None:
    """Where no role grants it, the inventory is whole and empty."""
    async with sign_in("admin") as room:
        inventory = await InventoryReading(room).read_all()
    assert (inventory.complete, inventory.entries, inventory.roles) == (True, (), ())
    assert inventory.keys_words == "nobody may generate one"
