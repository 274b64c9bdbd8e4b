"""Import what the next screens need while the person reads the first one."""

import gc
from importlib import import_module
from threading import Thread

_NEXT = (
    "a360tui.tui.screens.workflow",
    "a360tui.tui.session",
    "a360tui.api.control_room",
    "a360tui.api.tls",
    "a360tui.storage.vault",
    "a360tui.storage.os_keyring",
)
"""In the order in which they are needed: the screens, HTTP, the keyring, age."""


def import_ahead() -> None:
    """Start importing in a thread; code that needs a module meanwhile waits for that module only."""
    Thread(target=_import, name="import-ahead", daemon=True).start()


def _import() -> None:
    try:
        for name in _NEXT:
            import_module(name)
        # What is there now stays; collecting what screens leave behind need not look at it again.
        gc.collect()
        gc.freeze()
    finally:
        gc.enable()
