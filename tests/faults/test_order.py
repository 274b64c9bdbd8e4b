"""The order in which a rotation makes things durable, from the trace of one that goes well."""

from dataclasses import replace

from tests.faults.bench import Bench
from tests.faults.call_order import order_faults
from tests.faults.room import KEY_BEGINS
from tests.faults.trials import SCENES


def test_files_are_synced_then_renamed_then_their_folder_is_synced(bench: Bench) -> None:
    """For journal, vault and references: fsync(file) < rename < fsync(folder), before the next request."""
    scene = SCENES[0]
    bench.begin(scene)
    calls = bench.once(replace(scene, traced=True), "rotate", "").trace.calls
    assert list(order_faults(calls)) == []
    for folder in (bench.locations.journal.path, bench.locations.secrets.path, bench.places):
        renames = [at for at, call in enumerate(calls) if call.name == "renameat" and call.path == str(folder)]
        assert renames
        for at in renames:
            before = [call for call in calls[:at] if call.name == "fsync" and call.path.startswith(f"{folder}/.")]
            after = [call for call in calls[at:] if call.name == "fsync" and call.path == str(folder)]
            assert before
            assert after


def test_an_answer_is_in_both_slots_before_the_next_call(bench: Bench) -> None:
    """From the answer's arrival on, the calls are write and sync to the one slot, write and sync to the other."""
    scene = SCENES[0]
    bench.begin(scene)
    calls = bench.once(replace(scene, traced=True), "rotate", "").trace.calls
    (at,) = [at for at, call in enumerate(calls) if call.name == "recvfrom" and KEY_BEGINS in call.text]
    assert [call.name for call in calls[at + 1 : at + 5]] == ["pwrite64", "fsync", "pwrite64", "fsync"]
    assert len({call.path for call in calls[at + 1 : at + 5]}) == 2
    assert all(call.path.endswith(".slot") for call in calls[at + 1 : at + 5])
