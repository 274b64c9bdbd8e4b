"""Reading a list page by page, the next ones while this one is used (``control-room-api.md`` §5)."""

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

import msgspec

from a360tui.api.errors import UnexpectedAnswer
from a360tui.api.limits import Limits
from a360tui.api.models import Page

PAGE_LENGTH = 200
"""Rows asked for at once; a server may give fewer and not say so."""
MOST_AHEAD = 24
"""Pages on their way at a time, where the line is slow and nothing else is."""
_NEWS = 0.25
"""How much one page counts for the time from page to page: they come in bursts."""
_SHORTEST = 1e-6
"""Seconds from page to page, where a clock sees none."""
_MARGIN = 3
"""Times as many pages as the line seems to need: with too few on their way it never shows what it could carry."""
_SPARE = 2
"""Pages on their way besides: one is answered while another one is read here."""
_MOST_PAGES_WITHOUT_NEWS = 2
_ROWS_A_PAUSE = 100
"""Rows that are used in one go, before pages that have come meanwhile are read."""
_BITS_A_BLOCK = 10
_WITHIN_A_BLOCK = (1 << _BITS_A_BLOCK) - 1


class Paging(msgspec.Struct, frozen=True, rename="camel"):
    """What an answer says of its page, as far as it does."""

    offset: int | None = None
    total: int | None = None
    total_filter: int | None = None


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
            fresh = seen.news(page.items)
            without_news = 0 if fresh else without_news + 1
            total = page.total_filter
            ended = offset == total or without_news == _MOST_PAGES_WITHOUT_NEWS
            if not ended:
                ahead.start(offset, len(page.items), offset + 1 if total is None else max(total, offset + 1))
            for index, row in enumerate(fresh):
                if index % _ROWS_A_PAUSE == 0:
                    # Who uses rows without waiting for anything lets the next pages come in, too.
                    await asyncio.sleep(0)
                yield row
            if ended:
                return
    finally:
        await ahead.stop()


class _Ahead(Generic[Row]):
    """The pages that are on their way: one after the first page, then as many as it takes not to wait for the line.

    That many are the quickest answer's time over the time from page to page: few where the server is what takes the
    time, or who uses the rows, since more requests would only wait there.
    """

    def __init__(self, read_page: ReadPage[Row]) -> None:
        self._read_page = read_page
        self._coming: deque[tuple[int, asyncio.Future[Page[Row]]]] = deque()
        self._width = 0
        self._quickest = math.inf
        """Seconds from a request to its page, at best: that one waited for the line and for itself alone."""
        self._last = time.perf_counter()
        """When the latest page was taken."""
        self._between = 0.0
        """Seconds from one page to the next, of late."""

    def start(self, offset: int, step: int, end: int) -> None:
        """Ask for the pages from ``offset`` that are not on their way, if they go on being as long as ``step``."""
        needed = math.ceil(_MARGIN * self._quickest / max(self._between, _SHORTEST)) + _SPARE
        self._width = min(2 * self._width or 1, needed, MOST_AHEAD)
        if self._coming:
            offset = self._coming[-1][0] + step
        while len(self._coming) < self._width and offset < end:
            self._coming.append((offset, asyncio.ensure_future(self._read(offset))))
            offset += step

    async def page_at(self, offset: int) -> Page[Row]:
        """The page that begins there; where others are on their way, a page was shorter or longer than those before."""
        if self._coming and self._coming[0][0] == offset:
            page = await self._coming.popleft()[1]
        else:
            await self.stop()
            page = await self._read(offset)
        now = time.perf_counter()
        since, self._last = now - self._last, now
        self._between = since if not self._between else self._between + (since - self._between) * _NEWS
        return page

    async def _read(self, offset: int) -> Page[Row]:
        began = time.perf_counter()
        page = await self._read_page(offset, PAGE_LENGTH)
        self._quickest = min(self._quickest, time.perf_counter() - began)
        return page

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

    def news(self, rows: Sequence[Row]) -> list[Row]:
        """The rows whose ids are new; from now on they are not."""
        blocks, others, fresh = self._blocks, self._others, []
        for row in rows:
            identifier = row.id
            if identifier.isdecimal() and identifier[0] != "0":
                number = int(identifier)
                block, bit = number >> _BITS_A_BLOCK, 1 << (number & _WITHIN_A_BLOCK)
                known = blocks.get(block, 0)
                if not known & bit:
                    blocks[block] = known | bit
                    fresh.append(row)
            elif identifier not in others:
                others.add(identifier)
                fresh.append(row)
        return fresh
