"""Rotations that stopped halfway: found by the next start, told in words, finished, or put aside."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from a360tui.secret import Secret
from a360tui.storage import CheckedFile, Locations, SecretKind, Slots, find_slots, lock_key
from a360tui.storage.errors import LockHeld
from a360tui.workflow.errors import NothingUnfinished, UnfinishedRotation
from a360tui.workflow.rotation import Ending, Kept, Mark, set_aside
from a360tui.workflow.rotation.record import new_name
from tests.faults.control_room import FaultyControlRoom
from tests.faults.room import GENERATE, Plan
from tests.workflow.rotation.conftest import Desk, sign_in

OLD = "the-old-key-of-jdoe"


async def stopped_at(desk: Desk, line: str) -> None:
    """Run a rotation and cancel it when a line begins, as leaving the program does."""
    plan = await desk.prepare(desk.json(OLD))
    running: asyncio.Future[Any] = asyncio.Future()

    def leave(mark: Mark) -> None:
        if (mark.id, mark.state.value) == (line, "running"):
            running.cancel()

    running = asyncio.ensure_future(plan.run(leave))
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_leaving_waits_until_the_answer_is_safe(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """A cancel while the key is being asked for takes effect when the answer is sealed on disk; recovery goes on."""
    room = faulty.begin(Plan("pieces", cut_at=30), key=OLD)
    await sign_in(faulty_desk, OLD)
    await stopped_at(faulty_desk, "generate")
    assert len(room.made) == 1
    (found,) = faulty_desk.unfinished()
    assert "received" in found.happened
    assert not found.needs_sign_in

    next_start = await faulty_desk.next_start()
    result = await next_start.recover(room=None)
    assert result.ending is Ending.DONE
    assert result.kept is Kept.STORE
    assert await next_start.stored() == room.key
    assert next_start.json_value() == room.key
    assert next_start.unfinished() == []
    assert room.log.count(GENERATE) == 1


@pytest.mark.parametrize("line", ["sign-in", "keep"])
async def test_what_was_stopped_later_goes_on_from_there(
    faulty: FaultyControlRoom, faulty_desk: Desk, line: str
) -> None:
    """Stopped while it is verified or stored, it is finished by the next start, without a second failed sign-in."""
    room = faulty.begin(Plan(), key=OLD)
    await sign_in(faulty_desk, OLD)
    await stopped_at(faulty_desk, line)
    with pytest.raises(UnfinishedRotation, match="not finished"):
        await faulty_desk.rotate()
    result = await (await faulty_desk.next_start()).recover()
    assert result.ending is Ending.DONE
    assert faulty_desk.json_value() == room.key
    assert room.failed_sign_ins == 0


async def test_what_another_process_is_at_is_not_unfinished(
    faulty: FaultyControlRoom, faulty_desk: Desk, locations: Locations
) -> None:
    """While somebody holds the lock nothing is offered to be finished, and a new rotation says who is at it."""
    faulty.begin(Plan("never_reset"), key=OLD)
    await sign_in(faulty_desk, OLD)
    await faulty_desk.rotate()
    (found,) = faulty_desk.unfinished()
    with lock_key(locations, faulty_desk.binding):
        assert faulty_desk.unfinished() == []
        with pytest.raises(LockHeld):
            await faulty_desk.prepare()
        with pytest.raises(LockHeld):
            await faulty_desk.recover(found)
    assert faulty_desk.unfinished() == [found]


async def test_recovery_of_what_is_finished_says_so(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """Two who see the same unfinished rotation do not finish it twice."""
    faulty.begin(Plan(), key=OLD)
    await sign_in(faulty_desk, OLD)
    await stopped_at(faulty_desk, "keep")
    (found,) = faulty_desk.unfinished()
    assert (await faulty_desk.recover(found)).ending is Ending.DONE
    with pytest.raises(NothingUnfinished, match="another process"):
        await faulty_desk.recover(found)


async def test_a_rotation_can_be_put_aside(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """A person's word ends the asking: it is kept with its sealed answer, and the next rotation is free."""
    faulty.begin(Plan(refusals=9), key=OLD)
    await sign_in(faulty_desk, OLD)
    await faulty_desk.rotate()
    (found,) = faulty_desk.unfinished()
    await set_aside(found, faulty_desk.keeping)
    assert faulty_desk.unfinished() == []
    (aside,) = faulty_desk.unfinished(set_aside=True)
    assert aside.name == found.name
    assert aside.set_aside
    await faulty_desk.prepare()


async def test_a_damaged_entry_does_not_cost_the_answer(
    faulty: FaultyControlRoom, faulty_desk: Desk, locations: Locations
) -> None:
    """Where the journal's entry is destroyed, the sealed answer alone brings the key back."""
    room = faulty.begin(Plan("pieces"), key=OLD)
    await sign_in(faulty_desk, OLD)
    await stopped_at(faulty_desk, "generate")
    (entry,) = [path for path in _files(locations.journal.path) if path.name.endswith(".json")]
    entry.write_bytes(entry.read_bytes()[:-20])
    (found,) = faulty_desk.unfinished()
    assert found.record is None
    assert "sealed" in found.known
    next_start = await faulty_desk.next_start()
    assert (await next_start.recover()).ending is Ending.DONE
    assert await next_start.stored() == room.key
    assert next_start.unfinished() == []


async def test_a_damaged_entry_does_not_cost_a_second_failed_sign_in(
    faulty: FaultyControlRoom, faulty_desk: Desk, locations: Locations
) -> None:
    """Where only the answer is left and its key is refused, that is remembered from then on."""
    room = faulty.begin(Plan("pieces", refusals=9), key=OLD)
    await sign_in(faulty_desk, OLD)
    await stopped_at(faulty_desk, "generate")
    (entry,) = [path for path in _files(locations.journal.path) if path.name.endswith(".json")]
    entry.write_bytes(b"{}")
    for _ in range(3):
        assert (await (await faulty_desk.next_start()).recover()).ending is Ending.NOT_VERIFIED
    assert room.failed_sign_ins == 1


async def test_the_entry_of_a_newer_release_is_left_alone(
    faulty: FaultyControlRoom, faulty_desk: Desk, locations: Locations
) -> None:
    """What a newer a360tui has begun is not touched by this one, and no rotation begins over it."""
    faulty.begin(Plan("never_reset"), key=OLD)
    await sign_in(faulty_desk, OLD)
    await faulty_desk.rotate()
    (entry,) = [path for path in _files(locations.journal.path) if path.name.endswith(".json")]
    newer = CheckedFile("a360tui rotation", 2, dict[str, str]).encode({"something": "else"})
    entry.write_bytes(newer)
    (found,) = faulty_desk.unfinished()
    assert "newer a360tui" in found.happened
    with pytest.raises(UnfinishedRotation):
        await faulty_desk.prepare()
    with pytest.raises(NothingUnfinished):
        await faulty_desk.recover(found)
    assert entry.read_bytes() == newer


async def test_an_answer_without_an_entry_is_found(
    faulty: FaultyControlRoom, faulty_desk: Desk, locations: Locations
) -> None:
    """Where the journal is gone altogether, the sealed answer is offered, and can be put aside as well."""
    room = faulty.begin(Plan("pieces"), key=OLD)
    await sign_in(faulty_desk, OLD)
    await stopped_at(faulty_desk, "generate")
    for path in _files(locations.journal.path):
        path.unlink()
    (found,) = faulty_desk.unfinished()
    await set_aside(found, faulty_desk.keeping)
    assert faulty_desk.unfinished() == []
    (aside,) = faulty_desk.unfinished(set_aside=True)
    result = await faulty_desk.recover(aside)
    assert result.ending is Ending.DONE
    assert await faulty_desk.stored() == room.key


async def test_an_entry_that_says_nothing_any_more_stands_in_the_way_until_a_person_says_so(
    faulty: FaultyControlRoom, faulty_desk: Desk, locations: Locations
) -> None:
    """Damaged, and without an answer: no rotation begins over it, and it can only be put aside."""
    faulty.begin(Plan("never_reset"), key=OLD)
    await sign_in(faulty_desk, OLD)
    await faulty_desk.rotate()
    (entry,) = [path for path in _files(locations.journal.path) if path.name.endswith(".json")]
    entry.write_bytes(b"")
    (found,) = faulty_desk.unfinished()
    with pytest.raises(UnfinishedRotation, match="damaged"):
        await faulty_desk.prepare()
    with pytest.raises(NothingUnfinished, match="damaged"):
        await faulty_desk.recover(found)
    await set_aside(found, faulty_desk.keeping)
    await faulty_desk.prepare()


async def test_empty_slots_of_a_dead_process_are_cleared_away(
    faulty: FaultyControlRoom, faulty_desk: Desk, locations: Locations
) -> None:
    """What was prepared and never used goes with the next rotation; that of another key stays."""
    faulty.begin(Plan(), key=OLD)
    await sign_in(faulty_desk, OLD)
    recipient = await faulty_desk.keeping.recipient()
    assert recipient is not None
    other = type(faulty_desk.binding)("https", "cr.example", 443, "somebody")
    for binding in (faulty_desk.binding, other):
        Slots.open(locations.slots, new_name(binding), binding, recipient).close()
    assert faulty_desk.unfinished() == []
    await faulty_desk.rotate()
    assert {slot.head.binding for slot in find_slots(locations.slot_folders) if slot.head} == {other}


async def test_a_key_that_is_only_in_the_store_is_finished_with(faulty: FaultyControlRoom, faulty_desk: Desk) -> None:
    """With both slots gone after a refused sign-in, the store still has the key that is not finished with."""
    room = faulty.begin(Plan(refusals=1), key=OLD)
    await sign_in(faulty_desk, OLD)
    await faulty_desk.rotate()
    (found,) = faulty_desk.unfinished()
    await faulty_desk.keeping.discard_slots(found.name)
    next_start = await faulty_desk.next_start()
    assert await next_start.stored(SecretKind.PENDING_API_KEY) == room.key
    assert (await next_start.recover(sign_in_again=True)).ending is Ending.DONE


async def test_a_store_that_fails_leaves_the_key_sealed_and_the_references_served(
    faulty: FaultyControlRoom, faulty_desk: Desk, locations: Locations
) -> None:
    """Where the vault breaks after the key was made, it works in its references, and recovery stores it."""
    room = faulty.begin(Plan(), key=OLD)
    await sign_in(faulty_desk, OLD)
    vault = locations.secrets.path / "vault.age"
    whole = vault.read_bytes()

    def break_it(mark: Mark) -> None:
        if (mark.id, mark.state.value) == ("sign-in", "running"):
            vault.write_bytes(b"")

    result = await (await faulty_desk.prepare(faulty_desk.json(OLD), known_key=Secret(OLD))).run(break_it)
    assert result.ending is Ending.PENDING
    assert result.kept is Kept.SLOT
    assert "empty" in str(result.troubles[0])
    assert faulty_desk.json_value() == room.key
    vault.write_bytes(whole)
    next_start = await faulty_desk.next_start()
    assert (await next_start.recover()).ending is Ending.DONE
    assert await next_start.stored() == room.key


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())
