from datetime import timedelta

import jwt
import pytest

from tests.conftest import MovableClock
from tests.demo.conftest import Caller

every_release = pytest.mark.parametrize("control_room", ["v40", "v32", "11.3"], indirect=True)


def message(response: object) -> str:
    return str(response.json()["message"])  # type: ignore[attr-defined]  # an httpx.Response


@every_release
def test_a_sign_in_answers_as_the_contract_says(anybody: Caller) -> None:
    """A sign-in gives a token, who it is, what they may do and how long it lasts, in the shape of its version."""
    answer = anybody.sign_in("creator").json()
    as_number = anybody.version == "v1"
    assert answer["user"]["username"] == "creator"
    assert [role["name"] for role in answer["user"]["roles"]] == ["AAE_Basic", "AAE_Bot_Developer"]
    assert isinstance(answer["user"]["id"], int if as_number else str)
    assert answer["ttlSeconds"] == (1200 if as_number else "1200")
    assert {"action", "resourceType"} <= answer["permissions"][0].keys()
    claims = jwt.decode(answer["token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 1200


def test_a_username_is_known_without_case(anybody: Caller) -> None:
    """People type their username as they like."""
    password = anybody.running.account("creator").password
    assert anybody.sign_in("CREATOR", password=password).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "admin"},
        {"username": "", "password": "x"},
        {"username": "admin", "password": 1},
        {"username": "admin", "password": ""},
        {"username": "admin", "password": "x", "apiKey": "y"},
        {"username": ["admin"], "password": "x"},
        {"username": "admin", "password": "x", "multipleLogin": "no"},
    ],
)
def test_a_sign_in_that_does_not_fit_is_400(anybody: Caller, body: dict[str, object]) -> None:
    """Validation comes before anything is counted as a failure."""
    response = anybody.post("authentication", body)
    assert (response.status_code, response.json()["details"]) == (400, None)


@every_release
def test_the_third_wrong_password_disables_the_user(anybody: Caller, admin: Caller) -> None:
    """After three failures the right password is refused too, and an administrator sees the user disabled."""
    for _ in range(3):
        assert anybody.sign_in("creator", password="wrong").status_code == 401
    refused = anybody.sign_in("creator")
    assert (refused.status_code, "disabled" in message(refused)) == (401, True)
    assert [row["disabled"] for row in admin.rows("users") if row["username"] == "creator"] == [True]


def test_a_right_password_resets_the_count(anybody: Caller) -> None:
    """Two failures, a success and two failures again leave the user enabled."""
    for _ in range(2):
        for _ in range(2):
            assert anybody.sign_in("creator", password="wrong").status_code == 401
        assert anybody.sign_in("creator").status_code == 200


def test_an_unknown_user_is_told_nothing_more(anybody: Caller) -> None:
    """Whether a username exists cannot be told from the answer."""
    unknown = anybody.sign_in("nobody", password="wrong")
    known = anybody.sign_in("creator", password="wrong")
    assert (unknown.status_code, unknown.json()) == (known.status_code, known.json())


def test_enabling_a_user_resets_the_count(anybody: Caller, admin: Caller) -> None:
    """A user whom an administrator has enabled has three tries again."""
    for _ in range(3):
        anybody.sign_in("creator", password="wrong")
    user_id = admin.user_id("creator")
    assert admin.put(f"usermanagement/users/{user_id}", {"username": "creator", "disabled": False}).status_code == 200
    assert anybody.sign_in("creator", password="wrong").status_code == 401
    assert anybody.sign_in("creator").status_code == 200


def test_a_disabled_user_loses_the_sessions(admin: Caller, creator: Caller) -> None:
    """A token of a user who is disabled is refused at once, and does not come back to life with the user."""
    path = f"usermanagement/users/{admin.user_id('creator')}"
    for disabled in (True, False):
        admin.put(path, {"username": "creator", "disabled": disabled})
        assert creator.post("authentication/token").status_code == 401


def test_a_lockout_stops_the_live_sessions(anybody: Caller, creator: Caller) -> None:
    """Whoever is signed in when the user is locked out is out too."""
    for _ in range(3):
        anybody.sign_in("creator", password="wrong")
    assert creator.get("/v1/authentication/token").json() == {"valid": False}


def test_a_missing_header_is_UM1117(anybody: Caller) -> None:  # noqa: N802 - the code is written so
    """A call without a token is 401 with the code that is public."""
    response = anybody.post("usermanagement/roles/list", {})
    assert (response.status_code, response.json()["code"]) == (401, "UM1117")


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "e30.e30.e30", "Bearer x", "W1tb" * 9000 + ".e30.e30"])
def test_a_token_that_is_none_is_401(anybody: Caller, token: str) -> None:
    """Whatever stands in the header, the answer is 401 and never a failure of the server."""
    anybody.token = token
    assert anybody.post("usermanagement/roles/list", {}).status_code == 401


def test_a_token_signed_by_somebody_else_is_refused(admin: Caller) -> None:
    """The claims of a live token under another signature open nothing."""
    assert admin.token is not None
    claims = jwt.decode(admin.token, options={"verify_signature": False})
    for key, algorithm in (("k" * 64, "HS512"), ("", "none")):
        admin.token = jwt.encode(claims, key, algorithm)
        assert admin.post("usermanagement/roles/list", {}).status_code == 401


@every_release
def test_a_token_ends_after_twenty_minutes(admin: Caller, clock: MovableClock) -> None:
    """One second before, it is valid; at 20 minutes it is not."""
    clock.forward(timedelta(minutes=19, seconds=50))
    assert admin.get("/v1/authentication/token").json() == {"valid": True}
    clock.forward(timedelta(seconds=11))
    assert admin.get("/v1/authentication/token").json() == {"valid": False}
    assert admin.post("usermanagement/roles/list", {}).status_code == 401


def test_a_refresh_kills_the_old_token(admin: Caller) -> None:
    """After a refresh the new token works and the old one does not, not even for a second refresh."""
    old = admin.token
    answer = admin.post("authentication/token")
    assert (answer.status_code, answer.json()["user"]["username"]) == (200, "admin")
    assert admin.post("usermanagement/roles/list", {}).status_code == 401
    assert admin.post("authentication/token").status_code == 401
    admin.token = answer.json()["token"]
    assert admin.token != old
    assert admin.post("usermanagement/roles/list", {}).status_code == 200


@pytest.mark.parametrize("control_room", ["v32", "11.3"], indirect=True)
def test_a_refresh_of_v1_takes_the_token_in_the_body(admin: Caller) -> None:
    """v1 wants ``{"token"}`` and no header, and kills the old token too."""
    old, admin.token = admin.token, None
    answer = admin.post("/v1/authentication/token", {"token": old})
    assert answer.status_code == 200
    assert admin.post("/v1/authentication/token", {"token": old}).status_code == 401
    assert admin.post("/v1/authentication/token", {}).status_code == 400


def test_signing_out_kills_the_token(admin: Caller) -> None:
    """204, and then the token is dead."""
    assert admin.post("/v1/authentication/logout").status_code == 204
    assert admin.get("/v1/authentication/token").json() == {"valid": False}
    assert admin.post("/v1/authentication/logout").status_code == 401


def test_a_sixth_session_ends_the_oldest(anybody: Caller) -> None:
    """Five sessions of a user live side by side."""
    sessions = [anybody.another() for _ in range(6)]
    for session in sessions:
        assert session.sign_in("creator").status_code == 200
    valid = [session.get("/v1/authentication/token").json()["valid"] for session in sessions]
    assert valid == [False, True, True, True, True, True]


def test_a_sign_in_without_multiple_login_ends_the_others(anybody: Caller, creator: Caller) -> None:
    """``multipleLogin: false`` pushes out who else uses the account; true does not."""
    assert anybody.sign_in("creator", multipleLogin=True).status_code == 200
    assert creator.get("/v1/authentication/token").json() == {"valid": True}
    assert anybody.sign_in("creator", multipleLogin=False).status_code == 200
    assert creator.get("/v1/authentication/token").json() == {"valid": False}


def test_the_type_and_the_version_need_no_session(anybody: Caller) -> None:
    """The two calls that a client probes with are open."""
    assert anybody.get("/v1/authentication/type").json() == {"authType": "DATABASE"}
    assert anybody.get("/v2/settings/version/details").json()["versionNumber"] == "40.0.0.0"
