"""Read exactly those rows of a long list that a screen shows (``control-room-api.md §5``)."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
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
    """Some rows of a list, and how many there are."""

    rows: tuple[T, ...]
    matching: int
    """How many rows match the filter, as far as is known."""
    total: int
    """How many rows there are in all, as far as is known."""
    open_end: bool = False
    """Whether there may be more than ``matching``: the Control Room does not say, or says fewer than it gave."""


async def read_window(read_page: _ReadPage[T], query: Query, *, offset: int, length: int) -> Window[T]:
    """Read ``length`` rows from ``offset`` on, with as many requests as the server's silent page cap requires.

    The rows that came count for more than the totals: a total that was passed is ignored, and an empty page is the end.
    """
    rows: list[T] = []
    while True:
        page = await read_page(query, offset=offset + len(rows), length=length - len(rows))
        rows += page.items
        end = offset + len(rows)
        said = page.total_filter if page.total_filter is not None else page.total
        if not page.items:
            return _window(rows, end, page.total)
        if said is not None and end == said:
            return _window(rows, said, page.total)
        if len(rows) >= length:
            open_end = said is None or end > said
            return _window(rows, end if said is None else max(said, end), page.total, open_end=open_end)


def _window(rows: Sequence[T], matching: int, total: int | None, *, open_end: bool = False) -> Window[T]:
    return Window(tuple(rows), matching, max(matching, total or 0), open_end)


def users_matching(text: str) -> Query:
    """The query for users whose sign-in name contains ``text``; for all users where it is empty."""
    return Query(filter=Substring("username", text) if text else None)


async def search_users(room: ControlRoom, text: str, *, offset: int, length: int) -> Window[User]:
    """The users whose sign-in name contains ``text``, by name; the server searches, so 100,000 cost as much as ten."""
    return await read_window(room.users_page, users_matching(text), offset=offset, length=length)
