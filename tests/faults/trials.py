"""Everything that is made to go wrong."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from random import Random

from tests.faults.bench import Bench, Trial
from tests.faults.control_room import ANSWERS, Plan
from tests.faults.tracing import SYSCALLS

SCENES = {
    "regenerate": Trial("regenerate"),
    "first key": Trial("first key", has_key=False, has_references=False),
    "in pieces": Trial("in pieces", Plan("pieces", cut_at=60)),
    "reply lost": Trial("reply lost", Plan("lost_reset")),
}
"""The rotations that a system call is made to fail in."""

ERRORS = ("EIO", "ENOSPC")

FAILING = ("openat", "mkdirat", "fsync", "renameat", "unlinkat", "ftruncate", "fallocate", "pwrite64", "write")
"""What a disk can fail at."""

NETWORK = ("connect", "sendto", "recvfrom")

STARTED = "recover"


def counts(bench: Bench, scene: Trial) -> dict[str, int]:
    """How often the busiest thread makes each system call in a rotation, and in what a next start does."""
    bench.begin(scene)
    found: dict[str, int] = {}
    for work in ("rotate", STARTED):
        calls = bench.once(replace(scene, traced=True), work, "").trace.calls
        for name in SYSCALLS:
            threads = [call.thread for call in calls if call.name == name]
            found[f"{work} {name}"] = max(map(threads.count, set(threads)), default=0)
    return found


def killed(scene: Trial, found: dict[str, int]) -> Iterator[Trial]:
    """Dead at each call."""
    for name in SYSCALLS:
        for number in range(1, found[f"rotate {name}"] + 1):
            yield _injected(scene, f"{name}:signal=KILL:when={number}")


def failing(scene: Trial, found: dict[str, int]) -> Iterator[Trial]:
    """An error of the disk at each call, once; and a disk that is full from one call on."""
    for name, error in product(FAILING, ERRORS):
        for number in range(1, found[f"rotate {name}"] + 1):
            yield _injected(scene, f"{name}:error={error}:when={number}")
    for name in ("fsync", "write", "pwrite64"):
        for number in range(1, found[f"rotate {name}"] + 1):
            yield _injected(scene, f"{name}:error=ENOSPC:when={number}+")


def broken(scene: Trial, found: dict[str, int]) -> Iterator[Trial]:
    """An error of the network at each call."""
    for name, error in product(NETWORK, ("EIO", "ECONNRESET")):
        for number in range(1, found[f"rotate {name}"] + 1):
            yield _injected(scene, f"{name}:error={error}:when={number}")


def killed_twice(scene: Trial, found: dict[str, int], number: int, random: Random) -> Iterator[Trial]:
    """Dead in the rotation, and dead again in the first recovery of it; the second one may not come so far."""
    for _ in range(number):
        first, second = random.choice(("fsync", "renameat", "pwrite64", "sendto")), random.choice(("fsync", "renameat", "sendto"))
        at = random.randint(1, max(found[f"rotate {first}"], 1))
        trial = _injected(scene, f"{first}:signal=KILL:when={at}")
        yield replace(trial, inject_recovery=f"{second}:signal=KILL:when={random.randint(1, 12)}")


def scripted() -> Iterator[Trial]:
    """The Control Room and the network at their worst, without a fault on this side."""
    for answer, has_references, date_in_answer, dates in product(
        ANSWERS, (True, False), (True, False), ("visible", "forbidden", "broken")
    ):
        plan = Plan(answer, dates=dates, date_in_answer=date_in_answer)
        yield Trial(f"{answer}, dates {dates}{'' if date_in_answer else ' and not told'}", plan, has_references=has_references)
    for answer in ("whole", "cut", "lost_close", "masked"):
        yield Trial(f"{answer}, first key", Plan(answer), has_key=False, has_references=False)
    for at, answer in product(range(0, 190, 3), ("cut", "cut_by_reset", "pieces")):
        yield Trial(f"{answer} at {at}", Plan(answer, cut_at=at))
    for dates, rival, refusals, lost in product(
        ("visible", "forbidden", "broken"), ("", "answered", "signed in"), (0, 1, 2, 9), (0, 1, 2)
    ):
        if rival == "signed in" and dates != "visible":
            continue  # the key did sign in, and that it was replaced a moment later is seen in the dates only
        plan = Plan(rival=rival, refusals=refusals, lost_sign_ins=lost, dates=dates)
        yield Trial(f"rival {rival or 'none'}, {refusals} refusals, {lost} lost sign-ins, dates {dates}", plan)


def _injected(scene: Trial, inject: str) -> Trial:
    return replace(scene, name=f"{scene.name}: {inject}", inject=inject)
