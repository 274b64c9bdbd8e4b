"""`RefusedSecrets`: the stored secrets that a Control Room has refused, which are not sent again automatically.

Otherwise every run of a script would send a key that has ended or was replaced elsewhere, and the third refusal
disables the user. The secret itself stays in the store, which may have its only copy.
"""

from a360tui.storage import CheckedFile, Folder, Locations, Lock, Remembered

_NAME = "refused.json"
_FILE = CheckedFile("a360tui refused secrets", 1, tuple[Remembered, ...])

_WAIT = 3.0
"""Seconds to wait for another process that is writing the list."""


class RefusedSecrets:
    """The list of one namespace; a secret that is stored again counts as another one.

    Every method raises `StorageError`.
    """

    def __init__(self, locations: Locations | None) -> None:
        """``None`` where nothing may be stored on disk, so that there are no stored secrets either."""
        self._locations = locations

    def includes(self, secret: Remembered) -> bool:
        """Whether the secret has been refused since it was stored."""
        return secret in self._all()

    def add(self, secret: Remembered) -> None:
        """Note that the secret was refused; durable when this returns."""
        if self._locations is None:
            return
        with Lock.acquire(self._locations.locks, "refused.lock", "The list of refused secrets", wait=_WAIT):
            others = [each for each in self._all() if (each.binding, each.kind) != (secret.binding, secret.kind)]
            with Folder.make(self._locations.state) as folder:
                folder.replace(_NAME, _FILE.encode((*others, secret)), keep_previous=False)

    def _all(self) -> tuple[Remembered, ...]:
        found = None if self._locations is None else Folder.find(self._locations.state)
        if found is None:
            return ()
        with found as folder:
            stored = folder.read(_NAME)
        return () if stored is None else _FILE.decode(stored, found.path / _NAME)
