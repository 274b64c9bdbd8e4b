"""The state of a user's key, what may be done with it, and the words for its dates."""

from datetime import UTC, datetime, timedelta

import pytest

from a360tui.api import GENERATE_API_KEY, Address, RoleDraft, User, parse_address
from a360tui.api.errors import SignInFailed
from a360tui.demo import Running
from a360tui.workflow.dates import age_words, date_stamp, moment_json
from a360tui.workflow.destination import Destination
from a360tui.workflow.errors import KeyExists, MayNotGenerate, NoKey
from a360tui.workflow.key import KeyState, check_generate, key_state, key_status, sign_in_with_key
from a360tui.workflow.key_usage import usage_examples
from a360tui.workflow.role_lookup import find_users
from tests.api.conftest import room_at
from tests.api.scripted_server import ScriptedServer, refused, signed_in
from tests.conftest import MovableClock
from tests.workflow.conftest import SignIn, each_release

NOW = datetime(2026, 11, 23, 9, 41, tzinfo=UTC)


@pytest.mark.parametrize(
    ("made", "end", "expected"),
    [
        (None, None, KeyState.NONE),
        (-12, 33, KeyState.VALID),
        (-40, 14, KeyState.ENDING),
        (-40, 15, KeyState.VALID),
        (-90, -45, KeyState.ENDED),
        (-90, 0, KeyState.ENDED),
        (-1, None, KeyState.VALID),
    ],
)
def test_the_state_follows_from_the_dates(made: int | None, end: int | None, expected: KeyState) -> None:
    """No dates, far from the end, within 14 days of it, at it and past it."""
    at = [None if days is None else NOW + timedelta(days=days) for days in (made, end)]
    user = User(id="1", username="x", api_key_created_on=at[0], api_key_expiration_time=at[1])
    assert expected is key_state(user, NOW)


@each_release
async def test_a_key_from_nothing_to_ended(control_room: Running, sign_in: SignIn, clock: MovableClock) -> None:
    """In each release: not allowed, then no key, then valid, signing in, then ended and refused."""
    destination = Destination(parse_address(control_room.url))
    async with sign_in("creator") as room:
        status = await key_status(room)
        assert (status.state, status.may_generate) == (KeyState.NONE, False)
        assert "Ask an administrator" in status.obstacle
        with pytest.raises(MayNotGenerate):
            check_generate(status, replace=False)
    async with sign_in("admin") as room:
        assert "Give yourself a role" in (await key_status(room)).obstacle
        (creator,) = await find_users(room, ["creator"])
        await room.create_role(RoleDraft("API key users", "", (GENERATE_API_KEY,), (creator.id,)))
    async with sign_in("creator") as room:
        check_generate(await key_status(room), replace=False)
        with pytest.raises(NoKey, match="no API key to replace"):
            check_generate(await key_status(room), replace=True)
        key = (await room.generate_key()).key
        status = await key_status(room)
        assert status.state is KeyState.VALID
        with pytest.raises(KeyExists, match="has an API key already"):
            check_generate(status, replace=False)
        tried = await sign_in_with_key(destination, "creator", key)
        assert ("creator", timedelta(minutes=20)) == (tried.username, tried.token_lifetime)
    clock.forward(timedelta(days=46))
    async with sign_in("creator") as room:
        assert (await key_status(room)).state is KeyState.ENDED
        with pytest.raises(SignInFailed):
            await sign_in_with_key(destination, "creator", key)


async def test_a_record_that_is_not_visible_is_said_to_be() -> None:
    """403 on the own record: the state is not visible, and generate refuses since a key might die."""
    permission = {"action": "generateapikey", "resourceType": "api"}
    script = {
        "POST /v2/authentication": signed_in(permissions=[permission]),
        "GET /v2/usermanagement/users/9": refused(403, "Forbidden."),
    }
    async with ScriptedServer(script) as server, room_at(server.address) as room:
        status = await key_status(room)
        assert status.state is KeyState.NOT_VISIBLE
        with pytest.raises(KeyExists, match="not visible"):
            check_generate(status, replace=False)
        check_generate(status, replace=True)


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(days=45) - timedelta(seconds=1), "in 45 days"),
        (timedelta(days=1), "in 1 day"),
        (timedelta(hours=30), "in 1 day"),
        (timedelta(minutes=59, seconds=50), "in 1 hour"),
        (timedelta(seconds=30), "in under a minute"),
        (timedelta(0), "under a minute ago"),
        (-timedelta(minutes=2), "2 minutes ago"),
        (-timedelta(days=12, hours=3), "12 days ago"),
    ],
)
def test_ages_in_words(away: timedelta, words: str) -> None:
    """The largest unit, rounded down, but not for a moment that has just passed."""
    assert words == age_words(NOW + away, NOW)


def test_a_date_says_its_zone() -> None:
    """Dates are in UTC and say so."""
    assert date_stamp(NOW) == "2026-11-23 09:41 UTC"


def test_a_date_of_the_first_year() -> None:
    """What some programs send for no date at all has four digits in its year, as ISO 8601 wants it."""
    first = datetime(1, 1, 1, tzinfo=UTC)
    assert date_stamp(first) == "0001-01-01 00:00 UTC"
    assert moment_json(first) == "0001-01-01T00:00:00.000000Z"


def test_examples_hold_no_key_and_quote_the_user() -> None:
    """Each example reads the key from the environment; a quote in a user name ends no string."""
    address = Address("https", "example.my.automationanywhere.digital", 443)
    examples = usage_examples(address, "o'brien\\x", "v1")
    assert set(examples) == {"curl", "PowerShell", "Python"}
    assert "'o'\\''brien\\x'" in examples["curl"]
    assert "'o''brien\\x'" in examples["PowerShell"]
    assert repr("o'brien\\x") in examples["Python"]
    for example in examples.values():
        assert "A360_API_KEY" in example
        assert "/v1/authentication" in example


@pytest.mark.parametrize("quote", ["'", "\u2018", "\u2019", "\u201a", "\u201b"])
def test_each_quote_of_powershell_is_doubled(quote: str) -> None:
    """PowerShell takes typographic quotes for plain ones: a name with one must not end its string."""
    example = usage_examples(Address("https", "x.example", 443), f"o{quote}brien")["PowerShell"]
    assert f"username = 'o{quote}{quote}brien';" in example


def test_the_curl_example_keeps_the_key_out_of_arguments() -> None:
    """jq takes the key from the environment itself; no shell word holds its text."""
    example = usage_examples(Address("https", "x.example", 443), "creator")["curl"]
    assert "$A360_API_KEY" not in example
