"""Signals while a write is under way: it is seen through to its end, or stopped with a word of what it had begun."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, TypeVar

Result = TypeVar("Result")

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STOPPING = (signal.SIGTSTP,)
"""Signals that would suspend the program, which would then miss the answer."""

CANCEL_TIME = 1.0
"""Seconds that cancelled work has to store what it has."""


class LeftEarly(Exception):  # an outcome, not a failure
    """A person interrupted twice and wants to leave before the end."""


async def seen_through(work: Coroutine[Any, Any, Result], *, on_signal: Callable[[], None]) -> Result:
    """Await ``work``; the first terminating signal calls ``on_signal``, the second one raises `LeftEarly`."""
    loop = asyncio.get_running_loop()
    task = loop.create_task(work)
    left: asyncio.Future[None] = loop.create_future()
    first: set[asyncio.Future[Any]] = {task, left}
    signals = 0

    def count() -> None:
        nonlocal signals
        signals += 1
        if signals == 1:
            on_signal()
        elif not left.done():
            left.set_result(None)

    with _handled(loop, _ENDING, count), _handled(loop, _STOPPING, on_signal):
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        task.cancel()
        await asyncio.wait({task}, timeout=CANCEL_TIME)
        if task.done() and not task.cancelled():
            return task.result()
        raise LeftEarly


async def cut_short(work: Coroutine[Any, Any, Result], *, on_signal: Callable[[], None]) -> Result:
    """Await ``work``, which SIGTERM or SIGHUP cancels as Ctrl-C does; then the program ends with 128 and the number.

    ``on_signal`` is called once the work has stopped, whichever of the three came.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    came: list[int] = []

    def cancel(number: int) -> None:
        came.append(number)
        if task is not None:
            task.cancel()

    with ExitStack() as heard:
        for number in (signal.SIGTERM, signal.SIGHUP):
            heard.enter_context(_handled(loop, (number,), partial(cancel, number)))
        try:
            return await work
        except asyncio.CancelledError:
            on_signal()
            if came:
                raise SystemExit(128 + came[0]) from None
            raise


@contextmanager
def _handled(
    loop: asyncio.AbstractEventLoop, numbers: tuple[signal.Signals, ...], answer: Callable[[], None]
) -> Iterator[None]:
    """Handle these signals in the loop; one that is ignored, as under nohup, stays ignored."""
    before = {number: signal.getsignal(number) for number in numbers}
    heard = [number for number in numbers if before[number] is not signal.SIG_IGN]
    for number in heard:
        loop.add_signal_handler(number, answer)
    try:
        yield
    finally:
        for number in heard:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])
