from typing import Any

import pytest

from tests.demo.conftest import Caller

EVERY_FIELD = {
    "username": "new.person",
    "firstName": "New",
    "lastName": "Person",
    "email": "new.person@nordwind.example",
    "domain": "NORDWIND",
    "description": "Just hired",
    "disabled": False,
    "enableAutoLogin": True,
    "licenseFeatures": ["DEVELOPMENT"],
    "multipleLoginAllowed": True,
    "deviceCredentialAttested": True,
}


def test_a_user_is_created_read_changed_and_deleted(admin: Caller, anybody: Caller) -> None:
    """The life of a user, with the statuses of the contract; the new user can sign in until deleted."""
    basic = admin.role_id("AAE_Basic")
    created = admin.post("usermanagement/users", {**EVERY_FIELD, "password": "long enough", "roleIds": [basic]})
    assert created.status_code == 201
    path = f"usermanagement/users/{created.json()['id']}"
    user = admin.get(path).json()
    assert {name: user[name] for name in EVERY_FIELD} == EVERY_FIELD
    assert user["roles"] == [{"id": basic, "name": "AAE_Basic"}]
    assert anybody.sign_in("new.person", password="long enough").status_code == 200

    assert admin.put(path, {"username": "new.person", "email": "np@nordwind.example"}).status_code == 200
    user = admin.get(path).json()
    assert (user["email"], user["firstName"], user["roles"]) == ("np@nordwind.example", "", [])
    assert anybody.sign_in("new.person", password="long enough").status_code == 200

    assert admin.delete(path).status_code == 204
    assert [admin.get(path).status_code, admin.put(path, EVERY_FIELD).status_code, admin.delete(path).status_code] == [
        404
    ] * 3
    assert anybody.get("/v1/authentication/token").json() == {"valid": False}


@pytest.mark.parametrize(
    "fault",
    [
        {"username": " "},
        {"username": "CREATOR"},
        {"username": "<x>"},
        {"password": "short"},
        {"password": None},
        {"disabled": "yes"},
        {"licenseFeatures": [1]},
        {"licenseFeatures": "DEVELOPMENT"},
        {"roleIds": ["99999"]},
        {"roleIds": [{}]},
        {"email": 5},
    ],
)
def test_a_user_that_does_not_fit_is_refused_and_not_kept(admin: Caller, fault: dict[str, Any]) -> None:
    """A taken username is 409, everything else 400; no trace is left."""
    before = len(admin.rows("users"))
    response = admin.post("usermanagement/users", {**EVERY_FIELD, "password": "long enough", **fault})
    assert response.status_code == (409 if fault == {"username": "CREATOR"} else 400)
    assert len(admin.rows("users")) == before


def test_a_taken_username_is_409_on_a_change_too(admin: Caller) -> None:
    """Two users never share a username."""
    user_id = admin.user_id("runner")
    assert admin.put(f"usermanagement/users/{user_id}", {"username": "Creator"}).status_code == 409


def test_nobody_deletes_themselves(admin: Caller) -> None:
    """An administrator stays."""
    assert admin.delete(f"usermanagement/users/{admin.user_id('admin')}").status_code == 400


def test_one_reads_oneself_and_nobody_else(admin: Caller, creator: Caller) -> None:
    """Without usermanagement one's own record is visible, another one's is 403, and so is the list."""
    own, other = admin.user_id("creator"), admin.user_id("runner")
    assert creator.get(f"usermanagement/users/{own}").json()["username"] == "creator"
    assert creator.get(f"usermanagement/users/{other}").status_code == 403
    assert creator.get("usermanagement/users/99999").status_code == 403
    assert creator.post("usermanagement/users/list", {}).status_code == 403


def test_writing_users_needs_the_permission_of_each_write(admin: Caller, creator: Caller) -> None:
    """usermanagement alone reads; createuser, updateuser and deleteuser each allow one thing."""
    own, other = admin.user_id("creator"), admin.user_id("runner")
    actions = ["usermanagement", "createuser", "updateuser", "deleteuser"]
    seen = []
    for count in range(len(actions) + 1):
        granted = [{"action": action, "resourceType": "usermanagement"} for action in actions[:count]]
        admin.post("usermanagement/roles", {"name": f"Users {count}", "permissions": granted, "userIds": [own]})
        seen.append(
            [
                creator.post("usermanagement/users/list", {}).status_code,
                creator.post("usermanagement/users", {}).status_code,
                creator.put(f"usermanagement/users/{other}", {}).status_code,
                creator.delete("usermanagement/users/99999").status_code,
            ]
        )
    assert seen == [
        [403, 403, 403, 403],
        [200, 403, 403, 403],
        [200, 400, 403, 403],
        [200, 400, 400, 403],
        [200, 400, 400, 404],
    ]


def test_the_list_keeps_the_dates_of_keys_to_itself(admin: Caller) -> None:
    """Only the record of one user has the two dates; of a user without a key they are null."""
    assert all(not row.keys() & {"apiKeyCreatedOn", "apiKeyExpirationTime"} for row in admin.rows("users"))
    with_key = admin.get(f"usermanagement/users/{admin.user_id('svc-crm')}").json()
    assert with_key["apiKeyCreatedOn"] < with_key["apiKeyExpirationTime"]
    without = admin.get(f"usermanagement/users/{admin.user_id('creator')}").json()
    assert (without["apiKeyCreatedOn"], without["apiKeyExpirationTime"]) == (None, None)


@pytest.mark.parametrize(("control_room", "told"), [("v40", True), ("v32", False)], indirect=["control_room"])
def test_the_record_of_one_user_in_v2_has_an_id_or_not(admin: Caller, *, told: bool) -> None:
    """Its documented schema has none, and clients by others read it: each release answers in one of the two ways."""
    user = admin.get(f"usermanagement/users/{admin.user_id('creator')}").json()
    assert user.get("id") == (admin.user_id("creator") if told else None)
    assert user["principalId"] == admin.user_id("creator")


def test_a_role_given_through_the_user_is_in_the_role(admin: Caller) -> None:
    """Both ways of giving a role are one thing."""
    role_id, user_id = admin.role_id("Service desk"), admin.user_id("runner")
    admin.put(f"usermanagement/users/{user_id}", {"username": "runner", "roleIds": [role_id]})
    assert user_id in admin.get(f"usermanagement/roles/{role_id}").json()["userIds"]
