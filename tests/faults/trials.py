"""Everything that is made to go wrong."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from tests.faults.answers import ANSWERS
from tests.faults.bench import Bench, Trial
from tests.faults.room import KEY_BEGINS, Plan
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


@dataclass(frozen=True)
class Positions:
    """The numbers of the calls that are worth an injection, by system call, counted in their thread."""

    all: dict[str, list[int]]
    answered: dict[str, list[int]]
    """Those after an answer with a key has arrived."""


def positions(bench: Bench, scene: Trial) -> Positions:
    """Where a rotation can be hit, as a run without faults shows it."""
    bench.begin(scene)
    number: Counter[tuple[int, str]] = Counter()
    everywhere: defaultdict[str, set[int]] = defaultdict(set)
    answered: defaultdict[str, set[int]] = defaultdict(set)
    has_key = False
    for call in bench.once(replace(scene, traced=True), "rotate", "").trace.calls:
        number[call.thread, call.name] += 1
        has_key = has_key or (call.name == "recvfrom" and KEY_BEGINS in call.text)
        if call.name not in NETWORK or _is_network(call):
            for each in (everywhere, answered) if has_key else (everywhere,):
                each[call.name].add(number[call.thread, call.name])
    return Positions(*({name: sorted(each[name]) for name in SYSCALLS} for each in (everywhere, answered)))


def _is_network(call: Seen) -> bool:
    """Whether it is not the event loop that wakes itself up."""
    return '"\\0"' not in call.text and "EAGAIN" not in call.text


def killed(scene: Trial, found: Positions) -> Iterator[Trial]:
    """Dead at each call."""
    for name in SYSCALLS:
        for number in found.all[name]:
            yield _injected(scene, f"{name}:signal=KILL:when={number}")


def disk_fails(scene: Trial, found: Positions) -> Iterator[Trial]:
    """An error of the disk at each call, once; and a disk that is full from one call on."""
    for name, error in product(FAILING, ("EIO", "ENOSPC")):
        for number in found.all[name]:
            yield _injected(scene, f"{name}:error={error}:when={number}")
    for name in ("fsync", "write", "pwrite64"):
        for number in found.all[name]:
            yield _injected(scene, f"{name}:error=ENOSPC:when={number}+")


def network_fails(scene: Trial, found: Positions) -> Iterator[Trial]:
    """An error of the network at each call."""
    for name, error in product(NETWORK, ("EIO", "ECONNRESET")):
        for number in found.all[name]:
            yield _injected(scene, f"{name}:error={error}:when={number}")


def killed_twice(scene: Trial, found: Positions) -> Iterator[Trial]:
    """Dead at each call that makes something durable once there is a key, and dead again in the recovery."""
    for name in ("fsync", "renameat", "pwrite64"):
        for number in found.answered[name]:
            for again in ("fsync:signal=KILL:when=2", "renameat:signal=KILL:when=4", "sendto:signal=KILL:when=5"):
                yield replace(_injected(scene, f"{name}:signal=KILL:when={number}"), inject_recovery=again)


def at_once(number: int) -> Iterator[Trial]:
    """Eight processes at the same time, some of them with a Control Room that is slow to answer."""
    for index in range(number):
        yield Trial("eight at once", Plan(("whole", "pieces", "lost_close")[index % 3]), at_once=8)


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
