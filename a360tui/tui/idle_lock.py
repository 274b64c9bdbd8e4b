"""The idle lock: once nobody has been there for a while, no secret is in reach until somebody signs in again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from a360tui.api.token import elapsed

if TYPE_CHECKING:
    from a360tui.tui.app import A360App

DEFAULT_TIME = timedelta(minutes=15)
"""How long nobody may press a key or click before it locks."""

_SIGN_OUT_TIME = 3.0
"""Seconds for telling the Control Room; here the token is gone at once."""


class IdleLock:
    """Counts the time without a key or a click, time asleep included, and locks the app when it is up."""

    def __init__(self, app: A360App, after: timedelta | None, now: Callable[[], float] = elapsed) -> None:
        """``after`` of ``None`` never locks."""
        self._app = app
        self._after = after
        self._now = now
        self._last = now()
        self.is_locked = False

    def notice(self) -> None:
        """Somebody is there."""
        self._last = self._now()

    def look(self) -> bool:
        """Lock where it is time, and give whether it did.

        Not while a write is on its way, nor while a key is in this process only: then after it.
        """
        app = self._app
        if self.is_locked or self._after is None or self._now() - self._last < self._after.total_seconds():
            return False
        if app.writes or (app.session is not None and app.session.key_at_risk):
            return False
        self.is_locked = True
        app.run_worker(self._lock(), group="lock", exit_on_error=False, description="lock")
        return True

    async def _lock(self) -> None:
        app = self._app
        try:
            self.hide_secrets()
            app.stores.lock()
            if app.session is not None:
                await app.signing_in.sign_in_again(self._ask)
        finally:
            self.is_locked = False
            self.notice()

    async def _ask(self) -> bool:
        """Drop the token, and wait until somebody has signed in."""
        from a360tui.tui.dialogs.locked import LockedDialog

        session = self._app.session
        if session is None:
            return False
        dropping = asyncio.create_task(session.lock())
        with suppress(TimeoutError):
            await asyncio.wait_for(dropping, _SIGN_OUT_TIME)
        return await self._app.push_screen_wait(LockedDialog(session))

    def hide_secrets(self) -> None:
        """Take what is revealed off the screen."""
        from a360tui.tui.dialogs.key import KeyDialog

        for screen in self._app.screen_stack:
            if isinstance(screen, KeyDialog):
                screen.hide()
