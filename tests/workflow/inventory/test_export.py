"""The exports: CSV that no spreadsheet runs, JSON that says all, and files that are nobody else's."""

import csv
import io
import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from a360tui.api import RoleRef, RoleRow, User
from a360tui.errors import InvalidInput
from a360tui.workflow.errors import FileExists
from a360tui.workflow.inventory import Entry, Inventory, csv_text, json_document, write_export
from a360tui.workflow.key import KeyState
from a360tui.workflow.role_overview import RoleGrant

NOW = datetime(2026, 11, 23, 9, 41, tzinfo=UTC)
ROLE = RoleGrant(RoleRow("31", "=keys"), None)


def entry(username: str = "creator", **fields: object) -> Entry:
    user = User("17", username, roles=(RoleRef("31"),), **fields)  # type: ignore[arg-type]  # fields of the struct
    return Entry("17", KeyState.VALID, user, (ROLE,))


def inventory(*entries: Entry, within: timedelta = timedelta(days=14)) -> Inventory:
    return Inventory((ROLE,), entries, len(entries), 0, NOW, within)


@pytest.mark.parametrize("begin", "=+-@\uff1d\uff0b\uff0d\uff20")
def test_no_cell_begins_a_formula(begin: str) -> None:
    """A name that a spreadsheet would run has an apostrophe before it; a number of days stays a number."""
    hostile = f'{begin}HYPERLINK("http://evil")'
    ended = entry(hostile, first_name=hostile, email=hostile, api_key_expiration_time=NOW - timedelta(days=3))
    header, row = csv.reader(io.StringIO(csv_text(inventory(ended))))
    cells = dict(zip(header, row, strict=True))
    assert cells["username"] == cells["firstName"] == cells["email"] == f"'{hostile}"
    assert cells["roles"] == "'=keys"
    assert cells["daysLeft"] == "-3"
    assert [cell for name, cell in cells.items() if cell.startswith(("=", "+", "-", "@")) and name != "daysLeft"] == []


def test_csv_reads_back() -> None:
    """Commas, quotes and other people's letters come out as they went in."""
    header, row = csv.reader(io.StringIO(csv_text(inventory(entry('a,"b"', last_name="Fernández")))))
    cells = dict(zip(header, row, strict=True))
    assert (cells["username"], cells["lastName"], cells["disabled"]) == ('a,"b"', "Fernández", "no")


def test_json_says_all() -> None:
    """The document has the time, whether it is whole, the counts, the weeks, the roles and each user."""
    ends = NOW + timedelta(days=10)
    known = Entry("17", KeyState.ENDING, User("17", "creator", api_key_expiration_time=ends), (ROLE,))
    hidden = Entry("18", KeyState.NOT_VISIBLE, roles=(ROLE,), problem="No.")
    document = json.loads(json.dumps(json_document(inventory(known, hidden), "https://cr.example")))
    assert (document["controlRoom"], document["complete"]) == ("https://cr.example", True)
    assert (document["readOn"], document["expiringWithin"]) == ("2026-11-23T09:41:00.000000Z", "14d")
    assert document["counts"] == {
        "mayGenerate": 2,
        "haveKey": 1,
        "ending": 1,
        "ended": 0,
        "unknown": 1,
        "deleted": 0,
    }
    assert document["endingByWeek"] == [0, 1, *[0] * 10]
    assert document["roles"] == [{"id": "31", "name": "=keys"}]
    first, second = document["users"]
    assert (first["username"], first["state"], first["daysLeft"]) == ("creator", "ending", 10)
    assert (second["username"], second["state"], second["problem"]) == (None, "not visible", "No.")


def test_a_file_is_the_users_alone(tmp_path: Path) -> None:
    """Mode 0600 whatever the umask, and nothing beside it."""
    before = os.umask(0)
    try:
        write_export(tmp_path / "keys.csv", "text\n")
        write_export(tmp_path / "keys.csv", "other\n", replace=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "keys.csv").stat().st_mode) == 0o600
    assert (tmp_path / "keys.csv").read_text() == "other\n"
    assert [file.name for file in tmp_path.iterdir()] == ["keys.csv"]


def test_a_file_is_not_replaced_unasked(tmp_path: Path) -> None:
    """What is there stays, byte for byte, and a link is not followed even where it may be replaced."""
    (tmp_path / "keys.csv").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "keys.csv")
    with pytest.raises(FileExists, match="is there already"):
        write_export(tmp_path / "keys.csv", "text")
    with pytest.raises(InvalidInput, match="not a plain file"):
        write_export(tmp_path / "link", "text", replace=True)
    assert (tmp_path / "keys.csv").read_text() == "mine"


@pytest.mark.parametrize(("path", "said"), [("folder", "is a folder"), ("missing/keys.csv", "is not a folder")])
def test_where_no_file_can_be(tmp_path: Path, path: str, said: str) -> None:
    """A folder, and a folder that is not there, are refused at the field ``path``."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(InvalidInput, match=said) as caught:
        write_export(tmp_path / path, "text")
    assert caught.value.field == "path"
