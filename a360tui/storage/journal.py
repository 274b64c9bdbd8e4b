"""`Journal`: records of work in progress that a later run must find; a small file each, durable at every step.

Nothing in a record is secret, except what is `Sealed`.
"""

import base64
import re
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from a360tui.secret import Secret
from a360tui.storage.age import Identity, Recipient
from a360tui.storage.checked import CheckedFile
from a360tui.storage.errors import Damaged, StorageError
from a360tui.storage.files import Folder
from a360tui.storage.locations import Location

T = TypeVar("T", bound=msgspec.Struct)

PATIENCE = 5
"""How often going on with an entry may fail before it is set aside."""

_ENDING = ".json"
_ASIDE = ".aside"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


class Sealed(msgspec.Struct, frozen=True):
    """A secret inside a record that is not secret: an age message in base64."""

    age: str

    @classmethod
    def of(cls, secret: Secret, recipient: Recipient) -> "Sealed":
        """Seal a secret; nothing has to be unlocked for it."""
        return cls(base64.b64encode(recipient.seal(secret.reveal().encode())).decode())

    def open(self, identity: Identity) -> Secret:
        """The secret; raises `Damaged`."""
        what = "A sealed value in the journal"
        try:
            sealed = base64.b64decode(self.age, validate=True)
            return Secret(identity.unseal(sealed, what).decode())
        except ValueError:
            pass
        raise Damaged(what, "is damaged")


@dataclass(frozen=True, slots=True)
class JournalEntry(Generic[T]):
    """An entry as it was found on the disk."""

    name: str
    record: T | None
    """None where it cannot be read."""
    failures: int = 0
    """How often going on with it has failed."""
    trouble: StorageError | None = None
    """Why it cannot be read; its file was left as it is."""


class Journal(Generic[T]):
    """The entries of one kind, each under a name; not async, since each step waits until it is durable.

    To write an entry, hold the lock of what it is about. Besides the errors named below, every method raises
    `FolderRefused`, `FileRefused` and `DiskFailed`.
    """

    def __init__(
        self, location: Location, record: type[T], *, name: str, version: int = 1, patience: int = PATIENCE
    ) -> None:
        """For records of one type; each file carries the format's ``name`` and ``version``."""
        self._location = location
        self._file: CheckedFile[_Envelope[T]] = CheckedFile(name, version, _Envelope[record])  # type: ignore[valid-type]  # a type that is known at run time only
        self._patience = patience

    def write(self, name: str, record: T, *, progress: bool = True) -> None:
        """Write an entry, durable when this returns; its previous generation is kept.

        With ``progress`` its count of failures starts again. ``name`` is made of lower-case letters, digits, ``-`` and
        ``_``. A `Secret` in the record is a TypeError. Without ``progress`` it raises as `load` does.
        """
        before = None if progress else self.load(name)
        self._write(name, _Envelope(record, before.failures if before else 0))

    def load(self, name: str) -> JournalEntry[T] | None:
        """An entry; None where there is none. Raises `Damaged`, `FutureVersion`."""
        found = Folder.find(self._location)
        if found is None:
            return None
        with found as folder:
            return self._load(folder, name)

    def entries(self) -> tuple[JournalEntry[T], ...]:
        """All entries but those that were set aside, including any that cannot be read."""
        return self._entries(_ENDING)

    def aside(self) -> tuple[JournalEntry[T], ...]:
        """Those that were set aside."""
        return self._entries(_ENDING + _ASIDE)

    def failed(self, name: str) -> bool:
        """Count a failure to go on with an entry; True where it was one too many and the entry was set aside."""
        entry = self.load(name)
        if entry is None or entry.record is None:
            return False
        failures = entry.failures + 1
        self._write(name, _Envelope(entry.record, failures))
        if failures < self._patience:
            return False
        self.set_aside(name)
        return True

    def set_aside(self, name: str) -> None:
        """Set an entry aside: it is kept, but no longer among `entries`."""
        with Folder.make(self._location) as folder:
            folder.rename(_file_name(name), _file_name(name) + _ASIDE)

    def put_back(self, name: str) -> None:
        """Put an entry that was set aside back among `entries`.

        Unless it makes progress, its next failure sets it aside again.
        """
        with Folder.make(self._location) as folder:
            folder.rename(_file_name(name) + _ASIDE, _file_name(name))

    def purge(self, name: str) -> None:
        """Delete a finished entry and its previous generation; does nothing where there is none."""
        found = Folder.find(self._location)
        if found is not None:
            with found as folder:
                folder.remove(_file_name(name))

    def _write(self, name: str, envelope: "_Envelope[T]") -> None:
        with Folder.make(self._location) as folder:
            folder.replace(_file_name(name), self._file.encode(envelope), keep_previous=True)

    def _load(self, folder: Folder, name: str, ending: str = _ENDING) -> JournalEntry[T] | None:
        raw = folder.read(_file_name(name, ending))
        if raw is None:
            return None
        envelope = self._file.decode(raw, folder.path / _file_name(name, ending))
        return JournalEntry(name, envelope.record, envelope.failures)

    def _entries(self, ending: str) -> tuple[JournalEntry[T], ...]:
        found = Folder.find(self._location)
        if found is None:
            return ()
        entries = []
        with found as folder:
            for file in folder.names():
                name = file.removesuffix(ending)
                if name == file or not _NAME.fullmatch(name):
                    continue
                try:
                    entry = self._load(folder, name, ending)
                except StorageError as error:
                    entry = JournalEntry(name, None, trouble=error)
                if entry:
                    entries.append(entry)
        return tuple(entries)


class _Envelope(msgspec.Struct, Generic[T], frozen=True):
    record: T
    failures: int = 0


def _file_name(name: str, ending: str = _ENDING) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name for a journal entry: {name!r}")
    return name + ending
