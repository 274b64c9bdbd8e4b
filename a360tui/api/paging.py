"""Reading a list page by page, the next one while this one is used (``control-room-api.md`` §5)."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Protocol, TypeVar

from a360tui.api.errors import UnexpectedAnswer
from a360tui.api.models import Page

PAGE_LENGTH = 200
"""Rows asked for at once; a server may give fewer and not say so."""
_MOST_PAGES_WITHOUT_NEWS = 2
_ROWS_A_BLOCK = 10
"""Two to this many ids share one number."""


class _Row(Protocol):
    @property
    def id(self) -> str:
        """The row's id."""


Row = TypeVar("Row", bound=_Row)


async def read_rows(read_page: Callable[[int, int], Awaitable[Page[Row]]], most_rows: int) -> AsyncGenerator[Row, None]:
    """Every row once, in the order they come; ``read_page`` takes an offset and a length.

    The end is where ``totalFilter`` says, or an empty page; never a short page, since servers cap pages silently. A
    list that moves meanwhile may repeat rows, which are left out; two pages in a row without a new one are the end.
    """
    seen = _Seen()
    offset, without_news = 0, 0
    page = await read_page(0, PAGE_LENGTH)
    while page.items:
        offset += len(page.items)
        if offset > most_rows:
            raise UnexpectedAnswer(f"The list has no end after {most_rows} rows.", "Ask for less with a filter.")
        fresh = [row for row in page.items if seen.add(row.id)]
        without_news = 0 if fresh else without_news + 1
        ended = page.total_filter is not None and offset >= page.total_filter
        if ended or without_news == _MOST_PAGES_WITHOUT_NEWS:
            for row in fresh:
                yield row
            return
        following = asyncio.ensure_future(read_page(offset, PAGE_LENGTH))
        try:
            for row in fresh:
                yield row
            page = await following
        finally:
            if not following.done():
                following.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await following
            elif not following.cancelled():
                following.exception()  # has been looked at: an abandoned list needs no warning


class _Seen:
    """The ids that were there; a block of neighbours is one number, so that 100,000 ids take a few kilobytes."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}
        self._others: set[str] = set()

    def add(self, identifier: str) -> bool:
        """Whether the id is new; from now on it is not."""
        if not identifier.isdecimal() or (identifier[0] == "0" and identifier != "0"):
            before = len(self._others)
            self._others.add(identifier)
            return len(self._others) > before
        number = int(identifier)
        block, bit = number >> _ROWS_A_BLOCK, 1 << (number & ((1 << _ROWS_A_BLOCK) - 1))
        known = self._blocks.get(block, 0)
        self._blocks[block] = known | bit
        return not known & bit
