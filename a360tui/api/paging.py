"""Reading a list page by page, the next ones while this one is used (``control-room-api.md`` §5)."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from a360tui.api.errors import UnexpectedAnswer
from a360tui.api.limits import Limits
from a360tui.api.models import Page

PAGE_LENGTH = 200
"""Rows asked for at once; a server may give fewer and not say so."""
MOST_AHEAD = 8
"""Pages on their way at a time: enough that a line of 50 ms is not waited for."""
_MOST_PAGES_WITHOUT_NEWS = 2
_ROWS_A_PAUSE = 16
_BITS_A_BLOCK = 10


class _Row(Protocol):
    @property
    def id(self) -> str:
        """The row's id."""


Row = TypeVar("Row", bound=_Row)
ReadPage = Callable[[int, int], Awaitable[Page[Row]]]


async def read_rows(read_page: ReadPage[Row], limits: Limits) -> AsyncGenerator[Row, None]:
    """Every row once, in the order they come; ``read_page`` takes an offset and a length.

    The end is where ``totalFilter`` says, or an empty page; never a short page, since servers cap pages silently, and
    never a total that was overtaken, since that is none. A list that moves meanwhile may repeat rows, which are left
    out; two pages in a row without a new one are the end.
    """
    seen = _Seen()
    ahead = _Ahead(read_page)
    offset, pages, without_news = 0, 0, 0
    try:
        while (page := await ahead.page_at(offset)).items:
            offset += len(page.items)
            pages += 1
            if offset > limits.rows or pages > limits.pages:
                raise UnexpectedAnswer(
                    f"The list has no end after {offset} rows on {pages} pages.", "Ask for less with a filter."
                )
            fresh = [row for row in page.items if seen.add(row.id)]
            without_news = 0 if fresh else without_news + 1
            total = page.total_filter
            ended = offset == total or without_news == _MOST_PAGES_WITHOUT_NEWS
            if not ended:
                ahead.start(offset, len(page.items), offset + 1 if total is None else max(total, offset + 1))
            for index, row in enumerate(fresh):
                if index % _ROWS_A_PAUSE == 0:
                    await asyncio.sleep(
                        0
                    )  # who uses rows without waiting for anything lets the next pages come in, too
                yield row
            if ended:
                return
    finally:
        await ahead.stop()


class _Ahead(Generic[Row]):
    """The pages that are on their way: one after the first page, then more as the list turns out to be long."""

    def __init__(self, read_page: ReadPage[Row]) -> None:
        self._read_page = read_page
        self._coming: deque[tuple[int, asyncio.Future[Page[Row]]]] = deque()
        self._width = 0

    def start(self, offset: int, step: int, end: int) -> None:
        """Ask for the pages from ``offset`` that are not on their way, if they go on being as long as ``step``."""
        self._width = min(self._width + 1, MOST_AHEAD)
        if self._coming:
            offset = self._coming[-1][0] + step
        while len(self._coming) < self._width and offset < end:
            self._coming.append((offset, asyncio.ensure_future(self._read_page(offset, PAGE_LENGTH))))
            offset += step

    async def page_at(self, offset: int) -> Page[Row]:
        """The page that begins there; where others are on their way, a page was shorter or longer than those before."""
        if not self._coming or self._coming[0][0] != offset:
            await self.stop()
            return await self._read_page(offset, PAGE_LENGTH)
        return await self._coming.popleft()[1]

    async def stop(self) -> None:
        """Want none of them any more, whatever becomes of them."""
        coming = [future for _, future in self._coming]
        self._coming.clear()
        for future in coming:
            future.cancel()
        await asyncio.gather(*coming, return_exceptions=True)


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
        block, bit = number >> _BITS_A_BLOCK, 1 << (number & ((1 << _BITS_A_BLOCK) - 1))
        known = self._blocks.get(block, 0)
        self._blocks[block] = known | bit
        return not known & bit
