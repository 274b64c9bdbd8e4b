"""The pages of a list that are on their way while one is used."""

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
"""Asks for a page by its offset and its length, once."""


@dataclass(frozen=True, slots=True)
class _Later:
    """Instead of an answer: one may come if it is asked for again."""

    due: float
    """Not before, by the clock that measures spans."""


class ReadAhead:
    """Asks for pages before their turn has come, as many as `PageWindow` lets.

    What is read ahead is asked for once. Where that fails in passing, it is asked for again in its turn, alone; until
    then nothing else is asked for, so that a Control Room that wants to be left alone is. Another failure is raised in
    its turn, and nothing more is asked for.
    """

    def __init__(self, ask: AskForPage, limits: Limits) -> None:
        self._ask = ask
        self._limits = limits
        self._window = PageWindow()
        self._coming: deque[tuple[int, asyncio.Task[Answer | _Later]]] = deque()
        """Offsets and what comes for them, in the order of their turns."""
        self._on_the_way = 0
        self._next = self._step = self._end = 0
        """The offset to ask for next, how long pages are, and the offset from which on there is none."""
        self._failed = 0
        """Pages whose turn has not come, and that will not be there then."""

    async def answer_at(self, offset: int) -> Answer:
        """The page that begins there; where others are on their way, a page was shorter or longer than those before."""
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
        """Ask for the pages from ``offset`` to the end, as long as they go on being as long as ``step``."""
        self._step, self._end = step, end
        if not self._coming:
            self._next = offset
        if not self._coming or self._coming[0][0] == offset:
            self._ask_for_more()

    async def stop(self) -> None:
        """Want none of them any more, whatever becomes of them."""
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
