"""What a network and a Control Room can do to a request, as a table: what must come of it, for each kind of request.

A cell is the error and how often the request may have been sent. A read may be repeated, everything else goes out once.
"""

import gzip
from dataclasses import dataclass

from a360tui.api import Limits
from a360tui.api.errors import (
    BadRequest,
    CallAbsent,
    Conflict,
    ConnectionLost,
    Forbidden,
    NotAControlRoom,
    NotFound,
    OutcomeUnknown,
    Redirected,
    Refused,
    ServerError,
    SessionEnded,
    SignInFailed,
    TooManyRequests,
    TooSlow,
    UnexpectedAnswer,
)
from a360tui.errors import A360Error
from tests.api.conftest import HASTY, QUICK
from tests.api.scripted_server import Step, answer, bomb, close, cut, drip, hang, head, page, pieces, refused, reset

MEGABYTE = 1024 * 1024

EXIT_CODES: dict[type[A360Error], int] = {
    BadRequest: 1,
    CallAbsent: 1,
    Conflict: 1,
    ConnectionLost: 3,
    Forbidden: 1,
    NotAControlRoom: 3,
    NotFound: 1,
    OutcomeUnknown: 6,
    Redirected: 3,
    Refused: 1,
    ServerError: 1,
    SessionEnded: 5,
    SignInFailed: 5,
    TooManyRequests: 1,
    TooSlow: 4,
    UnexpectedAnswer: 1,
}
"""README's table of exit codes, written down once more so that neither changes alone."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to answer, and what each kind of request must make of it."""

    name: str
    step: Step
    read: tuple[type[A360Error], int]
    """For a list of roles: the error, and how many requests the server sees."""
    sign_in: type[A360Error]
    write: type[A360Error]
    """For making a role, and for the two below unless they differ."""
    generate: type[A360Error] | None = None
    """For making a key, where it is another than for a role."""
    duration: type[A360Error] | None = None
    """For setting the duration, in the same way."""
    body_counts: bool = False
    """The answer says 2xx, and only its body is wrong. The duration's is not read: it is read back instead."""
    limits: Limits = QUICK


def encoded(data: bytes, encoding: str) -> Step:
    return answer(data, headers={"Content-Encoding": encoding})


def broken(name: str, step: Step) -> Fault:
    """The connection ends before the answer is whole."""
    return Fault(name, step, (ConnectionLost, 4), ConnectionLost, OutcomeUnknown)


def silent(name: str, step: Step) -> Fault:
    """The answer takes too long."""
    return Fault(name, step, (TooSlow, 1), TooSlow, OutcomeUnknown, limits=HASTY)


def unreadable(name: str, step: Step) -> Fault:
    """Success by its status, with a body that is no answer."""
    return Fault(name, step, (UnexpectedAnswer, 1), UnexpectedAnswer, OutcomeUnknown, body_counts=True)


def garbled(name: str, step: Step) -> Fault:
    """The body cannot be taken as bytes at all, so nothing is known of any write."""
    return Fault(name, step, (UnexpectedAnswer, 1), UnexpectedAnswer, OutcomeUnknown)


def elsewhere(status: int, write: type[A360Error]) -> Fault:
    """A redirect to another host."""
    step = answer(status=status, headers={"Location": "https://login.example/"})
    return Fault(f"redirect {status}", step, (Redirected, 1), Redirected, write)


def failing(status: int, times: int) -> Fault:
    """A server or a gateway that fails: a write may have been done."""
    return Fault(f"status {status}", refused(status, "Failed."), (ServerError, times), ServerError, OutcomeUnknown)


def limited(name: str, retry_after: str | None, times: int) -> Fault:
    """Too many requests: certainly not done, and not asked again by itself where it is no read."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    step = refused(429, "Slow down.", headers=headers | {"Date": "Sat, 01 Jan 2000 00:00:00 GMT"})
    return Fault(f"429, {name}", step, (TooManyRequests, times), TooManyRequests, TooManyRequests)


WRONG_TYPES = {"list": 1, "token": {"a": 1}, "user": 1, "id": [1], "apiKey": 1, "code": [], "message": {}}

FAULTS = (
    broken("closed after the request", close),
    broken("reset after the request", reset),
    broken("half the head", pieces(b"HTTP/1.1 200 OK\r\nContent-")),
    broken("half the body", cut(b'{"list": [', 100)),
    broken("half a chunk", pieces(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")),
    silent("a hang", hang),
    silent("a head that drips", drip(b"HTTP/1.1 200 OK\r\n" + b"X-Padding: yes\r\n" * 4000)),
    silent("a body that drips", drip(head(200, 10**6) + b" ")),
    silent("a body that hangs", drip(head(200, 10**6))),
    garbled("gzip bomb", encoded(bomb(300, 31), "gzip")),
    garbled("deflate bomb", encoded(bomb(300, 15), "deflate")),
    garbled("9 MB", answer(b" " * (9 * MEGABYTE))),
    garbled("9 MB without a length", pieces(head(200, None) + b" " * (9 * MEGABYTE))),
    garbled("a text of 10 MB", answer({"list": ["x" * (10 * MEGABYTE)], "token": "x" * (10 * MEGABYTE)})),
    garbled("brotli, unasked", encoded(b"x", "br")),
    garbled("gzip that is none", encoded(b"{}", "gzip")),
    garbled("gzip cut off", encoded(gzip.compress(b'{"list": []}')[:-9], "gzip")),
    unreadable("depth 10,000", answer(b"[" * 10_000 + b"]" * 10_000)),
    unreadable("depth 100,000, open", answer(b'{"a":' * 100_000)),
    unreadable("a million values", answer(b'{"list": [' + b"[]," * 1_000_000 + b"[]]}")),
    unreadable("wrong types", answer(WRONG_TYPES)),
    unreadable("an array", answer(b"[]")),
    unreadable("null", answer(b"null")),
    unreadable("empty", answer(b"")),
    unreadable("204", answer(status=204)),
    unreadable("half of the JSON", answer(b'{"list": [')),
    unreadable("NaN", answer(b'{"list": [{"id": NaN}], "token": NaN, "apiKey": NaN}')),
    unreadable("Infinity", answer(b'{"list": [{"id": -Infinity}], "token": 1, "apiKey": Infinity}')),
    unreadable("a name twice", answer(b'{"list": [], "list": [], "token": "a", "token": "b", "id": 1, "id": 2}')),
    unreadable("no UTF-8", answer(b'{"list": [{"id": "\xff"}]}')),
    unreadable("UTF-16", answer('{"list": []}'.encode("utf-16"))),
    unreadable("an error with status 200", answer({"code": "UM1117", "message": "No.", "details": None})),
    unreadable("another content type", answer({"list": []}, content_type="application/octet-stream")),
    Fault("a page with status 200", page(), (UnexpectedAnswer, 1), NotAControlRoom, OutcomeUnknown),
    Fault("400", refused(400, "No."), (BadRequest, 1), BadRequest, BadRequest),
    Fault("401", refused(401, "No."), (SessionEnded, 1), SignInFailed, SessionEnded),
    Fault("403", refused(403, "No."), (Forbidden, 1), SignInFailed, Forbidden),
    Fault("404", refused(404, "No."), (NotFound, 1), NotAControlRoom, NotFound, CallAbsent, CallAbsent),
    Fault("405", refused(405, "No."), (Refused, 1), Refused, Refused, CallAbsent, CallAbsent),
    Fault("408", refused(408, "Late."), (Refused, 1), Refused, OutcomeUnknown),
    Fault("409", refused(409, "No."), (Conflict, 1), Conflict, Conflict),
    Fault("a page with status 403", page(403), (Forbidden, 1), NotAControlRoom, Forbidden),
    limited("without a wait", None, 4),
    limited("0 s", "0", 4),
    limited("negative", "-5", 4),
    limited("10 minutes", "600", 1),
    limited("huge", "9" * 100, 1),
    limited("a date", "Sat, 01 Jan 2000 00:10:00 GMT", 1),
    limited("a date past", "Fri, 31 Dec 1999 00:00:00 GMT", 4),
    limited("junk", "soon", 4),
    failing(500, 1),
    failing(501, 1),
    failing(502, 4),
    failing(503, 4),
    failing(504, 4),
    Fault("a page with status 502", page(502), (ServerError, 4), ServerError, OutcomeUnknown),
    elsewhere(301, Redirected),
    elsewhere(302, OutcomeUnknown),
    elsewhere(303, OutcomeUnknown),
    elsewhere(307, Redirected),
    elsewhere(308, Redirected),
)
