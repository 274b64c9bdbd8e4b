"""`Answer`: one whole answer of a Control Room, after it was read."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from a360tui.api.errors import NotAControlRoom, OutcomeUnknown, UnexpectedAnswer
from a360tui.api.request import Effect, Request
from a360tui.api.wire_json import Misfit, decode, decode_raw, is_plain
from a360tui.errors import A360Error

T = TypeVar("T")

LOOK_FIRST = "Look at its present state before doing it again."
_MOST_DIGITS = 9
_FIRST_YEAR, _LAST_YEAR = 1970, 2999


class Answer:
    """Status, the headers that matter, and the body; ``repr`` leaves out the body, which may hold a secret."""

    __slots__ = ("_depth", "body", "content_type", "location", "request", "retry_after", "server_time", "status")

    def __init__(self, request: Request, status: int, headers: dict[str, str], depth: int) -> None:
        self.request = request
        self.status = status
        self.content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        self.location = headers.get("location", "")
        self.server_time = _http_date(headers.get("date", ""))
        """The time by the server's clock; ``None`` where the answer does not say."""
        self.retry_after = _wait_asked_for(headers.get("retry-after", ""), self.server_time)
        self.body = bytearray()
        """Decoded from its transfer and content encoding. Use it in one expression and keep it in no variable."""
        self._depth = depth

    def __repr__(self) -> str:
        return f"<Answer {self.status} to {self.request.method} {self.request.path}, {len(self.body)} bytes>"

    @property
    def is_page(self) -> bool:
        """Whether it is a web page, which comes from the web UI or from another server, never from the API."""
        return self.content_type in {"text/html", "application/xhtml+xml"}

    @property
    def is_json(self) -> bool:
        """Whether the body may be JSON, by its content type; true where that is missing."""
        kind = self.content_type
        return kind in {"", "application/json", "text/json", "text/plain"} or kind.endswith("+json")

    @property
    def is_plain(self) -> bool:
        """Whether it is JSON that can be read without checking each text (`a360tui.api.wire_json.is_plain`)."""
        return self.is_json and is_plain(self.body, self._depth)

    def read(self, kind: type[T]) -> T:
        """The body decoded into a type; the error for one that does not fit depends on the kind of request."""
        return self._fitting(lambda: decode(self._json(), kind, self._depth))

    def read_raw(self) -> Any:
        """The body's JSON as it came."""
        return self._fitting(lambda: decode_raw(self._json(), self._depth))

    def read_by(self, take: Callable[[Any], T]) -> T:
        """What ``take`` makes of the body's JSON; a `Misfit` that it raises becomes an error that names the place."""
        return self._fitting(lambda: take(decode_raw(self._json(), self._depth)))

    def refuse_page(self) -> None:
        """Raise where a web page came.

        The sign-in page of a proxy says 200 too, and the body of a write is not read.
        """
        if self.is_page:
            raise self.misfit("is a web page")

    def misfit(self, problem: str, field: str = "") -> A360Error:
        """The error for an answer that cannot be used; after a write it is `OutcomeUnknown`."""
        request = self.request
        what = f"{field} in the answer {problem}" if field else f"the answer {problem}"
        if request.is_write:
            return OutcomeUnknown(
                f"Whether the Control Room could {request.purpose} is not known: it said {self.status}, but {what}.",
                LOOK_FIRST,
            )
        if not request.authorized and (self.is_page or request.effect is Effect.READ):
            return NotAControlRoom(
                f"Could not {request.purpose}: what answers is not a Control Room's API ({what}).",
                "Check the address, and whether a proxy stands between.",
            )
        return UnexpectedAnswer(
            f"Could not {request.purpose}: {what}.",
            "Something between may have changed it, or this release answers in another way.",
            field=field,
        )

    def _fitting(self, read: Callable[[], T]) -> T:
        """What ``read`` gives; the error is raised outside the handler, so that it drags no part of the body along."""
        try:
            return read()
        except Misfit as misfit:
            failure = self.misfit(misfit.problem, misfit.field)
        raise failure

    def _json(self) -> bytearray:
        if self.is_page:
            raise Misfit("is a web page")
        if not self.is_json:
            raise Misfit("is not JSON by its type")
        return self.body


def _http_date(text: str) -> datetime | None:
    """The date of a header; ``None`` for junk, and for years in which adding a duration to it could overflow."""
    try:
        date = parsedate_to_datetime(text)
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if _FIRST_YEAR <= date.year <= _LAST_YEAR else None


def _wait_asked_for(text: str, server_time: datetime | None) -> timedelta | None:
    """``Retry-After``, in seconds or as a date by the server's own clock; ``None`` for junk, never negative."""
    text = text.strip()
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit():
        seconds = 0 if text.startswith("-") else int(digits[:_MOST_DIGITS])
        return timedelta(seconds=seconds)
    date = _http_date(text)
    if date is None:
        return None
    return max(date - (server_time or datetime.now(UTC)), timedelta(0))
