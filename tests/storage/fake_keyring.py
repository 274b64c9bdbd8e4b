"""Back-ends for the ``keyring`` library that behave in the ways in which keyrings misbehave."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from jaraco.classes import properties
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from a360tui.storage.os_keyring import TRUSTED, OSKeyring

Entries = dict[tuple[str, str], str]

FAKES_TRUSTED = TRUSTED | {"tests.storage.fake_keyring.WorkingKeyring": "fake keyring"}


class WorkingKeyring(KeyringBackend):
    """Does what it should, until a test gives it a `mode`."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library has no types there
        self.entries: Entries = {}
        self.mode = "working"
        self.calls: list[str] = []
        self.let_go = threading.Event()
        """Ends every call that hangs."""
        self.called = threading.Event()

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805  # the library asks the class
        raise RuntimeError("used only where a test puts it")

    def get_password(self, service: str, username: str) -> str | None:
        self._behave("get", "")
        text = self.entries.get((service, username))
        return "something else" if text is not None and self.mode == "lying" else text

    def set_password(self, service: str, username: str, password: str) -> None:
        self._behave("set", password)
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._behave("delete", "")
        if (service, username) not in self.entries:
            raise PasswordDeleteError("No such password!")
        if self.mode != "keeping":
            del self.entries[service, username]

    def _behave(self, call: str, password: str) -> None:
        self.calls.append(call)
        self.called.set()
        match self.mode:
            case "locked":
                raise KeyringLocked("Failed to unlock the collection!")
            case "raising":
                raise RuntimeError(f"could not handle {password!r}")
            case "hanging":
                self.let_go.wait()
            case _:
                pass


class ForeignKeyring(WorkingKeyring):
    """Works, and is on nobody's list."""


@contextmanager
def in_use(backend: KeyringBackend) -> Iterator[None]:
    """Have the library use a back-end, as ``keyring.set_keyring`` does for a program."""
    before = keyring.core._keyring_backend
    keyring.set_keyring(backend)
    try:
        yield
    finally:
        keyring.core._keyring_backend = before


def asked(mode: str = "working") -> OSKeyring:
    """The keyring as the store asks it, with `WorkingKeyring` among the trusted.

    The limit is short where it will be reached, and long where a busy machine must not reach it.
    """
    return OSKeyring("a360tui", limit=0.2 if mode == "hanging" else 30, trusted=FAKES_TRUSTED)
