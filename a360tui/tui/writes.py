"""`Writes`: what is being written, as tasks of the app."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from a360tui.errors import InvalidInput

if TYPE_CHECKING:
    from a360tui.tui.caution import Caution

Result = TypeVar("Result")

LONGEST_WAIT = 120.0
"""Seconds to wait for a write at the end, longer than any deadline: it may bring the only copy of a key."""


class Writes:
    """The writes under way: no closing screen cancels them, and the app waits for them before it ends."""

    def __init__(self, caution: Caution) -> None:
        self._caution = caution
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def under_way(self) -> bool:
        """Whether anything is being written."""
        return bool(self._tasks)

    async def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a write to its end, even if the caller is cancelled; raises `InvalidInput` under read-only."""
        if why := self._caution.why_read_only:
            work.close()
            raise InvalidInput(why)
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def wait(self) -> None:
        """Wait for the writes under way, `LONGEST_WAIT` at most; whatever is left is given up."""
        if self._tasks:
            _, given_up = await asyncio.wait(self._tasks, timeout=LONGEST_WAIT)
            self._tasks -= given_up
