"""The program under test: one rotation, or what a next start does about it, as a process of its own.

It serves orders: each is carried out by a forked child, so that the imports are paid for once, by a first rotation in
the parent. A child first waits for leave, so that a tracer can be attached; it writes one line of JSON when it has
ended, and the new key to its *screen*.
"""

import asyncio
import ctypes
import json
import os
import signal
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import keyring

from a360tui.api import Address, Password
from a360tui.api.control_room import ControlRoom
from a360tui.api.limits import Limits
from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.storage import Binding, find_locations, open_store
from a360tui.workflow.destination import Destination
from a360tui.workflow.key import key_status
from a360tui.workflow.references.registry import Registry
from a360tui.workflow.rotation import Pace, RotationResult, Safekeeping, prepare, recover, unfinished
from tests.faults.mutants import mutate
from tests.faults.room import PASSWORD, USERNAME
from tests.storage.fake_keyring import WorkingKeyring, asked

PACE = Pace(
    back_off=(0.01, 0.02), looks=(0.0, 0.02, 0.05), new_date=(0.01, 0.02), between_looks=0.01, late=timedelta(minutes=2)
)
LIMITS = Limits(connect=2.0, exchange=2.0, generate=0.6, retry_wait=0.0, read_attempts=2)

ALLOW_TRACER = 0x59616D61
"""``PR_SET_PTRACER``: a process that is no parent may trace this one, where Yama forbids that by default."""

TICK = 0.02
"""Seconds after which the event loop looks up by itself: an injected error may hit the signal that should wake it."""


class QuickDestination(Destination):
    """The same, impatient."""

    def open(self) -> ControlRoom:
        return ControlRoom(self.address, limits=LIMITS)


SCREEN = 9
"""The file descriptor of what a person is shown on purpose."""


async def carry_out(order: dict[str, Any]) -> dict[str, Any]:
    """What a person would have done, and what they were told."""
    # One thread for all that blocks: the n-th call of a thread is then the same in every run.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    _tick()
    locations = find_locations()
    store = await open_store(locations, keyring=asked())
    keeping = Safekeeping(store, locations)
    address = Address("http", "127.0.0.1", order["port"])
    destination = QuickDestination(address)
    binding = Binding("http", "127.0.0.1", order["port"], USERNAME)
    told: dict[str, Any] = {"unfinished": []}
    async with destination.open() as room:
        await room.sign_in(USERNAME, Password(Secret(PASSWORD)))
        if order["work"] == "rotate":
            references = Registry(locations).references_of(binding)
            replace = (await key_status(room)).exists
            plan = await prepare(room, destination, keeping, binding, references, replace=replace, pace=PACE)
            _wait_for_others(order)
            told |= _told(await plan.run())
        else:
            for each in unfinished(keeping, binding):
                told["unfinished"].append(each.happened)
                result = await recover(
                    each, keeping, destination, room, sign_in_again=order.get("again", False), pace=PACE
                )
                told |= _told(result)
            told["left"] = [each.happened for each in unfinished(keeping, binding)]
    return told


def _told(result: RotationResult) -> dict[str, Any]:
    """What a person is shown; the key goes to the screen, which is a pipe of its own."""
    with suppress(OSError):  # a screen that fails is one that nobody reads from
        if result.key is not None:
            os.write(SCREEN, result.key.reveal().encode() + b"\n")
        if result.answer is not None:
            os.write(SCREEN, result.answer.reveal() + b"\n")
    return {
        "ending": result.ending.value,
        "sentence": result.sentence,
        "hint": result.hint,
        "kept": result.kept and result.kept.value,
        "references": {each.reference.id: each.stage.value for each in result.references},
        "troubles": [str(each) for each in result.troubles],
        "set_aside": result.set_aside,
    }


def _tick() -> None:
    asyncio.get_running_loop().call_later(TICK, _tick)


def _wait_for_others(order: dict[str, Any]) -> None:
    """Say to be ready, and wait until all who take part are."""
    if "barrier" in order:
        _arrive(order)
        with Path(order["barrier"]).open("rb", buffering=0) as gate:
            gate.read(1)


def _arrive(order: dict[str, Any]) -> None:
    if arrivals := order.pop("arrivals", ""):
        with Path(arrivals).open("wb", buffering=0) as pipe:
            pipe.write(b".")


def child(order: dict[str, Any]) -> None:
    """Carry out one order in this process."""
    os.environ["A360TUI_CONFIG_DIR"] = order["folder"]
    backend = WorkingKeyring()
    name, text = order["identity"]
    backend.entries["a360tui", name] = text
    keyring.set_keyring(backend)
    mutate(order["mutant"])
    try:
        told = asyncio.run(carry_out(order))
    except A360Error as error:
        told = {"error": type(error).__name__, "sentence": str(error)}
    except BaseException:  # noqa: BLE001  # a crash is an outcome that is counted
        told = {"crash": traceback.format_exc()}
    _arrive(order)
    Path(order["told"]).write_text(json.dumps(told) + "\n")


def serve() -> None:
    """Take orders from stdin, one a line; fork for each, and say the process's number."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        order = json.loads(line)
        if order["work"] == "warm up":
            opened = os.open(os.devnull, os.O_WRONLY)
            os.dup2(opened, SCREEN)
            child(order | {"work": "rotate"})
        pid = os.fork()
        if pid:
            os.write(1, f"{pid}\n".encode())
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(ALLOW_TRACER, ctypes.c_ulong(-1))
        sys.stdin.close()
        for name, number in (("out", 1), ("out", 2), ("screen", SCREEN)):
            opened = os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(opened, number)
            os.close(opened)
        with Path(order["leave"]).open("rb", buffering=0) as leave:
            leave.read(1)
        try:
            child(order)
        finally:
            os._exit(0)


if __name__ == "__main__":
    serve()
