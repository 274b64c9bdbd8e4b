"""The error for an exchange that ended without a whole answer.

What matters is whether the first byte of the request had left: before that nothing can have been done, after it a write
may have been.
"""

import socket
import ssl
from collections.abc import Iterator
from http import HTTPStatus

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

_CHECK_NETWORK = "Check the address and the network."
_CHECK_PROXY = "The environment names this proxy: check HTTPS_PROXY, ALL_PROXY and NO_PROXY."
_BROKEN_OFF = ("disconnected", "closed connection", "without sending")
"""What h11 and httpcore say about a connection that was closed; anything else they say means that it is not HTTP."""


def failure(
    error: Exception, request: Request, host: str, *, proxy: str = "", through: bool, sent: bool, answered: bool
) -> A360Error:
    """The error for whatever the HTTP library raised.

    ``proxy`` is the proxy's name for people; ``through`` says whether its tunnel stood, ``sent`` whether the request
    had begun to leave, ``answered`` whether the answer's head had come. The result keeps nothing of ``error``, which
    may hold the request, and a secret in it.
    """
    if not sent:
        return not_connected(error, host, proxy, through=through)
    if request.is_write:
        return OutcomeUnknown(
            f"Whether the Control Room could {request.purpose} is not known: the connection broke before its answer.",
            LOOK_FIRST,
        )
    if isinstance(error, httpx.RemoteProtocolError) and not any(words in str(error) for words in _BROKEN_OFF):
        if not answered:
            return NotAControlRoom(
                f"What answers at {host} does not speak HTTP.", "Check the port: another service may listen there."
            )
        return UnexpectedAnswer(f"Could not {request.purpose}: the answer is not valid HTTP.")
    return ConnectionLost(
        f"Could not {request.purpose}: the connection to {host} broke before the answer was whole.", "Try again."
    )


def too_late(request: Request, host: str, seconds: float, *, proxy: str = "", sent: bool) -> A360Error:
    """The error for a deadline that passed."""
    if not sent:
        through = f" through the proxy {proxy}" if proxy else ""
        return NotReachable(
            f"No connection to {host}{through} within {seconds:g} s; nothing was sent.",
            _CHECK_PROXY if proxy else _CHECK_NETWORK,
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


def not_connected(error: Exception, host: str, proxy: str = "", *, through: bool = False) -> NotReachable:
    """The error for a connection that could not be made, whichever library reports it; both names are for people."""
    for cause in _causes(error):
        known = _known_cause(cause, host, "" if through else proxy)
        if known is not None:
            return known
    if isinstance(error, httpx.ProxyError):
        return not_let_through(str(error), host, proxy)
    peer = f"The proxy {proxy}" if proxy else host
    hint = _CHECK_PROXY if proxy else _CHECK_NETWORK
    if isinstance(error, httpx.TimeoutException):
        return NotReachable(f"{peer} does not answer; nothing was sent.", hint)
    return NotReachable(f"No connection to {host}; nothing was sent.", hint)


def not_let_through(answer: str, host: str, proxy: str) -> NotReachable:
    """The error for a proxy that made no tunnel; its answer begins with the status."""
    if answer.startswith(f"{HTTPStatus.PROXY_AUTHENTICATION_REQUIRED} "):
        return NotReachable(
            f"The proxy {proxy} wants a user and a password of its own; nothing was sent to {host}.",
            "Put them into HTTPS_PROXY, or name the Control Room in NO_PROXY.",
        )
    return NotReachable(f"The proxy {proxy} did not connect to {host}; nothing was sent.", _CHECK_PROXY)


def _known_cause(cause: BaseException, host: str, proxy: str) -> NotReachable | None:
    if isinstance(cause, ssl.SSLWantReadError | ssl.SSLWantWriteError):
        return None  # it waited for more, and what came instead is another cause
    peer = f"the proxy {proxy}" if proxy else host
    if isinstance(cause, ConnectionResetError | BrokenPipeError):
        return ConnectionLost(f"No connection: {peer} broke it off at once; nothing was sent.", "Try again.")
    if isinstance(cause, ssl.SSLError):
        return tls_failure(cause, peer)
    if isinstance(cause, socket.gaierror | UnicodeError):
        hint = _CHECK_PROXY if proxy else "Check the address for a typing error, and the network."
        return NameNotFound(f"No host is called {proxy or host}.", hint)
    if isinstance(cause, ConnectionRefusedError | FileNotFoundError):
        hint = _CHECK_PROXY if proxy else "Check the address and the port."
        return ConnectionRefused(f"Nothing listens at {peer}.", hint)
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all its causes."""
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
