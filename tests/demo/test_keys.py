import string
from datetime import datetime, timedelta

import pytest

from a360tui.demo import Running
from tests.conftest import MovableClock
from tests.demo.conftest import Caller

ALPHABET = set(string.ascii_letters + string.digits + string.punctuation)


@pytest.fixture
def key_user(admin: Caller, creator: Caller) -> Caller:
    """The creator, who may generate a key."""
    assert admin.allow_keys("creator").status_code == 201
    return creator


def test_without_the_permission_there_is_no_key(admin: Caller, creator: Caller) -> None:
    """A bot creator and the administrator are refused alike: no system role grants it."""
    for caller in (creator, admin):
        assert caller.post("usermanagement/users/self/apikey").status_code == 403


def test_a_key_is_shown_once_and_its_dates_later(key_user: Caller, admin: Caller) -> None:
    """The answer has the key and its dates; the record of the user has the same dates and no key."""
    answer = key_user.generate()
    key = answer["apiKey"]
    assert (len(key), set(key) <= ALPHABET, key.startswith("demo-"), "\\" in key) == (40, True, True, False)
    text = key_user.get(f"usermanagement/users/{admin.user_id('creator')}").text
    assert key not in text
    assert answer["apiKeyCreatedOn"] in text
    assert answer["apiKeyExpirationTime"] in text
    created, expires = (datetime.fromisoformat(answer[f"apiKey{name}"]) for name in ("CreatedOn", "ExpirationTime"))
    assert expires - created == timedelta(days=45)


@pytest.mark.parametrize("body", [None, {}])
def test_the_body_of_a_generate_call_is_empty(key_user: Caller, body: object) -> None:
    """No body and an empty object are both accepted."""
    assert key_user.post("usermanagement/users/self/apikey", body).status_code == 200


def test_a_new_key_kills_the_old_one(key_user: Caller, anybody: Caller) -> None:
    """The new key signs in, the old one is 401; a live token stays."""
    old, new = key_user.generate()["apiKey"], key_user.generate()["apiKey"]
    assert anybody.sign_in("creator", apiKey=old).status_code == 401
    assert anybody.sign_in("creator", apiKey=new).status_code == 200
    assert anybody.sign_in("runner", apiKey=new).status_code == 401
    assert key_user.get("/v1/authentication/token").json() == {"valid": True}


def test_a_dead_key_counts_as_a_failure(key_user: Caller, anybody: Caller) -> None:
    """Three sign-ins with a dead key disable the user."""
    old = key_user.generate()["apiKey"]
    new = key_user.generate()["apiKey"]
    for _ in range(3):
        assert anybody.sign_in("creator", apiKey=old).status_code == 401
    assert anybody.sign_in("creator", apiKey=new).status_code == 401


def test_an_expired_key_is_401_and_counts(key_user: Caller, anybody: Caller, clock: MovableClock) -> None:
    """A key signs in until its last second, and from then on it fails like a wrong one."""
    key = key_user.generate()["apiKey"]
    clock.forward(timedelta(days=45) - timedelta(minutes=1))
    assert anybody.sign_in("creator", apiKey=key).status_code == 200
    clock.forward(timedelta(minutes=1))
    for _ in range(3):
        assert "expired" in anybody.sign_in("creator", apiKey=key).json()["message"]
    assert "disabled" in anybody.sign_in("creator").json()["message"]


def test_a_key_where_the_password_belongs_is_refused(key_user: Caller, anybody: Caller) -> None:
    """Key and password are two things, whichever way they are mixed up."""
    key = key_user.generate()["apiKey"]
    assert anybody.sign_in("creator", password=key).status_code == 401
    assert anybody.sign_in("creator", apiKey=anybody.running.account("creator").password).status_code == 401


def test_a_key_is_no_token(key_user: Caller) -> None:
    """In the header a key opens nothing."""
    key_user.token = key_user.generate()["apiKey"]
    assert key_user.post("usermanagement/users/self/apikey").status_code == 401


def test_the_permission_ends_with_the_role(admin: Caller, key_user: Caller, anybody: Caller) -> None:
    """When the role is deleted no new key can be made; the key there is goes on signing in."""
    key = key_user.generate()["apiKey"]
    admin.delete(f"usermanagement/roles/{admin.role_id('API key users')}")
    assert key_user.post("usermanagement/users/self/apikey").status_code == 403
    assert anybody.sign_in("creator", apiKey=key).status_code == 200


def test_the_duration_is_that_of_the_moment_of_making(key_user: Caller, admin: Caller) -> None:
    """A change of the duration is for new keys; the end of one there is stays."""
    path = f"usermanagement/users/{admin.user_id('creator')}"
    before = key_user.generate()["apiKeyExpirationTime"]
    admin.put("settings/security", {"apiKeyDuration": {"value": 90, "unit": "MINUTES"}})
    assert key_user.get(path).json()["apiKeyExpirationTime"] == before
    answer = key_user.generate()
    created, expires = (datetime.fromisoformat(answer[f"apiKey{name}"]) for name in ("CreatedOn", "ExpirationTime"))
    assert expires - created == timedelta(minutes=90)


@pytest.mark.parametrize(
    ("value", "unit"),
    [(1, "MINUTES"), (14_398_560, "MINUTES"), (1, "HOURS"), (239_976, "HOURS"), (1, "DAYS"), (9999, "DAYS")],
)
def test_the_duration_goes_from_one_minute_to_9999_days(admin: Caller, value: int, unit: str) -> None:
    """Both ends in each unit are taken and read back in the unit they were set in; one more is 400."""
    set_to = {"apiKeyDuration": {"value": value, "unit": unit}}
    assert admin.put("settings/security", set_to).json() == set_to
    assert admin.get("settings/security").json() == set_to
    beyond = {"apiKeyDuration": {"value": 0 if value == 1 else value + 1, "unit": unit}}
    assert admin.put("settings/security", beyond).status_code == 400
    assert admin.get("settings/security").json() == set_to


@pytest.mark.parametrize(
    "duration",
    [
        None,
        45,
        {},
        {"value": 45},
        {"value": "45", "unit": "DAYS"},
        {"value": 1.5, "unit": "DAYS"},
        {"value": True, "unit": "DAYS"},
        {"value": 45, "unit": "WEEKS"},
        {"value": 45, "unit": ["DAYS"]},
    ],
)
def test_a_duration_that_does_not_fit_is_400(admin: Caller, duration: object) -> None:
    """The duration stays what it was: 45 days."""
    assert admin.put("settings/security", {"apiKeyDuration": duration}).status_code == 400
    assert admin.get("settings/security").json() == {"apiKeyDuration": {"value": 45, "unit": "DAYS"}}


def test_the_duration_needs_view_and_manage_settings(admin: Caller, creator: Caller) -> None:
    """View alone reads, and a bot creator does neither."""
    set_to = {"apiKeyDuration": {"value": 30, "unit": "DAYS"}}
    assert [creator.get("settings/security").status_code, creator.put("settings/security", set_to).status_code] == [
        403
    ] * 2
    view = {"action": "View", "resourceType": "Settings"}
    admin.post("usermanagement/roles", {"name": "V", "permissions": [view], "userIds": [admin.user_id("creator")]})
    assert [creator.get("settings/security").status_code, creator.put("settings/security", set_to).status_code] == [
        200,
        403,
    ]


@pytest.mark.parametrize("control_room", ["11.3"], indirect=True)
def test_an_old_release_puts_backslashes_in_keys(control_room: Running, admin: Caller, anybody: Caller) -> None:
    """Up to v.24 a key may hold a backslash; such a key signs in like any other."""
    permissions = [p for p in admin.get("usermanagement/permissions").json() if p["action"] == "generateapikey"]
    body = {"name": "Keys", "permissions": permissions, "principals": [{"id": int(admin.user_id("admin"))}]}
    assert admin.post("usermanagement/roles", body).status_code == 201
    key = next(key for key in iter(lambda: admin.generate()["apiKey"], None) if "\\" in key)
    assert anybody.sign_in("admin", apiKey=key).status_code == 200
    assert control_room.account("admin").password != key
