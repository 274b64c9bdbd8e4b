"""What is typed and clicked, handed on in its order: each finds the focus where the one before has left it."""

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
"""Seconds after which a key is not waited for any more when another one comes: it must not lock the keyboard."""

_DRAWN = 0.02
"""Seconds in which what a key brings is drawn: for so long its end is looked for only where something waits for it."""

_WALKS = 2
"""The key goes up from the focus to the app, which does what it is bound to; then what that has posted goes up."""


class InputQueue:
    """Hands on what comes after a key only when that was handled to its end.

    Textual hands a letter to the widget that has the focus when the letter comes, and a bound key goes up through all
    that is around that widget first: of a Tab and a letter in one piece, the letter would be there before the focus is.
    """

    def __init__(self, app: App[Any], hand_on: Callable[[Input], Awaitable[None]]) -> None:
        """``hand_on`` is awaited in the app's own task; nothing is handed on before `begin`."""
        self._app = app
        self._hand_on = hand_on
        self._waiting: deque[Input] = deque()
        self._under_way: asyncio.Task[None] | None = None
        """Waits for the end of the key that was handed on last."""
        self._since = 0.0
        self._is_waited_for = asyncio.Event()
        """Something came behind the key that is under way."""
        self._is_held = True

    async def begin(self) -> None:
        """Hand on what has come so far, and from now on what comes; await it in the app's own task."""
        self._is_held = False
        await self._hand_on_waiting()

    def end(self) -> None:
        """Hand nothing on any more."""
        self._is_held = True

    async def take(self, event: Input) -> None:
        """Hand this on when its turn has come, which is now where nothing is under way; await it as `begin`."""
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
        """Whether it may move the focus; not a letter that the field takes, behind which the next one is in order."""
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
    """Wait until a node has handled all that was posted to it so far; not for one that is closing."""
    handled = asyncio.Event()
    if node.call_later(handled.set):
        await handled.wait()
