"""The event loop that the program runs on."""

import asyncio
import gc
import weakref
from contextvars import ContextVar

from a360tui.api.event_loop import EventLoop


class Screen:
    """Something large that a context holds."""


def test_a_cancelled_deadline_keeps_nothing() -> None:
    """What was current when a deadline was set is let go of with the deadline, not when it would have passed."""
    owner: ContextVar[Screen] = ContextVar("owner")

    async def within_a_deadline(screen: Screen) -> None:
        owner.set(screen)
        async with asyncio.timeout(3600):
            await asyncio.sleep(0)

    async def seen() -> weakref.ref[Screen]:
        screen = Screen()
        await asyncio.create_task(within_a_deadline(screen))
        return weakref.ref(screen)

    async def alive() -> bool:
        screen = await seen()
        await asyncio.sleep(0)
        gc.collect()
        return screen() is not None

    with asyncio.Runner(loop_factory=EventLoop) as runner:
        assert not runner.run(alive())
