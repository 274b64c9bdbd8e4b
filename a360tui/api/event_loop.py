"""An event loop for the program: quick to end, without a memory for cancelled timers, and signals reach its thread.

asyncio looks names up in threads that Python waits for when it ends: with a silent name server, a program that was
interrupted would hang for another minute. Here each look-up has a daemon thread of its own.
"""

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from a360tui.threads import leave_signals_alone


class EventLoop(asyncio.SelectorEventLoop):
    """The system's event loop, but for host names, for what timers keep, and for signals."""

    def __init__(self) -> None:
        super().__init__()
        self.set_default_executor(ThreadPoolExecutor(initializer=leave_signals_alone))

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Free what a cancelled timer holds.

        `asyncio.TimerHandle.cancel` calls this in every release from 3.11 on. asyncio keeps a cancelled timer until it
        would have been due, together with its context: for the deadline of a request, that is a worker, its screen, and
        every widget on it.
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
        """Look the name up; a caller that is cancelled does not wait for the answer."""
        found: asyncio.Future[list[Any]] = self.create_future()

        def settle(addresses: list[Any] | None, error: OSError | UnicodeError | None) -> None:
            if found.done():
                return
            if error is not None:
                found.set_exception(error)
            else:
                found.set_result(addresses or [])

        def look_up() -> None:
            leave_signals_alone()
            addresses, failed = None, None
            try:
                addresses = socket.getaddrinfo(host, port, family, type, proto, flags)
            except (OSError, UnicodeError) as error:
                failed = error
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self.call_soon_threadsafe(settle, addresses, failed)

        threading.Thread(target=look_up, name="look-up", daemon=True).start()
        return await found
