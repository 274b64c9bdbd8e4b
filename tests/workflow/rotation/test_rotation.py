"""A key made, and made anew, at the embedded Control Room, with everything that is kept and updated on the way."""

import asyncio
import json
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from a360tui.api import ApiKey, Password
from a360tui.api.errors import SignInFailed
from a360tui.demo import Running
from a360tui.secret import Secret
from a360tui.storage import Binding, Guard, Locations, Lock, Store, find_slots, lock_key, open_store
from a360tui.storage.errors import LockHeld
from a360tui.storage.os_keyring import TRUSTED
from a360tui.workflow.errors import KeyChanged, KeyExists, NotReady
from a360tui.workflow.key import sign_in_with_key
from a360tui.workflow.references import Command, Condition, Fingerprints, KeyringEntry, file_reference, place_of
from a360tui.workflow.rotation import Ending, Kept, ReferenceStage, Safekeeping
from tests.conftest import MovableClock
from tests.faults.control_room import FaultyControlRoom
from tests.faults.room import Plan
from tests.storage.conftest import PASSPHRASE, everything_below, vault_under_passphrase
from tests.storage.fake_keyring import WorkingKeyring
from tests.workflow.rotation.conftest import Desk, sign_in


async def test_a_first_key_is_verified_and_stored_and_leaves_no_trace_of_the_way(desk: Desk) -> None:
    """A key that is made where there was none signs in, is in the store, and neither journal nor slots are left."""
    result = await desk.rotate()
    assert result.ending is Ending.DONE
    assert result.error is None
    assert result.kept is Kept.STORE
    assert result.key is not None
    assert await desk.stored() == result.key.reveal()
    assert (await sign_in_with_key(desk.destination, "creator", result.key)).username == "creator"
    assert desk.unfinished() == []
    assert desk.keeping.locations is not None
    assert find_slots(desk.keeping.locations.slot_folders) == []


async def test_each_line_is_told_in_order(desk: Desk) -> None:
    """Progress names the request, the sign-in, the store, and each reference, each running before it is done."""
    env = desk.env("anything")
    await desk.rotate(env)
    lines = ("generate", "sign-in", "keep", env.id)
    assert desk.marks == [
        ("generate", "running"), ("generate", "done"),
        *((line, state) for line in lines[1:] for state in ("running", "done")),
    ]  # fmt: skip


async def test_a_screen_that_fails_costs_nothing(desk: Desk) -> None:
    """Whoever draws the lines may fail at each of them: the key is made, stored and given back all the same."""

    def fail(_: object) -> None:
        raise RuntimeError("nothing to draw on")

    result = await (await desk.prepare()).run(fail)
    assert result.ending is Ending.DONE
    assert result.key is not None
    assert await desk.stored() == result.key.reveal()


async def test_a_plan_shows_what_will_happen_and_changes_nothing(desk: Desk) -> None:
    """Before it is run, a plan names the place, the references and the lines, and no key was asked for."""
    plan = await desk.prepare(desk.json("anything"))
    assert plan.place.startswith("age file, unlocked by your keyring")
    assert [mark.words for mark in plan.marks][:2] == ["make the key", "sign in with it"]
    assert [each.preflight.ready for each in plan.references] == [True]
    assert plan.warnings == ()
    assert desk.json_value() == "anything"
    assert not plan.status.exists


async def test_a_new_key_reaches_a_reference_of_each_kind(
    desk: Desk, keyring: WorkingKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All seven kinds hold the new key afterwards, and the old key is dead."""
    monkeypatch.setitem(TRUSTED, "tests.storage.fake_keyring.WorkingKeyring", "fake keyring")
    first = await desk.rotate()
    assert first.key is not None
    old = first.key.reveal()
    fingerprints = Fingerprints(Fingerprints.new_pepper())
    key = json.dumps(old)
    keyring.entries["bots", "a360"] = old
    taken = desk.folder / "taken"
    program = desk.folder / "take.py"
    program.write_text(f"import sys; open({str(taken)!r}, 'w').write(sys.stdin.read())")
    files = []
    for kind, text, path in (
        ("dotenv", "KEY=before", "KEY"),
        ("toml", f"key = {key}", "key"),
        ("json", f'{{"key": {key}}}', "key"),
        ("yaml", f"key: {key}", "key"),
        ("ini", "[a]\nkey = before", "a.key"),
    ):
        file = desk.folder / f"bots.{kind}"
        file.write_text(text + "\n")
        files.append(file_reference(kind, str(file), path))
    for unknown in (files[0], files[-1]):  # these hold their own notation of it; the rotation itself puts it there
        await place_of(unknown, fingerprints).replace(fingerprints.of(Secret("before")), first.key)
    others = (KeyringEntry("bots", "a360"), Command((sys.executable, str(program))))
    result = await desk.rotate(*files, *others)
    assert result.ending is Ending.DONE
    assert [each.stage for each in result.references] == [ReferenceStage.UPDATED] * 7
    assert result.key is not None
    assert keyring.entries["bots", "a360"] == taken.read_text().strip() == result.key.reveal()
    current = fingerprints.of(result.key)
    for each in files:
        assert (await place_of(each, fingerprints).check(current)).condition is Condition.HOLDS_CURRENT
    with pytest.raises(SignInFailed):
        await sign_in_with_key(desk.destination, "creator", Secret(old))


async def test_without_a_place_on_disk_the_key_is_in_memory_and_it_is_said(desk: Desk, tmp_path: Path) -> None:
    """With a store in memory and no folders a rotation works, warns before, and says where the key is."""
    keeping = Safekeeping(Store.in_memory())
    desk.keeping = keeping
    before = everything_below(tmp_path)
    plan = await desk.prepare()
    assert "memory only" in plan.warnings[0]
    result = await plan.run()
    assert result.ending is Ending.DONE
    assert result.kept is Kept.MEMORY
    assert result.place == "memory only, until a360tui ends"
    assert result.key is not None
    assert await desk.stored() == result.key.reveal()
    assert everything_below(tmp_path) == before


async def test_a_passphrase_is_asked_for_before_the_key_and_never_after(desk: Desk, locations: Locations) -> None:
    """With secrets under a passphrase, nobody has to be asked for anything once the old key is dead."""
    vault_under_passphrase(locations)
    asked_when = []

    async def ask(_: object) -> Secret:
        asked_when.append(len(desk.marks))
        return Secret(PASSPHRASE)

    store = await open_store(locations, passphrase=ask, keyring_allowed=False)
    desk.keeping = Safekeeping(store, locations)
    result = await desk.rotate()
    assert result.ending is Ending.DONE
    assert store.guard is Guard.PASSPHRASE
    assert asked_when == [0]


async def test_a_reference_that_could_not_take_the_key_stops_it_before_the_key_dies(desk: Desk) -> None:
    """With one reference that is not ready nothing is sent: the old key goes on working."""
    first = await desk.rotate()
    assert first.key is not None
    good, bad = desk.json(first.key.reveal()), desk.json("another key", "other.json")
    plan = await desk.prepare(good, bad)
    assert ["other.json holds another value" in each for each in plan.obstacles] == [True]
    with pytest.raises(NotReady, match=r"other\.json"):
        await plan.run()
    assert (await sign_in_with_key(desk.destination, "creator", first.key)).username == "creator"
    assert desk.unfinished() == []
    assert (await desk.rotate(good)).ending is Ending.DONE


async def test_a_stored_key_that_was_replaced_elsewhere_is_not_taken_for_the_one_in_force(
    faulty: FaultyControlRoom, faulty_desk: Desk
) -> None:
    """Where somebody made a key after ours was stored, a reference with theirs is no obstacle."""
    room = faulty.begin(Plan(), key="ours")
    await sign_in(faulty_desk, "ours")
    reference = faulty_desk.json("theirs")
    assert (await faulty_desk.prepare(reference)).obstacles != ()
    room.key, room.created_on = "theirs", datetime.now(UTC) + timedelta(minutes=10)
    assert (await faulty_desk.prepare(reference)).obstacles == ()


async def test_what_was_not_agreed_to_is_not_done(desk: Desk) -> None:
    """A key that changes between the question and the answer stops it; so does asking for a first key where one is."""
    plan = await desk.prepare()
    theirs = await desk.room.generate_key()
    with pytest.raises(KeyExists):
        await plan.run()
    plan = await desk.prepare()
    theirs = await desk.room.generate_key()
    with pytest.raises(KeyChanged, match="changed by someone else meanwhile"):
        await plan.run()
    assert (await sign_in_with_key(desk.destination, "creator", theirs.key)).username == "creator"


async def test_two_at_the_same_time_make_one_key(desk: Desk, locations: Locations) -> None:
    """While another process holds the lock, nothing is sent, and it is said who holds it."""
    plan = await desk.prepare()
    with lock_key(locations, desk.binding), pytest.raises(LockHeld, match="held by process"):
        await plan.run()
    assert not (await desk.prepare()).status.exists


async def test_a_lock_that_comes_after_a_cancel_is_let_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that is cancelled while a thread takes the lock for it locks nobody out, not even its own process."""
    asked, go_on, let_go = threading.Event(), threading.Event(), threading.Event()
    release = Lock.release

    def late(locations: Locations, binding: Binding) -> Lock:
        asked.set()
        go_on.wait()
        return lock_key(locations, binding)

    def released(lock: Lock) -> None:
        release(lock)
        let_go.set()

    locations = desk.keeping.locations
    assert locations is not None
    monkeypatch.setattr("a360tui.workflow.rotation.safekeeping.lock_key", late)
    monkeypatch.setattr(Lock, "release", released)
    waiting = asyncio.create_task(desk.keeping.lock(desk.binding))
    await asyncio.to_thread(asked.wait)
    waiting.cancel()
    await asyncio.wait([waiting])
    go_on.set()
    assert await asyncio.to_thread(let_go.wait, 10)
    lock_key(locations, desk.binding).release()


async def test_who_is_signed_in_by_the_key_that_dies_is_told_before(desk: Desk) -> None:
    """Signed in with the very key, the plan warns, and the session goes on when that key is dead."""
    first = await desk.rotate()
    assert first.key is not None
    desk.room = await desk.signed_in(ApiKey(first.key))
    plan = await desk.prepare(signed_in_by_key=True)
    assert "signed in with the key that dies" in plan.warnings[0]
    result = await plan.run()
    assert result.ending is Ending.DONE
    assert (await desk.room.own_user()).username == "creator"


async def test_a_reference_that_fails_waits_and_the_others_go_on(desk: Desk) -> None:
    """One that fails after the preflight stays to be done, a changed one is left alone, and the rest have the key."""
    first = await desk.rotate()
    assert first.key is not None
    old = first.key.reveal()
    one, other = desk.json(old, "one.json"), desk.json(old, "other.json")
    broken = desk.folder / "broken"
    failing = Command((sys.executable, "-c", f"import sys, os; sys.exit(os.path.exists({str(broken)!r}))"))
    broken.touch()

    def interfere(mark: object) -> None:
        desk.note(mark)  # type: ignore[arg-type]  # a mark
        if desk.marks[-1] == (failing.id, "running"):
            (desk.folder / "other.json").write_text('{"key": "by hand"}')

    result = await (await desk.prepare(one, failing, other)).run(interfere)
    assert result.ending is Ending.PENDING
    assert [each.stage.value for each in result.references] == ["updated", "pending", "conflict"]
    assert result.error is not None
    assert desk.json_value("one.json") == result.key.reveal() if result.key else False
    assert desk.json_value("other.json") == "by hand"
    (found,) = desk.unfinished()
    assert failing.label in found.known

    again = await (await desk.next_start()).recover()
    assert again.ending is Ending.PENDING
    broken.unlink()
    last = await (await desk.next_start()).recover()
    assert last.ending is Ending.DONE
    assert "left alone" in last.sentence
    assert desk.unfinished() == []


async def test_a_reference_can_be_left_behind(desk: Desk) -> None:
    """A person may say that one that fails is not to be updated any more: then it is over."""
    failing = Command((sys.executable, "-c", "raise SystemExit(1)"))
    result = await desk.rotate(failing)
    assert result.ending is Ending.PENDING
    last = await desk.recover(leave=[failing.id])
    assert last.ending is Ending.DONE
    assert last.references[0].stage is ReferenceStage.LEFT


async def test_what_fails_again_and_again_is_set_aside(desk: Desk, clock: MovableClock) -> None:
    """After five failures a rotation is kept, offered no more, and stands in nobody's way; it can be taken up again."""
    failing = Command((sys.executable, "-c", "raise SystemExit(1)"))
    await desk.rotate(failing)
    results = [await desk.recover() for _ in range(5)]
    assert [each.set_aside for each in results] == [False] * 4 + [True]
    assert "--put-back" in results[-1].hint
    assert desk.unfinished() == []
    (found,) = desk.unfinished(set_aside=True)
    clock.forward(timedelta(minutes=5))
    newer = await desk.rotate()
    assert newer.ending is Ending.DONE
    assert newer.key is not None
    assert (await desk.recover(found, leave=[failing.id])).ending is Ending.CONFLICT
    assert await desk.stored() == newer.key.reveal()


async def test_the_keys_of_two_users_do_not_meet(desk: Desk, control_room: Running) -> None:
    """What is unfinished for one user is not offered to another, and does not stop them."""
    await desk.rotate(Command((sys.executable, "-c", "raise SystemExit(1)")))
    other = Binding("http", "127.0.0.1", desk.binding.port, "admin")
    admin = await desk.signed_in(None)
    await admin.sign_in("admin", Password(Secret(control_room.account("admin").password)))
    assert desk.unfinished() != []
    mine, desk.binding = desk.binding, other
    assert desk.unfinished() == []
    assert mine != other
