import threading
from typing import Any

import pytest

from tests.demo.conftest import GENERATE, Caller

HOSTILE = "\x1b]0;gone\x07 \u202edrow \u200b\x00\t\r\n[bold]{x}%s 'OR 1=1;-- \U000e0041\U0001f511"


def test_a_role_is_created_read_changed_and_deleted(admin: Caller) -> None:
    """The life of a custom role, with the statuses of the contract and the whole role in each answer."""
    people = [admin.user_id("creator"), admin.user_id("runner")]
    draft = {"name": "Keys", "description": "May make keys", "permissions": [GENERATE], "userIds": people}
    created = admin.post("usermanagement/roles", draft)
    role = created.json()
    assert (created.status_code, role["name"], role["description"]) == (201, "Keys", "May make keys")
    assert sorted(role["userIds"]) == sorted(people)
    (permission,) = role["permissions"]
    assert {**permission, "id": ""} == {**GENERATE, "id": "", "resourceId": None}
    path = f"usermanagement/roles/{role['id']}"
    assert admin.get(path).json() == role

    changed = admin.put(path, {"name": "Keys 2", "userIds": people[:1]})
    assert (changed.status_code, changed.json()["id"]) == (201, int(role["id"]))
    assert admin.get(path).json()["permissions"] == []
    assert admin.get(path).json()["userIds"] == people[:1]
    assert admin.get(path).json()["updatedOn"] > role["updatedOn"]

    assert admin.delete(path).status_code == 204
    assert [admin.get(path).status_code, admin.put(path, draft).status_code, admin.delete(path).status_code] == [
        404
    ] * 3


def test_only_the_name_is_needed(admin: Caller) -> None:
    """A role may have nothing but a name."""
    assert admin.post("usermanagement/roles", {"name": "Bare"}).json()["userIds"] == []


@pytest.mark.parametrize(
    "fault",
    [
        {"name": ""},
        {"name": "   "},
        {"name": None},
        {"name": 7},
        {"name": "x" * 256},
        {"name": "a<b"},
        {"name": "a>b"},
        {"description": "x" * 256},
        {"description": "<b>"},
        {"permissions": [{"action": "fly", "resourceType": "api"}]},
        {"permissions": [{"action": "generateapikey"}]},
        {"permissions": ["generateapikey"]},
        {"permissions": {}},
        {"userIds": ["99999"]},
        {"userIds": ["x"]},
        {"userIds": [None]},
        {"userIds": [True]},
        {"userIds": [10**30]},
        {"userIds": "1"},
    ],
)
def test_a_role_that_does_not_fit_is_400_and_nothing_is_kept(admin: Caller, fault: dict[str, Any]) -> None:
    """What was done before the fault was found is rolled back."""
    response = admin.post("usermanagement/roles", {"name": "Faulty", "permissions": [GENERATE], **fault})
    assert (response.status_code, response.json()["details"]) == (400, None)
    assert all(row["name"] != "Faulty" for row in admin.rows("roles"))


@pytest.mark.parametrize("text", [HOSTILE, "x" * 255, "\U0001f511" * 255, "  padded  ", "\u0130\u0131ß"])
def test_names_and_descriptions_are_kept_as_they_came(admin: Caller, text: str) -> None:
    """Anything but < and > is stored and returned to the letter, control characters included."""
    role_id = admin.post("usermanagement/roles", {"name": text, "description": text}).json()["id"]
    role = admin.get(f"usermanagement/roles/{role_id}").json()
    assert (role["name"], role["description"]) == (text, text)
    (row,) = admin.rows("roles", filter={"operator": "eq", "field": "name", "value": text})
    assert row["name"] == text


def test_a_name_is_taken_once_without_case(admin: Caller) -> None:
    """A role with the name of another one is 409, on making and on renaming."""
    admin.post("usermanagement/roles", {"name": "Ökonomie"})
    assert admin.post("usermanagement/roles", {"name": "öKONOMIE"}).status_code == 409
    role_id = admin.role_id("Service desk")
    assert admin.put(f"usermanagement/roles/{role_id}", {"name": "öKONOMIE"}).status_code == 409
    assert admin.put(f"usermanagement/roles/{role_id}", {"name": "SERVICE desk"}).status_code == 201


def test_many_who_make_the_same_role_get_one(admin: Caller) -> None:
    """Of eight at the same time one gets 201 and seven 409."""
    statuses: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: statuses.append(admin.post("usermanagement/roles", {"name": "Race"}).status_code)
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] + [409] * 7


def test_system_roles_are_protected(admin: Caller) -> None:
    """They can be read, and neither changed nor deleted."""
    path = f"usermanagement/roles/{admin.role_id('AAE_Basic')}"
    before = admin.get(path).json()
    assert before["systemRole"] is True
    assert admin.put(path, {"name": "AAE_Basic", "permissions": [GENERATE]}).status_code == 403
    assert admin.delete(path).status_code == 403
    assert admin.get(path).json() == before


def test_permissions_are_known_without_case(admin: Caller) -> None:
    """A pair in another case is the same permission, once."""
    shouted = {"action": "GenerateAPIKey", "resourceType": "API"}
    role = admin.post("usermanagement/roles", {"name": "Loud", "permissions": [shouted, GENERATE]}).json()
    assert [permission["action"] for permission in role["permissions"]] == ["generateapikey"]


def test_a_user_marked_twice_is_there_once(admin: Caller) -> None:
    """A doubled id is no fault."""
    user_id = admin.user_id("creator")
    role = admin.post("usermanagement/roles", {"name": "Twice", "userIds": [user_id, user_id]}).json()
    assert role["userIds"] == [user_id]


def test_a_list_has_neither_permissions_nor_people(admin: Caller) -> None:
    """A row says how many people have the role; who they are is in the role."""
    admin.allow_keys("creator", "runner", name="Keys")
    (row,) = admin.rows("roles", filter={"operator": "eq", "field": "name", "value": "Keys"})
    assert row["countPrincipals"] == 2
    assert not row.keys() & {"permissions", "userIds", "principals"}


def test_roles_need_their_permissions(admin: Caller, creator: Caller) -> None:
    """Without rolesview nothing is read, without rolesmanagement nothing is written."""
    role_id = admin.role_id("Service desk")

    def statuses() -> list[int]:
        return [
            creator.post("usermanagement/roles/list", {}).status_code,
            creator.get(f"usermanagement/roles/{role_id}").status_code,
            creator.post("usermanagement/roles", {"name": "Mine"}).status_code,
            creator.put(f"usermanagement/roles/{role_id}", {"name": "Mine"}).status_code,
            creator.delete(f"usermanagement/roles/{role_id}").status_code,
        ]

    assert statuses() == [403] * 5
    view = {"action": "rolesview", "resourceType": "rolesmanagement"}
    admin.post("usermanagement/roles", {"name": "V", "permissions": [view], "userIds": [admin.user_id("creator")]})
    assert statuses() == [200, 200, 403, 403, 403]


@pytest.mark.parametrize("role_id", ["0", "99999", "abc", "-1", "1.5", "%00", "9" * 30, "٣"])
def test_an_unknown_id_is_404(admin: Caller, role_id: str) -> None:
    """An id that is none is not found either."""
    assert admin.get(f"usermanagement/roles/{role_id}").status_code == 404
