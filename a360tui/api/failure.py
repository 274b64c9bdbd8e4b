"""What it means when no whole answer came.

The line that matters runs where the first byte of the request left: before it nothing can have been done, after it a
write may have been.
"""

import socket
import ssl
from collections.abc import Iterator

from a360tui.api.answer import LOOK_FIRST
from a360tui.api.errors import (
    ConnectionLost,
    ConnectionRefused,
    NameNotFound,
    NotAControlRoom,
    NotReachable,
    OutcomeUnknown,
    TooSlow,
    UnexpectedAnswer,
)
from a360tui.api.http_library import httpx
from a360tui.api.request import Request
from a360tui.api.tls import tls_failure
from a360tui.errors import A360Error

_BROKEN_OFF = ("disconnected", "closed connection", "without sending")
"""What h11 and httpcore say, among others, of a connection that ended; all else is no HTTP."""


def failure(error: Exception, request: Request, host: str, *, sent: bool, answered: bool) -> A360Error:
    """The error for whatever the HTTP library raised.

    ``sent`` says whether the request had begun to leave, ``answered`` whether the answer's head had come. The outcome
    has nothing of ``error`` in it: that may hold the request, and with it a secret.
    """
    if not sent:
        return _not_connected(error, host)
    if request.is_write:
        return OutcomeUnknown(
            f"Whether the Control Room could {request.purpose} is not known: the connection broke before its answer.",
            LOOK_FIRST,
        )
    if isinstance(error, httpx.RemoteProtocolError) and not any(words in str(error) for words in _BROKEN_OFF):
        if not answered:
            return NotAControlRoom(
                f"What answers at {host} speaks no HTTP.", "Check the port: another service may listen there."
            )
        return UnexpectedAnswer(f"Could not {request.purpose}: the answer is no valid HTTP.")
    return ConnectionLost(
        f"Could not {request.purpose}: the connection to {host} broke before the answer was whole.", "Try again."
    )


def too_late(request: Request, host: str, seconds: float, *, sent: bool) -> A360Error:
    """The error for a deadline that passed."""
    if not sent:
        return NotReachable(
            f"No connection to {host} within {seconds:g} s; nothing was sent.", "Check the address and the network."
        )
    if request.is_write:
        return OutcomeUnknown(
            f"Whether the Control Room could {request.purpose} is not known: no whole answer within {seconds:g} s.",
            LOOK_FIRST,
        )
    return TooSlow(
        f"Could not {request.purpose}: no whole answer from {host} within {seconds:g} s.",
        "Try again; the Control Room or the network may be busy.",
    )


def _not_connected(error: Exception, host: str) -> NotReachable:
    for cause in _causes(error):
        known = _known_cause(cause, host)
        if known is not None:
            return known
    if isinstance(error, httpx.ProxyError):
        return NotReachable(
            f"The proxy from the environment did not connect to {host}.", "Check HTTPS_PROXY and NO_PROXY."
        )
    if isinstance(error, httpx.TimeoutException):
        return NotReachable(f"{host} does not answer; nothing was sent.", "Check the address and the network.")
    return NotReachable(f"No connection to {host}; nothing was sent.", "Check the address and the network.")


def _known_cause(cause: BaseException, host: str) -> NotReachable | None:
    if isinstance(cause, ssl.SSLWantReadError | ssl.SSLWantWriteError):
        return None  # it waited for more, and what came instead is another cause
    if isinstance(cause, ConnectionResetError | BrokenPipeError):
        return ConnectionLost(f"{host} broke the connection at once; nothing was sent.", "Try again.")
    if isinstance(cause, ssl.SSLError):
        return tls_failure(cause, host)
    if isinstance(cause, socket.gaierror):
        return NameNotFound(f"No host is called {host}.", "Check the address for a typing error, and the network.")
    if isinstance(cause, ConnectionRefusedError | FileNotFoundError):
        return ConnectionRefused(f"Nothing listens at {host}.", "Check the address and the port.")
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all it came from."""
    pending, seen = [error], set[int]()
    while pending:
        one = pending.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        pending += [cause for cause in (one.__cause__, one.__context__) if cause is not None]
        if isinstance(one, BaseExceptionGroup):
            pending += one.exceptions
