from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from a360tui.demo import DemoServer, Running
from a360tui.demo.company import ROLES
from a360tui.demo.permissions import CATALOGUE, GENERATE_API_KEY
from tests.conftest import MovableClock
from tests.demo.conftest import Caller, http_client


def test_the_story_starts_without_the_permission(admin: Caller) -> None:
    """No role grants Generate API-Key, yet the permission exists; the administrator may do all the rest."""
    assert GENERATE_API_KEY in CATALOGUE
    for row in admin.rows("roles"):
        role = admin.get(f"usermanagement/roles/{row['id']}").json()
        assert all(permission["action"] != "generateapikey" for permission in role["permissions"])
    granted = {
        (permission["action"], permission["resourceType"])
        for permission in admin.another().sign_in("admin").json()["permissions"]
    }
    assert granted == {tuple(pair) for pair in CATALOGUE} - {tuple(GENERATE_API_KEY)}


def test_there_are_system_roles_and_custom_roles(admin: Caller) -> None:
    """The names that every Control Room has are system roles; the company's own are not."""
    system = {row["name"]: row["systemRole"] for row in admin.rows("roles")}
    assert system == {role.name: role.name.startswith("AAE_") for role in ROLES}
    assert {"AAE_Admin", "AAE_Basic", "AAE_Bot_Developer"} <= system.keys()


def test_no_pair_is_in_the_catalogue_twice() -> None:
    """Pairs are compared without case, so they must differ without case."""
    assert len({pair.folded for pair in CATALOGUE}) == len(CATALOGUE)


def test_there_are_keys_in_each_state(admin: Caller, clock: MovableClock) -> None:
    """Somebody has no key, somebody a fresh one, somebody one that ends within a week, somebody an expired one."""
    states = set()
    for row in admin.rows("users"):
        end = admin.get(f"usermanagement/users/{row['id']}").json()["apiKeyExpirationTime"]
        left = datetime.fromisoformat(end) - clock() if end else None
        states.add(
            "none" if left is None else "expired" if left < timedelta(0) else "soon" if left.days < 7 else "fresh"
        )
    assert states == {"none", "expired", "soon", "fresh"}


def test_the_same_seed_makes_the_same_company() -> None:
    """At the same time the same seed gives the same rows, another seed others."""

    def noon() -> datetime:
        return datetime(2026, 3, 2, 12, tzinfo=UTC)

    def everybody(seed: int) -> list[dict[str, object]]:
        with DemoServer(users=60, clock=noon, demo_seed=seed).on_loopback() as running, http_client(running) as client:
            caller = Caller(client, running)
            caller.sign_in("admin")
            return caller.rows("users") + caller.rows("roles")

    assert everybody(1) == everybody(1)
    assert everybody(1) != everybody(2)


@pytest.mark.parametrize("users", [3, 4, 23, 24, 1500])
def test_there_are_as_many_users_as_asked(users: int) -> None:
    """N users in all, the three sign-in names among them, all with different usernames that are easy to type."""
    with DemoServer(users=users).on_loopback() as running, http_client(running) as client:
        caller = Caller(client, running)
        caller.sign_in("admin")
        assert caller.post("usermanagement/users/list", {}).json()["page"]["total"] == users
        assert [caller.another().sign_in(name).status_code for name in ("admin", "creator", "runner")] == [200] * 3
        rows = [row for offset in range(0, users, 200) for row in caller.rows("users", page={"offset": offset})]
    names = {row["username"] for row in rows}
    assert len(names) == users
    assert all(name.isascii() and name == name.casefold() for name in names)


def test_fewer_than_the_sign_in_names_is_no_company() -> None:
    """Two users are too few."""
    with pytest.raises(ValueError, match="at least 3"):
        DemoServer(users=2)


def test_an_unknown_release_is_no_release() -> None:
    """The release is one of three."""
    with pytest.raises(ValueError, match="v99"):
        DemoServer(release="v99")


def test_accounts_say_their_roles(control_room: Running) -> None:
    """At least one administrator, and bot creators without the permission."""
    assert {account.username: account.roles for account in control_room.accounts} == {
        "admin": ("AAE_Admin",),
        "creator": ("AAE_Basic", "AAE_Bot_Developer"),
        "runner": ("AAE_Basic", "AAE_Bot_Developer"),
    }


def test_people_who_may_generate_from_the_start(clock: MovableClock, tmp_path: Path) -> None:
    """``key_users`` makes the role with so many users, most with a key of its own end; with the same data it stays."""
    data = tmp_path / "control-room.db"
    for wanted, there in ((40, 40), (30, 40), (50, 50)):
        server = DemoServer(key_users=wanted, data=data, clock=clock)
        with server.on_loopback() as running, http_client(running) as client:
            caller = Caller(client, running)
            caller.sign_in("admin")
            role = caller.get(f"usermanagement/roles/{caller.role_id('API key users')}").json()
            users = [caller.get(f"usermanagement/users/{user_id}").json() for user_id in role["userIds"]]
        assert len(users) == there
        assert [permission["action"] for permission in role["permissions"]] == ["generateapikey"]
        ends = {user["username"]: user["apiKeyExpirationTime"] for user in users}
        assert ends["creator"] is None
        assert len(set(ends.values())) > there * 0.7
        assert any(datetime.fromisoformat(end) < clock() for end in ends.values() if end)
