"""How users sign in: by the Control Room's own passwords, as a directory's users, or elsewhere."""

from pathlib import Path

import pytest

from a360tui.demo import AuthType, DemoServer
from tests.demo.conftest import Caller, http_client


@pytest.mark.parametrize("auth_type", list(AuthType))
def test_it_says_how_users_sign_in(auth_type: AuthType) -> None:
    """The call that needs no session names the type, and each account signs in with what was made for it."""
    with DemoServer(auth_type=auth_type).on_loopback() as running, http_client(running) as http:
        assert http.get("/v1/authentication/type").json() == {"authType": auth_type}
        for account in running.accounts:
            secret = {"apiKey": account.api_key} if account.api_key else {"password": account.password}
            assert http.post("/v2/authentication", json={"username": account.username, **secret}).status_code == 200


def test_a_directorys_users_have_a_domain() -> None:
    """The name is ``DOMAIN\\name`` in any case; without the domain, or with another, the user is not known."""
    with DemoServer(auth_type="ACTIVE_DIRECTORY").on_loopback() as running, http_client(running) as http:
        account = running.account("creator")
        assert account.username == "NORDWIND\\creator"
        anybody = Caller(http, running)
        for name in ("creator", "ELSEWHERE\\creator", "\\creator", "NORDWIND\\"):
            assert anybody.sign_in(name, password=account.password).status_code == 401
        user = anybody.sign_in("nordwind\\Creator", password=account.password).json()["user"]
        assert (user["username"], user["domain"]) == ("creator", "NORDWIND")


def test_with_single_sign_on_no_password_is_taken() -> None:
    """A password is refused whatever it is, and counts as no failure; the key made at the start signs in."""
    with DemoServer(auth_type="SSO").on_loopback() as running, http_client(running) as http:
        account = running.account("admin")
        anybody = Caller(http, running)
        for _ in range(4):
            refused = anybody.sign_in("admin", password="any")
            assert (refused.status_code, "takes no password" in refused.json()["message"]) == (401, True)
        assert anybody.sign_in("admin", apiKey=account.api_key).status_code == 200


def test_a_data_file_can_change_its_way(tmp_path: Path) -> None:
    """The way to sign in belongs to a start, not to the data; who was deleted is brought back with a domain."""
    data = tmp_path / "control-room.db"
    for auth_type in ("DATABASE", "ACTIVE_DIRECTORY", "SSO", "DATABASE"):
        server = DemoServer(data=data, auth_type=auth_type)
        with server.on_loopback() as running, http_client(running) as http:
            account = running.account("runner")
            secret = {"apiKey": account.api_key} if account.api_key else {"password": account.password}
            anybody = Caller(http, running)
            assert anybody.sign_in(account.username, **secret).status_code == 200
            if auth_type == "DATABASE":
                admin = anybody.another()
                admin.sign_in("admin")
                assert admin.delete(f"usermanagement/users/{admin.user_id('runner')}").status_code == 204
