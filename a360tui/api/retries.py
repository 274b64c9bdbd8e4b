"""Reads are sent again where that may help; nothing else ever is."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from a360tui.api.errors import ConnectionLost, ConnectionRefused, ServerError, TooManyRequests
from a360tui.api.limits import Limits

T = TypeVar("T")

_PASSING = frozenset({502, 503, 504})
"""The answers of a gateway, or of a server that is starting."""
_MAY_PASS = (ConnectionRefused, ConnectionLost, TooManyRequests, ServerError)


def may_pass(error: Exception, limits: Limits) -> bool | float:
    """Whether sending a read again may help, and how many seconds to wait first, where the Control Room says."""
    if isinstance(error, ConnectionRefused | ConnectionLost):
        return True
    if isinstance(error, TooManyRequests) or (isinstance(error, ServerError) and error.status in _PASSING):
        if error.retry_after is None:
            return True
        seconds = error.retry_after.total_seconds()
        return seconds if seconds <= limits.longest_retry_wait else False
    return False


async def repeated(read: Callable[[], Awaitable[T]], limits: Limits) -> T:
    """What ``read`` gives, after as many attempts as it takes, within the limits.

    Retried are connections that could not be made or broke, 429, and 502 to 504. A ``Retry-After`` is waited for,
    unless it is longer than the limit: then the error is raised.
    """
    try:
        return await read()
    except _MAY_PASS as error:
        first = error
    return await _repeated(read, first, limits)


async def _repeated(read: Callable[[], Awaitable[T]], first: Exception, limits: Limits) -> T:
    """The attempts after the first; only here is the library loaded, which most runs do not need."""
    import stamina
    from stamina.instrumentation import set_on_retry_hooks

    # Its default hooks write to the terminal that screens are drawn on; each attempt is an exchange for the listener.
    set_on_retry_hooks([])

    async for attempt in stamina.retry_context(
        lambda error: may_pass(error, limits),
        attempts=limits.read_attempts,
        timeout=None,
        wait_initial=limits.retry_wait,
        wait_max=limits.longest_retry_wait,
        wait_jitter=limits.retry_wait,
    ):
        with attempt:
            if attempt.num == 1:
                raise first
            return await read()
    raise RuntimeError("stamina gives at least one attempt")
