"""The list of references that a person keeps, for each Control Room and user."""

from pathlib import Path

import pytest
from msgspec import structs

from a360tui.errors import InvalidInput
from a360tui.storage import Binding, Locations, find_locations
from a360tui.workflow.references import Command, Dotenv
from a360tui.workflow.references.registry import Registry

JDOE = Binding("https", "cr.example.com", 443, "jdoe")
ASMITH = Binding("https", "cr.example.com", 443, "asmith")
ENV = Dotenv("/srv/bots/.env", "A360_API_KEY")
COMMAND = Command(("gh", "secret", "set", "A360_API_KEY"))


@pytest.fixture
def locations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Locations:
    monkeypatch.setenv("A360TUI_CONFIG_DIR", str(tmp_path / "a360tui"))
    return find_locations()


def test_what_is_added_is_there_for_its_key_only(locations: Locations) -> None:
    """References belong to one user of one Control Room, stay in order, and outlive the program."""
    registry = Registry(locations)
    assert registry.references_of(JDOE) == ()
    assert registry.add(JDOE, ENV)
    assert registry.add(JDOE, COMMAND)
    assert Registry(locations).references_of(JDOE) == (ENV, COMMAND)
    assert Registry(locations).references_of(ASMITH) == ()


def test_a_directory_writes_a_user_in_either_case(locations: Locations) -> None:
    r"""The places of ``CORP\Jdoe`` are those of ``corp\jdoe``, as their secrets are; other names differ by case."""
    registry = Registry(locations)
    registry.add(structs.replace(JDOE, username="CORP\\Jdoe"), ENV)
    assert registry.references_of(structs.replace(JDOE, username="corp\\jdoe")) == (ENV,)
    registry.add(JDOE, COMMAND)
    assert registry.references_of(structs.replace(JDOE, username="JDOE")) == ()


def test_a_reference_is_registered_once(locations: Locations) -> None:
    """The same again changes nothing; for another key it is refused, since a place holds one key."""
    registry = Registry(locations)
    registry.add(JDOE, ENV)
    assert not registry.add(JDOE, ENV)
    with pytest.raises(InvalidInput, match="holding the key of jdoe"):
        registry.add(ASMITH, ENV)
    assert registry.references_of(JDOE) == (ENV,)


def test_a_removed_reference_is_gone(locations: Locations) -> None:
    """Removing takes it from the list of its own key only, and says whether it was there."""
    registry = Registry(locations)
    registry.add(JDOE, ENV)
    assert not registry.remove(ASMITH, ENV.id)
    assert registry.remove(JDOE, ENV.id)
    assert not registry.remove(JDOE, ENV.id)
    assert registry.all() == ()


def test_a_list_that_cannot_be_read_is_never_taken_for_an_empty_one(locations: Locations) -> None:
    """A list that somebody broke by hand is refused and left as it is, also by an addition."""
    registry = Registry(locations)
    registry.add(JDOE, ENV)
    file = locations.config.path / "references.json"
    file.write_text(file.read_text()[:-9])
    broken = file.read_bytes()
    with pytest.raises(InvalidInput):
        registry.references_of(JDOE)
    with pytest.raises(InvalidInput):
        registry.add(JDOE, COMMAND)
    assert file.read_bytes() == broken


def test_without_a_place_on_disk_there_is_no_reference() -> None:
    """In a session that keeps nothing there are none, and adding one is refused with the reason."""
    registry = Registry(None)
    assert registry.references_of(JDOE) == ()
    with pytest.raises(InvalidInput, match="nothing is kept on disk"):
        registry.add(JDOE, ENV)
