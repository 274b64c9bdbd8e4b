"""`LimitedCall`: a blocking call that may never return, run in a daemon thread and waited for with a limit."""

import asyncio
import queue
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any, Generic, TypeVar

from a360tui.threads import leave_signals_alone

T = TypeVar("T")

Outcome = tuple[T | None, Exception | None]


class LimitedCall(Generic[T]):
    """A blocking call with a time limit; ``await`` it in a coroutine, or `wait` for it elsewhere.

    The thread is a daemon, so a call that hangs does not keep the program from ending (``asyncio.to_thread`` would).
    Calls that share a ``turn`` are made one after the other, and one that nobody waits for any more is not begun.
    """

    def __init__(
        self, work: Callable[[], T], *, limit: float, turn: threading.Lock, too_late: Callable[[], Exception]
    ) -> None:
        self._work = work
        self._limit = limit
        self._turn = turn
        self._too_late = too_late

    def wait(self) -> T:
        """The result; raises what the work raised, or ``too_late()`` after ``limit`` seconds."""
        answers: queue.SimpleQueue[Outcome[T]] = queue.SimpleQueue()
        given_up = self._begin(answers.put)
        outcome = None
        try:
            outcome = answers.get(timeout=self._limit)
        except queue.Empty:
            pass
        finally:
            given_up.set()
        return self._taken(outcome)

    def __await__(self) -> Generator[Any, None, T]:
        return self._answered().__await__()

    async def _answered(self) -> T:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Outcome[T]] = loop.create_future()

        def settle(outcome: Outcome[T]) -> None:
            if not answer.done():
                answer.set_result(outcome)

        def deliver(outcome: Outcome[T]) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(settle, outcome)

        given_up = self._begin(deliver)
        outcome = None
        try:
            async with asyncio.timeout(self._limit):
                outcome = await answer
        except TimeoutError:
            pass
        finally:
            given_up.set()
        return self._taken(outcome)

    def _begin(self, deliver: Callable[[Outcome[T]], None]) -> threading.Event:
        given_up = threading.Event()
        threading.Thread(target=self._run, args=(deliver, given_up), name="call with a limit", daemon=True).start()
        return given_up

    def _run(self, deliver: Callable[[Outcome[T]], None], given_up: threading.Event) -> None:
        leave_signals_alone()
        if not self._turn.acquire(timeout=self._limit):
            return
        try:
            if given_up.is_set():
                return
            try:
                outcome: Outcome[T] = (self._work(), None)
            except Exception as error:  # noqa: BLE001  # raised again where it is waited for
                outcome = (None, error)
        finally:
            self._turn.release()
        deliver(outcome)

    def _taken(self, outcome: Outcome[T] | None) -> T:
        if outcome is None:
            raise self._too_late()
        value, error = outcome
        if error is not None:
            raise error
        return value  # type: ignore[return-value]  # None is an answer where T allows it
