import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from a360tui.demo import DataFileRefused, DemoServer, PortInUse, database
from tests.demo.conftest import Caller, http_client


@contextmanager
def started(path: Path, users: int | None = None) -> Iterator[Caller]:
    with DemoServer(users, data=path).on_loopback() as running, http_client(running) as client:
        caller = Caller(client, running)
        caller.sign_in("admin")
        yield caller


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "control-room.db"


def test_the_data_is_kept(path: Path) -> None:
    """Roles, users, keys, the duration and live sessions are there after a restart; the passwords are new."""
    with started(path) as admin:
        assert admin.allow_keys("creator").status_code == 201
        creator = admin.another()
        creator.sign_in("creator")
        key = creator.generate()["apiKey"]
        set_to = {"apiKeyDuration": {"value": 30, "unit": "DAYS"}}
        admin.put("settings/security", set_to)
        token, roles, users = admin.token, admin.rows("roles"), admin.rows("users")
        password = admin.running.account("creator").password
    with started(path) as admin:
        assert admin.another().sign_in("creator", apiKey=key).status_code == 200
        assert admin.another().sign_in("creator", password=password).status_code == 401
        assert admin.get("settings/security").json() == set_to
        assert (admin.rows("roles"), admin.rows("users")) == (roles, users)
        admin.token = token
        assert admin.get("/v1/authentication/token").json() == {"valid": True}


def test_no_secret_is_in_the_file(path: Path) -> None:
    """Neither the key nor a password nor a token can be read from it."""
    with started(path) as admin:
        admin.allow_keys("creator")
        creator = admin.another()
        creator.sign_in("creator")
        secrets = [creator.generate()["apiKey"], admin.running.account("admin").password, admin.token or "-"]
    content = path.read_bytes()
    assert [secret.encode() in content for secret in secrets] == [False] * 3


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    """It is made 0600 whatever the umask, and tightened where somebody loosened it."""
    before = os.umask(0)
    try:
        with started(path):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        os.umask(before)
    path.chmod(0o644)
    with started(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_who_was_locked_out_or_deleted_comes_back(path: Path) -> None:
    """A start lets the sign-in names in again: with only random passwords nobody else could."""
    with started(path) as admin:
        admin.delete(f"usermanagement/users/{admin.user_id('runner')}")
        for _ in range(3):
            admin.another().sign_in("admin", password="wrong")
        assert admin.another().sign_in("admin").status_code == 401
    with started(path) as admin:
        assert [admin.another().sign_in(name).status_code for name in ("admin", "runner")] == [200, 200]
        assert admin.running.account("runner").roles == ("AAE_Basic", "AAE_Bot_Developer")


def test_more_users_can_be_asked_for_later(path: Path) -> None:
    """``users`` counts them all: it adds what is missing and takes nobody away."""
    counts = []
    for users in (30, 250, 40):
        with started(path, users=users) as admin:
            counts.append(admin.post("usermanagement/users/list", {}).json()["page"]["total"])
    assert counts == [30, 250, 250]


def foreign_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE photos (id)")


def from_the_future(path: Path) -> None:
    with started(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def damaged(path: Path) -> None:
    with started(path):
        pass
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(20000))


def truncated(path: Path) -> None:
    with started(path):
        pass
    os.truncate(path, 5000)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_text("Dear diary\n" * 20), "not a data file"),
        (lambda path: path.write_bytes(b"x"), "not a data file"),
        (foreign_database, "not a data file"),
        (from_the_future, "another version"),
        (damaged, "damaged"),
        (truncated, "damaged"),
    ],
)
def test_a_file_that_is_not_ours_is_refused_and_left_as_it_is(path: Path, make: object, reason: str) -> None:
    """A sentence says why, and not a byte has changed."""
    make(path)  # type: ignore[operator]  # one of the makers above
    before = path.read_bytes()
    with pytest.raises(DataFileRefused, match=reason), started(path):
        pass
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("name", "reason"), [(".", "not a file"), ("missing/folder.db", "No such file"), ("a\0b", "null")]
)
def test_a_path_that_will_not_do_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    """A folder, a path into nowhere and a name that is none are sentences too."""
    with pytest.raises(DataFileRefused, match=reason), started(tmp_path / name):
        pass


def test_a_file_in_use_is_refused(path: Path) -> None:
    """Two servers never share a file."""
    with started(path), pytest.raises(DataFileRefused, match="in use"), started(path):
        pass


def test_an_empty_file_is_taken(path: Path) -> None:
    """What ``mktemp`` made holds nothing that could be lost."""
    path.touch()
    with started(path) as admin:
        assert len(admin.rows("users")) == 23


def test_a_start_that_fails_leaves_no_half_company(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fills up while the company is founded, the next start founds it whole."""
    create_schema = database.create_schema

    def with_little_room(connection: sqlite3.Connection) -> None:
        create_schema(connection)
        connection.execute("PRAGMA max_page_count = 40")

    monkeypatch.setattr("a360tui.demo.server.create_schema", with_little_room)
    with pytest.raises(DataFileRefused, match="full"), started(path, users=5000):
        pass
    monkeypatch.undo()
    with started(path, users=5000) as admin:
        assert admin.post("usermanagement/users/list", {}).json()["page"]["total"] == 5000


def test_a_port_in_use_leaves_the_file_alone(path: Path) -> None:
    """The file can be opened again after a start that failed for another reason."""
    with started(path) as admin:
        port = int(admin.running.url.rpartition(":")[2])
        other = path.with_name("other.db")
        with pytest.raises(PortInUse), DemoServer(data=other).on_loopback(port):
            pass
    with started(other):
        pass
