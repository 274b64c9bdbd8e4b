"""`OSKeyring`: the operating system's keyring, called in a daemon thread, and checked after every change.

The ``keyring`` library is imported in that thread: that takes a quarter of a second, and finding a back-end may hang.
Where no keyring can be, as in most SSH sessions, it is not imported at all, which is 2 MB of memory.
"""

import logging
import os
import secrets
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from a360tui.secret import Secret
from a360tui.storage.errors import (
    KeyringFailed,
    KeyringLocked,
    KeyringSilent,
    KeyringUntrue,
    KeyringUnusable,
    NoKeyring,
)
from a360tui.storage.limited_call import LimitedCall
from a360tui.text import harmless, shortened

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

TRUSTED: Final = {
    "keyring.backends.SecretService.Keyring": "Secret Service",
    "keyring.backends.libsecret.Keyring": "libsecret",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.kwallet.DBusKeyringKWallet4": "KWallet",
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Manager",
}
"""The back-ends that encrypt and that belong to the operating system, by class, with their names for people."""

LIMIT = 3.0
"""Seconds that a keyring may take to answer."""

_NONE: Final = {
    "keyring.backends.fail.Keyring",
    "keyring.backends.null.Keyring",
    "keyring.backends.chainer.ChainerBackend",
}
"""The library's back-ends for "no keyring"; a chainer is unwrapped first, so one is left only if it is empty."""

_CHOSEN: Final = "PYTHON_KEYRING_BACKEND"

_WAYS_TO_A_BUS: Final = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY")
"""Where a session's D-Bus is looked for: its address, or by libdbus and GLib through the display."""

_SILENCE = logging.NullHandler()
"""Without a handler the library's warnings would land on stderr, in the middle of a screen."""

_NONE_HERE: Final = "The operating system has no keyring here."

_turn = threading.Lock()
"""Lets one call at the keyring, whichever `OSKeyring` makes it: two prompts would hide one another."""


class OSKeyring:
    """The entries of one service in the operating system's keyring.

    Each method gives a `LimitedCall`: ``await`` it, or ``.wait()`` for it. All raise a `KeyringUnusable`: `NoKeyring`,
    `KeyringLocked`, `KeyringSilent` (no answer within the limit), `KeyringFailed`, `KeyringUntrue`. An entry that is
    not there is no error.
    """

    def __init__(self, service: str, *, limit: float = LIMIT, trusted: dict[str, str] = TRUSTED) -> None:
        self._service = service
        self._limit = limit
        self._trusted = trusted

    def backend(self) -> LimitedCall[str]:
        """The name, for people, of the back-end in use."""
        return self._call(self._name_of)

    def get(self, name: str) -> LimitedCall[Secret | None]:
        """The entry; None where the keyring answers that there is none."""

        def get(backend: "KeyringBackend") -> Secret | None:
            text = backend.get_password(self._service, name)
            return None if text is None else Secret(text)

        return self._call(get)

    def put(self, name: str, secret: Secret) -> LimitedCall[None]:
        """Write the entry and read it back."""

        def put(backend: "KeyringBackend") -> None:
            backend.set_password(self._service, name, secret.reveal())
            if backend.get_password(self._service, name) != secret.reveal():
                raise KeyringUntrue(
                    f"{self._name_of(backend)} said that it saved an entry, and gives back something else.",
                    "Do not rely on it.",
                )

        return self._call(put, quotable=False)

    def delete(self, name: str) -> LimitedCall[bool]:
        """Delete the entry and see that it is gone; False where there was none."""

        def delete(backend: "KeyringBackend") -> bool:
            if backend.get_password(self._service, name) is None:
                return False
            backend.delete_password(self._service, name)
            if backend.get_password(self._service, name) is not None:
                raise KeyringUntrue(
                    f"{self._name_of(backend)} said that it deleted an entry, and still has it.",
                    "Delete it with the keyring's own program.",
                )
            return True

        return self._call(delete)

    def check(self) -> LimitedCall[str]:
        """Try the keyring out by writing, reading and deleting a dummy entry; gives the back-end's name for people."""

        def check(backend: "KeyringBackend") -> str:
            name, value = f"check {secrets.token_hex(8)}", secrets.token_urlsafe(24)
            backend.set_password(self._service, name, value)
            same = backend.get_password(self._service, name) == value
            backend.delete_password(self._service, name)
            if not same or backend.get_password(self._service, name) is not None:
                raise KeyringUntrue(
                    f"{self._name_of(backend)} does not give back what is written into it, or keeps what is deleted.",
                    "Do not rely on it.",
                )
            return self._name_of(backend)

        return self._call(check)

    def _call(self, operation: Callable[["KeyringBackend"], T], *, quotable: bool = True) -> LimitedCall[T]:
        def work() -> T:
            try:
                return operation(self._backend())
            except KeyringUnusable:
                raise
            except Exception as error:  # noqa: BLE001  # a back-end may raise anything
                trouble = _in_words(error, quotable=quotable)
            # Raised out here, so that it carries no trace of the back-end's frames, which may hold a secret.
            raise trouble

        return LimitedCall(work, limit=self._limit, turn=_turn, too_late=lambda: KeyringSilent(self._limit))

    def _backend(self) -> "KeyringBackend":
        """The back-end behind any chainer, if it is a trusted one; raises `NoKeyring`, `KeyringFailed`."""
        if _cannot_be():
            raise NoKeyring(_NONE_HERE)
        logging.getLogger("keyring").addHandler(_SILENCE)
        import keyring
        from keyring.backends.chainer import ChainerBackend

        backend = keyring.get_keyring()
        if isinstance(backend, ChainerBackend):
            # It writes to the first of these; used directly, so that the others make no difference.
            backend = next(iter(backend.backends), backend)
        if _class_name(backend) in self._trusted:
            return backend
        if _class_name(backend) in _NONE:
            raise NoKeyring(_NONE_HERE)
        raise NoKeyring(
            f"The keyring here is {harmless(_class_name(backend))}, which is not one that a360tui trusts.",
            "Nothing was written into it.",
        )

    def _name_of(self, backend: "KeyringBackend") -> str:
        return self._trusted[_class_name(backend)]


def _cannot_be() -> bool:
    """Whether the environment alone says that there is none, where the library is not in memory anyway.

    All that are trusted on Linux are spoken to over the session's D-Bus.
    """
    if "keyring" in sys.modules or sys.platform in {"darwin", "win32"}:
        return False
    if chosen := os.environ.get(_CHOSEN):
        return chosen in _NONE
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    return not any(os.environ.get(each) for each in _WAYS_TO_A_BUS) and not Path(runtime, "bus").exists()


def _class_name(backend: "KeyringBackend") -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _in_words(error: BaseException, *, quotable: bool) -> KeyringUnusable:
    """What a back-end raised, as one of ours; its text is quoted only where no secret was handed to it."""
    seen: BaseException | None = error
    while seen is not None:
        if type(seen).__name__ in {"KeyringLocked", "LockedException", "PromptDismissedException"}:
            return KeyringLocked()
        if type(seen).__name__ == "NoKeyringError":
            return NoKeyring(_NONE_HERE)
        seen = seen.__cause__
    said = f": {harmless(shortened(str(error), 200))}" if quotable and str(error) else ""
    return KeyringFailed(
        f"Your keyring failed ({type(error).__name__}{said}).", "Secrets that it guards are out of reach."
    )
