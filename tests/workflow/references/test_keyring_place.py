"""An entry of the keyring that another program reads, with a keyring that works and with those that do not."""

import asyncio
from collections.abc import Iterator

import pytest

from a360tui.secret import Secret
from a360tui.storage.os_keyring import OSKeyring
from a360tui.workflow.references import Condition, Fingerprints, KeyringEntry, Place, Result, place_of
from tests.storage.fake_keyring import FAKES_TRUSTED, ForeignKeyring, WorkingKeyring, in_use

OLD = Secret("the-old-key")
NEW = Secret("the-new-key")
ENTRY = ("bot-runner", "me")


@pytest.fixture
def backend() -> Iterator[WorkingKeyring]:
    """The keyring of this machine, with the entry in it."""
    fake = WorkingKeyring()
    fake.entries[ENTRY] = OLD.reveal()
    with in_use(fake):
        yield fake
    fake.let_go.set()


@pytest.fixture
def place(fingerprints: Fingerprints) -> Place:
    return place_of(
        KeyringEntry(*ENTRY),
        fingerprints,
        keyring=lambda service: OSKeyring(service, limit=0.5, trusted=FAKES_TRUSTED),
    )


async def test_an_entry_that_holds_the_key_is_ready_and_takes_the_next(
    backend: WorkingKeyring, place: Place, fingerprints: Fingerprints
) -> None:
    """Preflight, change and check agree; the preflight leaves nothing in the keyring."""
    answer = await place.preflight(fingerprints.of(OLD))
    assert answer.ready
    assert answer.seen is not None
    assert {ENTRY: OLD.reveal()} == backend.entries
    assert Condition.HOLDS_CURRENT is (await place.check(fingerprints.of(OLD))).condition
    outcome = await place.replace(answer.seen, NEW)
    assert (outcome.result, outcome.read_back) == (Result.UPDATED, True)
    assert {ENTRY: NEW.reveal()} == backend.entries
    assert Condition.HOLDS_ANOTHER is (await place.check(fingerprints.of(OLD))).condition
    assert "already" in (await place.replace(answer.seen, NEW)).sentence


async def test_another_value_is_a_conflict_and_is_left_alone(
    backend: WorkingKeyring, place: Place, fingerprints: Fingerprints
) -> None:
    """A value that is neither the old key nor the new one is somebody else's."""
    backend.entries[ENTRY] = "somebody-elses"
    assert not (await place.preflight(fingerprints.of(OLD))).ready
    assert Result.CONFLICT is (await place.replace(fingerprints.of(OLD), NEW)).result
    assert backend.entries == {ENTRY: "somebody-elses"}


async def test_an_entry_is_made_where_there_is_none(
    backend: WorkingKeyring, place: Place, fingerprints: Fingerprints
) -> None:
    """With no key yet, a missing entry is ready to be made; with a key that it should hold, it is missing."""
    backend.entries.clear()
    assert Condition.MISSING is (await place.check(fingerprints.of(OLD))).condition
    assert not (await place.preflight(fingerprints.of(OLD))).ready
    assert Result.CONFLICT is (await place.replace(fingerprints.of(OLD), NEW)).result
    answer = await place.preflight(None)
    assert (answer.ready, answer.seen) == (True, None)
    assert Result.UPDATED is (await place.replace(answer.seen, NEW)).result
    assert {ENTRY: NEW.reveal()} == backend.entries


@pytest.mark.parametrize(("mode", "sentence"), [("locked", "locked"), ("hanging", "no answer"), ("raising", "failed")])
async def test_a_keyring_that_cannot_be_asked_is_not_an_absent_entry(
    mode: str, sentence: str, backend: WorkingKeyring, place: Place, fingerprints: Fingerprints
) -> None:
    """Locked, silent and failing are told apart, by all three, within the limit."""
    backend.mode = mode
    answer, state = await place.preflight(fingerprints.of(OLD)), await place.check(fingerprints.of(OLD))
    outcome = await place.replace(fingerprints.of(OLD), NEW)
    assert (answer.ready, state.condition, outcome.result) == (False, Condition.UNREADABLE, Result.FAILED)
    assert all(sentence in said for said in (answer.sentence, state.sentence, outcome.sentence))
    assert {ENTRY: OLD.reveal()} == backend.entries


async def test_a_keyring_that_lies_is_found_out(
    backend: WorkingKeyring, place: Place, fingerprints: Fingerprints
) -> None:
    """One that gives back something else than was put in is not ready, and a change through it is no update."""
    backend.mode = "lying"
    seen = fingerprints.of(Secret("something else"))
    assert not (await place.preflight(seen)).ready
    assert Result.FAILED is (await place.replace(seen, NEW)).result


async def test_a_keyring_that_nobody_trusts_is_not_used(place: Place) -> None:
    """A back-end off the list, which may keep plain text, gets no key."""
    foreign = ForeignKeyring()
    with in_use(foreign):
        assert not (await place.preflight(None)).ready
        assert Result.FAILED is (await place.replace(None, NEW)).result
    assert foreign.entries == {}
    assert foreign.calls == []


async def test_a_cancel_waits_until_the_entry_is_written(
    backend: WorkingKeyring, place: Place, fingerprints: Fingerprints
) -> None:
    """Whoever cancels a change finds it made, once the cancel is through."""
    task = asyncio.create_task(place.replace(fingerprints.of(OLD), NEW))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert {ENTRY: NEW.reveal()} == backend.entries
