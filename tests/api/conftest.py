"""What the API layer's tests share: rooms at the embedded Control Room, and small limits for one that misbehaves."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from a360tui.api import Address, ControlRoom, Exchange, Limits, Password, parse_address
from a360tui.demo import Running
from a360tui.secret import Secret

QUICK = Limits(connect=30.0, exchange=30.0, generate=30.0, retry_wait=0.0)
"""Generous where a test wants an answer, and no waiting between repetitions."""
HASTY = Limits(connect=0.5, exchange=0.5, generate=0.5, retry_wait=0.0)
"""For what never answers."""

RELEASES = ["v40", "v32", "11.3"]

each_release = pytest.mark.parametrize("control_room", RELEASES, indirect=True)

OpenRoom = Callable[..., AbstractAsyncContextManager[ControlRoom]]


@asynccontextmanager
async def room_at(
    address: Address, limits: Limits = QUICK, *, sign_in: bool = True, **options: Any
) -> AsyncIterator[ControlRoom]:
    """A room at a scripted server, signed in as ``jdoe``; the limits hold from then on."""
    async with ControlRoom(address, limits=QUICK, **options) as room:
        if sign_in:
            await room.sign_in("jdoe", Password(Secret("the-password")))
        hurry(room, limits)
        yield room


def hurry(room: ControlRoom, limits: Limits) -> None:
    """Give a room other limits: only what is to fail must not be waited for long."""
    room._limits = room._transport.limits = limits


@pytest.fixture
def open_room(control_room: Running) -> OpenRoom:
    """Opens a room at the embedded Control Room, signed in as one of its accounts; ``None`` for nobody."""

    @asynccontextmanager
    async def opened(username: str | None = "admin", **options: Any) -> AsyncIterator[ControlRoom]:
        async with ControlRoom(parse_address(control_room.url), **options) as room:
            if username is not None:
                await room.sign_in(username, Password(Secret(control_room.account(username).password)))
            yield room

    return opened


@pytest.fixture
def exchanges() -> list[Exchange]:
    """Collects exchanges: pass its ``append`` as listener."""
    return []
