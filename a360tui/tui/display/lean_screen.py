"""A screen that keeps little memory while it cannot be seen, and leaves none behind when it is closed."""

from __future__ import annotations

import gc
from functools import partial
from typing import cast

from textual.app import App
from textual.screen import Screen

_TAKEN_DOWN = 0.3
"""Seconds after which nobody works on a closed screen any more."""

_DRAWN = 0.1
"""Seconds after which those behind are drawn."""


class LeanScreen:
    """Behind another screen it forgets what its widgets drew; closed, it is collected soon.

    Each line of each widget that is drawn costs more than a kilobyte in Textual's caches. A closed screen is a web of
    cycles, and Python collects the oldest generation only when it has grown by a quarter.
    """

    @property
    def is_current(self) -> bool:
        """Whether it is seen, in front or behind dialogs alone; else it is neither laid out nor drawn.

        Textual draws the one right behind an opaque screen, too, and the one in front anew with it.
        """
        screen = cast("Screen[object]", self)
        stack = screen.app.screen_stack
        return screen in stack and all(each.is_modal for each in stack[stack.index(screen) + 1 :])

    def on_screen_suspend(self) -> None:
        """Forget what was drawn, unless a dialog alone is before it: then it is still seen."""
        screen = cast("Screen[object]", self)
        if screen.is_attached and not screen.app.screen.is_modal:
            for widget in screen.walk_children(with_self=True):
                widget.refresh()

    def on_unmount(self) -> None:
        """Collect what it leaves, once it is taken down and the next key is answered."""
        app = cast("Screen[object]", self).app
        app.set_timer(_TAKEN_DOWN, partial(_collect, app))


def _collect(app: App[object]) -> None:
    """Have closed screens collected.

    A screen behind may still hold a call of one, for when it is drawn: Textual lays it out for the screen in front and
    then forgets that it had to be drawn.
    """
    for each in app.screen_stack:
        each.check_idle()
    app.set_timer(_DRAWN, gc.collect)
