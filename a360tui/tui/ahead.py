"""What the second step needs, imported while the first screen is read."""

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
"""In the order in which they are needed: the screens, HTTP, the keyring, the age file."""


def import_ahead() -> None:
    """Begin to import in a thread; whoever needs a module before that is done waits for it alone."""
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
