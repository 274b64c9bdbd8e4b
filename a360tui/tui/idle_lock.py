"""`IdleLock`: after a while without input, no secret can be reached until somebody signs in again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from a360tui.api.token import elapsed
from a360tui.tui.screen import A360Screen

if TYPE_CHECKING:
    from a360tui.tui.app import A360App

DEFAULT_TIME = timedelta(minutes=15)
"""How long it takes without a key or a click until the app locks."""

_SIGN_OUT_TIME = 3.0
"""Seconds to wait for the sign-out; on this side the token is dropped at once, or as soon as its renewal has ended."""


class IdleLock:
    """Measures the time without a key or a click, time asleep included, and locks the app when it is up."""

    def __init__(self, app: A360App, after: timedelta | None, now: Callable[[], float] = elapsed) -> None:
        """``after`` of ``None`` never locks."""
        self._app = app
        self._after = after
        self._now = now
        self._last = now()
        self.is_locked = False
        self._dropping: asyncio.Task[None] | None = None
        self.is_locking = False
        """Whether it is locked, and the dialog that covers the screens is not there yet."""

    def notice(self) -> None:
        """Note that there was input."""
        self._last = self._now()

    def look(self) -> bool:
        """Lock if it is time; gives whether it did.

        Waits while a write is under way, and while a key is in this process only.
        """
        app = self._app
        if self.is_locked or self._after is None or self._now() - self._last < self._after.total_seconds():
            return False
        if app.writes.under_way or (app.session is not None and app.session.key_at_risk):
            return False
        self.is_locked = self.is_locking = True
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
            self.is_locked = self.is_locking = False
            self.notice()

    async def _ask(self) -> bool:
        """Drop the token, and wait until somebody has signed in."""
        from a360tui.tui.dialogs.locked import LockedDialog

        session = self._app.session
        if session is None:
            return False
        # Not cancelled: it may still wait for a renewal, whose token would be a live one behind the dialog.
        self._dropping = asyncio.create_task(session.lock())
        await asyncio.wait({self._dropping}, timeout=_SIGN_OUT_TIME)
        self._show_top_lines()
        self.is_locking = False
        signed_in = await self._app.push_screen_wait(LockedDialog(session))
        self._show_top_lines()
        return signed_in

    def _show_top_lines(self) -> None:
        """Tell the token's time, also behind a dialog."""
        for screen in self._app.screen_stack:
            if isinstance(screen, A360Screen):
                screen.show_top_line()

    def hide_secrets(self) -> None:
        """Hide any secret that is shown."""
        from a360tui.tui.dialogs.key import KeyDialog

        for screen in self._app.screen_stack:
            if isinstance(screen, KeyDialog):
                screen.hide()
