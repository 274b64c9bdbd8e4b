"""An event loop whose look-ups of host names hold nobody up, and whose cancelled timers keep nothing.

asyncio looks names up in threads that Python waits for at its end: where a name server is silent, a program that was
interrupted would stay for another minute. Here each look-up has a thread of its own that ends with the process.
"""

import asyncio
import socket
import threading
from contextlib import suppress
from typing import Any


class EventLoop(asyncio.SelectorEventLoop):
    """The system's event loop but for names, and for what timers keep."""

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """What `asyncio.TimerHandle.cancel` tells its loop, in every release from 3.11 on.

        asyncio keeps a cancelled timer until it would have been due, and with its context all that it was set by: for
        the deadline of a request a worker, its screen, and each widget there.
        """
        handle._context = None  # type: ignore[attr-defined]  # noqa: SLF001 - no call lets go of it
        super()._timer_handle_cancelled(handle)  # type: ignore[misc]  # typeshed leaves it out

    async def getaddrinfo(
        self,
        host: bytes | str | None,
        port: bytes | str | int | None,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002 - asyncio's name for it
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """Look the name up; whoever is cancelled does not wait for the answer."""
        found: asyncio.Future[list[Any]] = self.create_future()

        def settle(addresses: list[Any] | None, error: OSError | UnicodeError | None) -> None:
            if found.done():
                return
            if error is not None:
                found.set_exception(error)
            else:
                found.set_result(addresses or [])

        def look_up() -> None:
            addresses, failed = None, None
            try:
                addresses = socket.getaddrinfo(host, port, family, type, proto, flags)
            except (OSError, UnicodeError) as error:
                failed = error
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self.call_soon_threadsafe(settle, addresses, failed)

        threading.Thread(target=look_up, name="look-up", daemon=True).start()
        return await found
