"""Rows of a long list for a screen: exactly the ones that are in sight (``control-room-api.md §5``)."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from a360tui.api import Page, Query, User
from a360tui.api.filters import Substring

if TYPE_CHECKING:
    from a360tui.api import ControlRoom

T = TypeVar("T")


class _ReadPage(Protocol[T]):
    def __call__(self, query: Query, *, offset: int, length: int) -> Awaitable[Page[T]]: ...


@dataclass(frozen=True)
class Window(Generic[T]):
    """Some rows, and how many there are."""

    rows: tuple[T, ...]
    matching: int
    """Rows that match the filter."""
    total: int
    """Rows in all."""


async def read_window(read_page: _ReadPage[T], query: Query, *, offset: int, length: int) -> Window[T]:
    """Read ``length`` rows from ``offset`` on, with as many requests as the server's silent page cap needs."""
    rows: list[T] = []
    while True:
        page = await read_page(query, offset=offset + len(rows), length=length - len(rows))
        rows += page.items
        matching = page.total_filter if page.total_filter is not None else page.total
        known = matching if matching is not None else offset + len(rows)
        if not page.items or len(rows) >= length or offset + len(rows) >= known:
            total = page.total if page.total is not None else known
            return Window(tuple(rows), known, total)


def users_matching(text: str) -> Query:
    """The query for users whose sign-in name holds ``text``; all of them where it is empty."""
    return Query(filter=Substring("username", text) if text else None)


async def search_users(room: ControlRoom, text: str, *, offset: int, length: int) -> Window[User]:
    """The users whose sign-in name holds ``text``, by name; the server searches, so 100,000 cost as much as ten."""
    return await read_window(room.users_page, users_matching(text), offset=offset, length=length)
