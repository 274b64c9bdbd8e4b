import pytest

from tests.demo.conftest import Caller


def answers(caller: Caller, *calls: tuple[str, str]) -> list[int]:
    return [caller.call(method, path, {} if method in {"POST", "PUT"} else None).status_code for method, path in calls]


ONLY_V2 = [
    ("POST", "/v2/authentication"),
    ("POST", "/v2/authentication/token"),
    ("POST", "/v2/usermanagement/roles/list"),
    ("POST", "/v2/usermanagement/users/list"),
    ("POST", "/v2/usermanagement/users/self/apikey"),
    ("GET", "/v2/settings/security"),
    ("GET", "/v2/settings/version/details"),
]
ONLY_V1 = [
    ("POST", "/v1/authentication"),
    ("POST", "/v1/authentication/token"),
    ("POST", "/v1/usermanagement/roles/list"),
    ("POST", "/v1/usermanagement/users/list"),
    ("GET", "/v1/usermanagement/users/self"),
    ("GET", "/v1/usermanagement/permissions"),
]
ASSUMED_V1 = [("POST", "/v1/usermanagement/users/self/apikey"), ("GET", "/v1/settings/security")]
ABSENT = {404, 405}


@pytest.mark.parametrize(
    ("control_room", "there", "absent"),
    [
        ("v40", ONLY_V2, ONLY_V1 + ASSUMED_V1),
        ("v32", ONLY_V2 + ONLY_V1, ASSUMED_V1),
        ("11.3", ONLY_V1 + ASSUMED_V1, ONLY_V2),
    ],
    indirect=["control_room"],
)
def test_each_release_has_its_calls(
    anybody: Caller, there: list[tuple[str, str]], absent: list[tuple[str, str]]
) -> None:
    """What a release does not have is answered as absent, with an error in JSON; what it has is not."""
    assert not ABSENT & set(answers(anybody, *there))
    assert set(answers(anybody, *absent)) <= ABSENT
    assert anybody.call(*absent[0]).json().keys() == {"code", "message", "details"}
    assert anybody.get("/v1/authentication/type").status_code == 200


v1_only = pytest.mark.parametrize("control_room", ["11.3"], indirect=True)
with_v1 = pytest.mark.parametrize("control_room", ["v32", "11.3"], indirect=True)


@with_v1
def test_the_role_of_v1_has_principals_and_permissions_by_id(admin: Caller) -> None:
    """Ids are numbers, people are principals, and a permission goes by its id whatever else stands beside it."""
    admin.version = "v1"
    listed = admin.get("usermanagement/permissions").json()
    permissions = listed if isinstance(listed, list) else listed["list"]
    (generate,) = [permission for permission in permissions if permission["action"] == "generateapikey"]
    assert (type(generate["id"]), generate["resourceType"]) == (int, "api")
    user_id = int(admin.user_id("creator"))
    body = {"name": "Keys", "permissions": [generate], "principals": [{"id": user_id}], "version": 0}
    created = admin.post("usermanagement/roles", body)
    role = created.json()
    assert (created.status_code, type(role["id"]), role["version"]) == (201, int, 0)
    assert (role["permissions"], role["principals"]) == ([generate], [{"id": user_id}])
    path = f"usermanagement/roles/{role['id']}"
    assert admin.get(path).json() == role
    changed = admin.put(path, {**role, "principals": []}).json()
    assert (changed["version"], changed["principals"], changed["permissions"]) == (1, [], [generate])


@with_v1
@pytest.mark.parametrize(
    "fault",
    [
        {"permissions": [{"action": "generateapikey", "resourceType": "api"}]},
        {"permissions": [{"id": 999_999}]},
        {"principals": [3]},
        {"principals": [{"id": 99_999}]},
        {"version": "one"},
    ],
)
def test_a_role_of_v1_that_does_not_fit_is_400(admin: Caller, fault: dict[str, object]) -> None:
    """v1 wants ids that exist."""
    admin.version = "v1"
    assert admin.post("usermanagement/roles", {"name": "Faulty", **fault}).status_code == 400


@v1_only
def test_the_list_of_permissions_is_bare_in_the_oldest_release(admin: Caller) -> None:
    """11.3 answers with an array."""
    assert isinstance(admin.get("usermanagement/permissions").json(), list)


@pytest.mark.parametrize("control_room", ["v32"], indirect=True)
def test_the_list_of_permissions_is_wrapped_later(admin: Caller) -> None:
    """v32 answers with an object that has a list."""
    assert isinstance(admin.get("/v1/usermanagement/permissions").json()["list"], list)


@with_v1
def test_users_of_v1_have_numbers_and_oneself(admin: Caller) -> None:
    """The own record comes from users/self; without a key it has no dates."""
    admin.version = "v1"
    own = admin.get("usermanagement/users/self").json()
    assert (own["username"], type(own["id"])) == ("admin", int)
    assert not own.keys() & {"apiKeyCreatedOn", "apiKeyExpirationTime"}
    role = int(admin.role_id("Service desk"))
    path = f"usermanagement/users/{admin.user_id('runner')}"
    changed = admin.put(path, {"username": "runner", "roles": [{"id": role}]}).json()
    assert changed["roles"] == [{"id": role, "name": "Service desk"}]


@v1_only
def test_the_assumed_calls_are_under_v1_where_there_is_no_v2(admin: Caller) -> None:
    """The duration is read and set there; a key wants the permission there."""
    set_to = {"apiKeyDuration": {"value": 12, "unit": "HOURS"}}
    assert admin.put("settings/security", set_to).json() == set_to
    assert admin.post("usermanagement/users/self/apikey").status_code == 403


@pytest.mark.parametrize("control_room", ["v32"], indirect=True)
def test_one_token_is_good_for_both_versions(admin: Caller) -> None:
    """A token got by v2 works in v1, and the same role is seen by both."""
    made = admin.post("/v2/usermanagement/roles", {"name": "Both"}).json()
    assert admin.get(f"/v1/usermanagement/roles/{made['id']}").json()["id"] == int(made["id"])
