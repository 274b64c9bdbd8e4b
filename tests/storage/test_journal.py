"""What is under way is found again, whole or said to be damaged, and never tried for ever."""

from datetime import UTC, datetime
from typing import Literal

import msgspec
import pytest

from a360tui.secret import Secret
from a360tui.storage import Binding, Identity, Journal, Locations, Sealed
from a360tui.storage.errors import Damaged, DiskFailed, FutureVersion
from tests.canaries import leaks
from tests.storage.conftest import JDOE, everything_below

CANARY = "t0ken-in-the-journal"
IDENTITY = Identity.generate()


class Step(msgspec.Struct, frozen=True):
    """A record as a workflow would have one."""

    state: Literal["intent", "sent", "received"]
    binding: Binding
    since: datetime
    token: Sealed | None = None


STEP = Step("intent", JDOE, datetime(2026, 11, 23, 12, 30, tzinfo=UTC))


@pytest.fixture
def journal(locations: Locations) -> Journal[Step]:
    return Journal(locations.journal, Step, name="a360tui test", patience=3)


def test_what_is_written_is_found(journal: Journal[Step]) -> None:
    """An entry comes back as it was, by its name and among all of them; and there are none before the first."""
    assert journal.entries() == ()
    assert journal.load("r1") is None
    journal.write("r1", STEP)
    journal.write("r2", msgspec.structs.replace(STEP, state="sent"))
    entry = journal.load("r1")
    assert entry
    assert (entry.name, entry.record, entry.failures, entry.trouble) == ("r1", STEP, 0, None)
    assert [each.name for each in journal.entries()] == ["r1", "r2"]


def test_what_is_over_leaves_nothing(journal: Journal[Step], locations: Locations) -> None:
    """A purged entry is gone with its previous generation; a second time does nothing."""
    journal.write("r1", STEP)
    journal.write("r1", msgspec.structs.replace(STEP, state="sent"))
    assert len(everything_below(locations.journal.path)) == 2
    journal.purge("r1")
    journal.purge("r1")
    assert everything_below(locations.journal.path) == {}


def test_secrets_are_sealed_or_refused(journal: Journal[Step], locations: Locations) -> None:
    """A sealed secret opens with the identity and is nowhere in clear; one that is not sealed cannot be written."""
    token = Sealed.of(Secret(CANARY), IDENTITY.recipient)
    journal.write("r1", msgspec.structs.replace(STEP, token=token))
    entry = journal.load("r1")
    assert entry
    assert entry.record
    assert entry.record.token
    assert entry.record.token.open(IDENTITY) == Secret(CANARY)
    assert not leaks(CANARY, everything_below(locations.config.path).values())
    with pytest.raises(TypeError):
        journal.write("r2", msgspec.structs.replace(STEP, token=Secret(CANARY)))
    assert journal.load("r2") is None


@pytest.mark.parametrize("age", ["", "no base64", "bm8gYWdlIG1lc3NhZ2U="])
def test_a_sealed_value_that_is_none(age: str) -> None:
    """What does not open is damage in words."""
    with pytest.raises(Damaged, match="sealed value"):
        Sealed(age).open(IDENTITY)


def test_an_entry_that_cannot_be_read_is_among_the_others(journal: Journal[Step], locations: Locations) -> None:
    """Damage to one entry hides neither it nor the others, and it is not overwritten by counting."""
    journal.write("r1", STEP)
    journal.write("r2", STEP)
    path = locations.journal.path / "r1.json"
    path.write_bytes(path.read_bytes().replace(b"intent", b"sent\0\0"))
    before = everything_below(locations.journal.path)
    first, second = journal.entries()
    assert isinstance(first.trouble, Damaged)
    assert first.record is None
    assert second.record == STEP
    with pytest.raises(Damaged):
        journal.load("r1")
    with pytest.raises(Damaged):
        journal.failed("r1")
    assert everything_below(locations.journal.path) == before


def test_an_entry_of_a_newer_release(journal: Journal[Step], locations: Locations) -> None:
    """It is told from a damaged one."""
    newer = Journal(locations.journal, Step, name="a360tui test", version=2)
    newer.write("r1", STEP)
    with pytest.raises(FutureVersion):
        journal.load("r1")


def test_what_fails_too_often_is_set_aside(journal: Journal[Step]) -> None:
    """After so many failures an entry is not gone on with; it is kept, and can be put back by request."""
    journal.write("r1", STEP)
    assert [journal.failed("r1"), journal.failed("r1"), journal.failed("r1")] == [False, False, True]
    assert journal.entries() == ()
    (aside,) = journal.aside()
    assert (aside.name, aside.record, aside.failures) == ("r1", STEP, 3)
    journal.put_back("r1")
    assert journal.aside() == ()
    assert [entry.name for entry in journal.entries()] == ["r1"]
    assert journal.failed("r1")


def test_progress_makes_up_for_failures(journal: Journal[Step]) -> None:
    """An entry that got further has all its chances again; one that was only written again has not."""
    journal.write("r1", STEP)
    journal.failed("r1")
    journal.failed("r1")
    journal.write("r1", STEP, progress=False)
    (entry,) = journal.entries()
    assert entry.failures == 2
    journal.write("r1", msgspec.structs.replace(STEP, state="sent"))
    assert not journal.failed("r1")


def test_a_damaged_entry_can_be_set_aside(journal: Journal[Step], locations: Locations) -> None:
    """What cannot be read is out of the way by request, with its bytes as they are."""
    journal.write("r1", STEP)
    (locations.journal.path / "r1.json").write_bytes(b"damaged")
    journal.set_aside("r1")
    assert journal.entries() == ()
    assert [type(entry.trouble) for entry in journal.aside()] == [Damaged]
    with pytest.raises(DiskFailed):
        journal.set_aside("r1")


@pytest.mark.parametrize("name", ["", "../r1", "R1", "r/1", ".r1", "r1.json", "x" * 81])
def test_only_plain_names(journal: Journal[Step], name: str) -> None:
    """A name that could lead elsewhere is a mistake of the caller's."""
    with pytest.raises(ValueError, match="name"):
        journal.write(name, STEP)
