"""Requests as public clients by others send them: what they rely on is answered.

Learned by running ``automation-anywhere`` 2.1.7 and ``rpa-automationanywhere`` 2.0.0 unchanged against ``demo serve``,
and from a public command line for A2019; none of them is needed here.
"""

import pytest

from tests.demo.conftest import Caller

with_v1 = pytest.mark.parametrize("control_room", ["v32", "11.3"], indirect=True)


@with_v1
def test_a_session_of_v1_by_the_body_and_the_query(anybody: Caller) -> None:
    """``automation-anywhere``: an unknown field in the sign-in, the token checked in the query, renewed in the body."""
    password = anybody.running.account("admin").password
    body = {"username": "admin", "password": password, "multiLogin": False}
    token = anybody.post("/v1/authentication", body).json()["token"]
    assert anybody.get(f"/v1/authentication/token?token={token}").json() == {"valid": True}
    renewed = anybody.post("/v1/authentication/token", {"token": token}).json()["token"]
    assert anybody.get(f"/v1/authentication/token?token={token}").json() == {"valid": False}
    anybody.token = renewed
    assert anybody.post("/v1/authentication/logout").status_code == 204


@pytest.mark.parametrize("control_room", ["v40", "v32"], indirect=True)
def test_users_of_v2_page_by_page_as_texts(admin: Caller) -> None:
    """``rpa-automationanywhere``: pages of 1000 whatever comes, ended by ``total``; ids and versions are texts."""
    request = {"page": {"offset": 0, "length": 1000}, "sort": [{"field": "username", "direction": "asc"}]}
    answer = admin.post("usermanagement/users/list", request).json()
    assert answer["page"]["total"] == len(answer["list"])
    for user in answer["list"]:
        assert {type(user[name]) for name in ("id", "version", "principalId", "createdBy", "updatedBy")} == {str}
    named = {"operator": "eq", "field": "username", "value": "svc-crm"}
    (user,) = admin.post("usermanagement/users/list", {"page": {"offset": 0, "length": 1000}, "filter": named}).json()[
        "list"
    ]
    one = admin.get(f"usermanagement/users/{user['id']}").json()
    assert {type(one[name]) for name in ("version", "apiKeyCreatedOn", "apiKeyExpirationTime")} == {str}


@with_v1
@pytest.mark.parametrize(("kind", "field"), [("users", "username"), ("roles", "name")])
def test_a_list_of_v1_with_an_empty_filter(admin: Caller, kind: str, field: str) -> None:
    """The A2019 command line, as the web page of its time: an empty filter, no fields, totals sent back in the page."""
    admin.version = "v1"
    rows = admin.rows(
        kind,
        sort=[{"field": field, "direction": "asc"}],
        filter={},
        fields=[],
        page={"offset": 0, "total": 12, "totalFilter": 12, "length": 200},
    )
    assert [row[field].casefold() for row in rows] == sorted(row[field].casefold() for row in rows) != []
