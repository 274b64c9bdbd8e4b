"""`InputQueue`: keys and clicks in their order, each handled with the focus where the one before has left it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import events

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode

Input = events.InputEvent | events.Paste

_LONGEST = 1.0
"""Seconds to wait for the handling of a key when another one comes, so that no key can lock the keyboard."""

_DRAWN = 0.02
"""Seconds in which what a key brings is drawn: for so long its end is looked for only where something waits for it."""

_WALKS = 2
"""A key bubbles from the focus to the app, which runs its binding; then what that has posted bubbles."""


class InputQueue:
    """Passes on an event only after the key before it was handled completely.

    Textual sends a letter to the widget that has the focus when the letter arrives, while a bound key bubbles through
    all containers first: if a Tab and a letter arrive together, the letter would be sent before the focus has moved.
    """

    def __init__(self, app: App[Any], hand_on: Callable[[Input], Awaitable[None]]) -> None:
        """``hand_on`` is awaited in the app's own task; nothing is passed on before `begin`."""
        self._app = app
        self._hand_on = hand_on
        self._waiting: deque[Input] = deque()
        self._under_way: asyncio.Task[None] | None = None
        """Waits until the last key is handled."""
        self._since = 0.0
        self._is_waited_for = asyncio.Event()
        """Set when an event arrives while a key is being handled."""
        self._is_held = True

    async def begin(self) -> None:
        """Pass on what has arrived so far, and everything from now on; await it in the app's own task."""
        self._is_held = False
        await self._hand_on_waiting()

    def end(self) -> None:
        """Stop passing anything on."""
        self._is_held = True

    async def take(self, event: Input) -> None:
        """Pass an event on when its turn comes, which is at once if nothing is being handled; await it like `begin`."""
        self._waiting.append(event)
        self._is_waited_for.set()
        if monotonic() - self._since > _LONGEST:
            self._under_way = None
        await self._hand_on_waiting()

    async def _hand_on_waiting(self) -> None:
        while self._waiting and self._under_way is None and not self._is_held:
            event = self._waiting.popleft()
            path, goes_up = self._path(), self._goes_up(event)
            await self._hand_on(event)
            if goes_up:
                self._since = monotonic()
                self._is_waited_for.clear()
                self._under_way = asyncio.create_task(self._wait_for_its_end(path))

    def _goes_up(self, event: Input) -> bool:
        """Whether an event may move the focus, so that the next one has to wait.

        A letter typed into a field does not.
        """
        focused = self._app.focused
        if isinstance(event, events.Key):
            return focused is None or not focused.check_consume_key(event.key, event.character)
        return isinstance(event, events.Paste)

    def _path(self) -> list[DOMNode]:
        return (self._app.focused or self._app.screen).ancestors_with_self

    async def _wait_for_its_end(self, path: list[DOMNode]) -> None:
        if not self._waiting:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_waited_for.wait(), _DRAWN)
        for _ in range(_WALKS):
            for node in path:
                await all_handled(node)
            path = self._path()
        self._app.call_later(self._ended, asyncio.current_task())

    async def _ended(self, task: asyncio.Task[None]) -> None:
        if task is self._under_way:
            self._under_way = None
            await self._hand_on_waiting()


async def all_handled(node: DOMNode) -> None:
    """Wait until a node has handled everything posted to it so far, unless it is closing."""
    handled = asyncio.Event()
    # As `call_later` does, which looks at the signature of each callback anew.
    if node.post_message(events.Callback(callback=handled.set)):
        await handled.wait()
