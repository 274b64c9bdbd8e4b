"""Run many calls with a limit on how many are under way at a time."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")


async def few_at_a_time(calls: Iterable[Callable[[], Coroutine[Any, Any, T]]], at_once: int) -> AsyncGenerator[T, None]:
    """The result of each call as it comes; at most ``at_once`` are under way.

    The first failure is raised and cancels the calls that are under way, as closing the generator does.
    """
    rest = iter(calls)
    done: set[asyncio.Task[T]] = set()
    running = {asyncio.create_task(call()) for call in islice(rest, at_once)}
    try:
        while running:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            running |= {asyncio.create_task(call()) for call in islice(rest, len(done))}
            for each in done:
                yield each.result()
    finally:
        for each in running:
            each.cancel()
        await asyncio.gather(*running, *done, return_exceptions=True)
