"""Read a list page by page; the next pages are requested while one is in use (``control-room-api.md`` §5)."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Protocol, TypeVar

import msgspec

from a360tui.api.answer import Answer
from a360tui.api.errors import UnexpectedAnswer
from a360tui.api.limits import Limits
from a360tui.api.models import Page
from a360tui.api.read_ahead import AskForPage, ReadAhead

_MOST_PAGES_WITHOUT_NEWS = 2
_ROWS_A_PAUSE = 100
"""Rows that are given before pages that have come meanwhile are let in."""
_BITS_A_BLOCK = 10
_WITHIN_A_BLOCK = (1 << _BITS_A_BLOCK) - 1


class Paging(msgspec.Struct, frozen=True, rename="camel"):
    """What an answer says about its page; each part may be missing."""

    offset: int | None = None
    total: int | None = None
    total_filter: int | None = None


class _Row(Protocol):
    @property
    def id(self) -> str:
        """The row's id."""


Row = TypeVar("Row", bound=_Row)


async def read_rows(
    ask: AskForPage, read: Callable[[Answer, int], Page[Row]], limits: Limits
) -> AsyncGenerator[Row, None]:
    """Every row once, in the order of the list.

    ``ask`` requests a page, once. ``read`` makes the page from the answer and its offset, and is called only when the
    page's turn has come, so that no request waits while earlier pages are read. The list ends where ``totalFilter``
    says, or at an empty page. A short page is not the end, since servers cap pages silently, nor is a total that was
    passed already. A list that shifts meanwhile may repeat rows, which are left out; two pages in a row without a new
    row are the end.
    """
    seen = _Seen()
    ahead = ReadAhead(ask, limits)
    offset, pages, without_news = 0, 0, 0
    try:
        while (page := read(await ahead.answer_at(offset), offset)).items:
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
                ahead.go_on(offset, len(page.items), offset + 1 if total is None else max(total, offset + 1))
            for index, row in enumerate(fresh):
                if index % _ROWS_A_PAUSE == 0:
                    # Who uses rows without waiting for anything lets the next pages come in, too.
                    await asyncio.sleep(0)
                yield row
            if ended:
                return
    finally:
        await ahead.stop()


class _Seen:
    """The ids seen so far, as one bit each: 100,000 neighbouring ids take a few kilobytes."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}
        self._others: set[str] = set()

    def news(self, rows: Sequence[Row]) -> list[Row]:
        """The rows whose ids are new, which are remembered from now on."""
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
