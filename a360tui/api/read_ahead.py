"""`ReadAhead`: requests the next pages of a list while one is in use."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from a360tui.api.answer import Answer
from a360tui.api.errors import ServerError, TooManyRequests
from a360tui.api.limits import Limits
from a360tui.api.page_window import PageWindow
from a360tui.api.retries import may_pass, repeated
from a360tui.errors import A360Error

PAGE_LENGTH = 200
"""Rows asked for at once; a server may give fewer and not say so."""

AskForPage = Callable[[int, int], Awaitable[Answer]]
"""Requests a page by its offset and its length, once."""


@dataclass(frozen=True, slots=True)
class _Later:
    """Instead of an answer: the request may succeed if it is sent again."""

    due: float
    """Not before this time, by the monotonic clock."""


class ReadAhead:
    """Requests pages before their turn has come, as many as `PageWindow` allows.

    A page that is read ahead is requested once. Where that fails for a passing reason, it is requested again when its
    turn comes, and nothing else is until then, so that an overloaded Control Room is left alone. Any other failure is
    raised when its turn comes, and nothing more is requested.
    """

    def __init__(self, ask: AskForPage, limits: Limits) -> None:
        self._ask = ask
        self._limits = limits
        self._window = PageWindow()
        self._coming: deque[tuple[int, asyncio.Task[Answer | _Later]]] = deque()
        """Offsets and the tasks that bring their pages, in the order of the list."""
        self._on_the_way = 0
        self._next = self._step = self._end = 0
        """The offset to request next, the length of a page, and the offset at which the list ends."""
        self._failed = 0
        """Pages whose request failed before their turn."""

    async def answer_at(self, offset: int) -> Answer:
        """The page that begins at this offset; where only others are under way, a page had an unexpected length."""
        if self._coming and self._coming[0][0] != offset:
            await self.stop()
        if not self._coming:
            return await repeated(lambda: self._answer(offset), self._limits)
        answer = await self._coming[0][1]
        self._coming.popleft()
        if isinstance(answer, _Later):
            await asyncio.sleep(answer.due - time.perf_counter())
            rest = replace(self._limits, read_attempts=self._limits.read_attempts - 1)
            answer = await repeated(lambda: self._answer(offset), rest)
            self._failed -= 1
        return answer

    def go_on(self, offset: int, step: int, end: int) -> None:
        """Request the pages from ``offset`` to the end, as long as each has ``step`` rows."""
        self._step, self._end = step, end
        if not self._coming:
            self._next = offset
        if not self._coming or self._coming[0][0] == offset:
            self._ask_for_more()

    async def stop(self) -> None:
        """Cancel all requests that are under way."""
        coming = [task for _, task in self._coming]
        self._coming.clear()
        self._failed = self._end = 0
        for task in coming:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)

    def _ask_for_more(self) -> None:
        window = self._window
        while (
            self._next < self._end
            and not self._failed
            and self._on_the_way < window.width
            and len(self._coming) < window.held
        ):
            self._on_the_way += 1
            self._coming.append((self._next, asyncio.create_task(self._answer_ahead(self._next))))
            self._next += self._step

    async def _answer_ahead(self, offset: int) -> Answer | _Later:
        try:
            answer = await self._answer(offset)
        except A360Error as error:
            self._failed += 1
            wait = may_pass(error, self._limits)
            if wait is False or self._limits.read_attempts == 1:
                raise
            return _Later(time.perf_counter() + (self._limits.retry_wait if wait is True else wait))
        finally:
            self._on_the_way -= 1
        self._ask_for_more()
        return answer

    async def _answer(self, offset: int) -> Answer:
        asked = self._window.ask()
        try:
            answer = await self._ask(offset, PAGE_LENGTH)
        except (TooManyRequests, ServerError):
            self._window.refused(asked)
            raise
        self._window.came(asked, len(answer.body))
        return answer
