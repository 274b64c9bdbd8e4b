"""From the options to a signed-in Control Room, and back out of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from a360tui.cli.credential import read_credential
from a360tui.cli.options import CONTROL_ROOM_VARIABLE, USERNAME_VARIABLE
from a360tui.cli.output import say, silence_logs
from a360tui.errors import A360Error, InvalidInput
from a360tui.text import harmless

if TYPE_CHECKING:
    from a360tui.api import ControlRoom, Credential, Exchange
    from a360tui.cli.options import CommonOptions
    from a360tui.workflow.destination import Destination

Result = TypeVar("Result")

SIGN_OUT_TIME = 3.0
"""Seconds that leaving waits for the sign-out; without it the token ends by itself."""


def connected(
    options: CommonOptions, work: Callable[[ControlRoom], Awaitable[Result]], *, keep_token: bool = False
) -> Result:
    """Sign in as the options say, do ``work``, and sign out again, unless the token is what is wanted."""
    destination = destination_of(options)
    username = username_of(options)
    return run(_session(destination, username, read_credential(options, username), work, keep_token=keep_token))


def destination_of(options: CommonOptions) -> Destination:
    """Where the options point to; `InvalidInput` where they do not."""
    from a360tui.api import parse_address
    from a360tui.workflow.destination import Destination

    text = options.address_text
    if text is None:
        raise InvalidInput("No Control Room is given.", f"Give --control-room URL, or set {CONTROL_ROOM_VARIABLE}.")
    return Destination(parse_address(text), ca_file=options.ca_file, listener=_say_exchange if options.trace else None)


def username_of(options: CommonOptions) -> str:
    """Who signs in; `InvalidInput` where the options do not say."""
    text = options.username_text
    if text is None:
        raise InvalidInput("No user name is given.", f"Give --username NAME, or set {USERNAME_VARIABLE}.")
    if not text.strip():
        raise InvalidInput("The user name is empty.", "Give the name that the user signs in with.")
    return text


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it in an event loop. Ctrl-C ends it as ``KeyboardInterrupt``."""
    import asyncio

    silence_logs()
    return asyncio.run(work)


async def _session(
    destination: Destination,
    username: str,
    credential: Credential,
    work: Callable[[ControlRoom], Awaitable[Result]],
    *,
    keep_token: bool,
) -> Result:
    import asyncio

    async with destination.open() as room:
        await room.sign_in(username, credential)
        try:
            return await work(room)
        finally:
            if not keep_token:
                with suppress(A360Error, TimeoutError):
                    await asyncio.wait_for(room.sign_out(), SIGN_OUT_TIME)


def _say_exchange(exchange: Exchange) -> None:
    outcome = exchange.error or "no answer" if exchange.status is None else str(exchange.status)
    say(harmless(f"{exchange.method} {exchange.path} {outcome} {exchange.milliseconds:.0f} ms"))
