"""An event loop whose look-ups of host names hold nobody up.

asyncio looks names up in threads that Python waits for at its end: where a name server is silent, a program that was
interrupted would stay for another minute. Here each look-up has a thread of its own that ends with the process.
"""

import asyncio
import socket
import threading
from contextlib import suppress
from typing import Any


class EventLoop(asyncio.SelectorEventLoop):
    """The system's event loop but for names."""

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
