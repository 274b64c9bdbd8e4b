"""Everything that is made to go wrong."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

from tests.faults.bench import Bench, Trial
from tests.faults.control_room import ANSWERS, Plan
from tests.faults.tracing import SYSCALLS, Seen

SCENES = (
    Trial("regenerate"),
    Trial("first key", has_key=False, has_references=False),
    Trial("answer in pieces", Plan("pieces", cut_at=60)),
    Trial("answer lost", Plan("lost_reset")),
)
"""The rotations that a system call is made to fail in."""

FAILING = ("openat", "mkdirat", "fsync", "renameat", "unlinkat", "ftruncate", "fallocate", "pwrite64", "write")
"""What a disk can fail at."""

NETWORK = ("connect", "sendto", "recvfrom")
"""What a network can fail at."""

Positions = dict[str, list[int]]
"""A system call → the numbers of its calls that are worth an injection, counted in their thread."""


def positions(bench: Bench, scene: Trial) -> Positions:
    """Where a rotation can be hit, as a run without faults shows it."""
    bench.begin(scene)
    calls = bench.once(replace(scene, traced=True), "rotate", "").trace.calls
    found: Positions = {}
    for name in SYSCALLS:
        number: Counter[int] = Counter()
        worth: set[int] = set()
        for call in calls:
            if call.name == name:
                number[call.thread] += 1
                if name not in NETWORK or _is_network(call):
                    worth.add(number[call.thread])
        found[name] = sorted(worth)
    return found


def _is_network(call: Seen) -> bool:
    """Whether it is not the event loop that wakes itself up."""
    return '"\\0"' not in call.text and "EAGAIN" not in call.text


def killed(scene: Trial, found: Positions) -> Iterator[Trial]:
    """Dead at each call."""
    for name in SYSCALLS:
        for number in found[name]:
            yield _injected(scene, f"{name}:signal=KILL:when={number}")


def disk_fails(scene: Trial, found: Positions) -> Iterator[Trial]:
    """An error of the disk at each call, once; and a disk that is full from one call on."""
    for name, error in product(FAILING, ("EIO", "ENOSPC")):
        for number in found[name]:
            yield _injected(scene, f"{name}:error={error}:when={number}")
    for name in ("fsync", "write", "pwrite64"):
        for number in found[name]:
            yield _injected(scene, f"{name}:error=ENOSPC:when={number}+")


def network_fails(scene: Trial, found: Positions) -> Iterator[Trial]:
    """An error of the network at each call."""
    for name, error in product(NETWORK, ("EIO", "ECONNRESET")):
        for number in found[name]:
            yield _injected(scene, f"{name}:error={error}:when={number}")


def killed_twice(scene: Trial, found: Positions) -> Iterator[Trial]:
    """Dead at each call that makes something durable, and dead again somewhere in the recovery."""
    for name in ("fsync", "renameat", "pwrite64"):
        for number in found[name]:
            for again in ("fsync:signal=KILL:when=3", "renameat:signal=KILL:when=4", "sendto:signal=KILL:when=5"):
                yield replace(_injected(scene, f"{name}:signal=KILL:when={number}"), inject_recovery=again)


KINDS: dict[str, Callable[[Trial, Positions], Iterator[Trial]]] = {
    "killed": killed,
    "killed twice": killed_twice,
    "disk fails": disk_fails,
    "network fails": network_fails,
}
"""What is done to each of `SCENES`."""


def scripted() -> Iterator[Trial]:
    """The Control Room and the network at their worst, without a fault on this side."""
    for answer, has_references, date_in_answer, dates in product(
        ANSWERS, (True, False), (True, False), ("visible", "forbidden", "broken")
    ):
        plan = Plan(answer, dates=dates, date_in_answer=date_in_answer)
        yield Trial(
            f"{answer}, dates {dates}{'' if date_in_answer else ' and not told'}", plan, has_references=has_references
        )
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
