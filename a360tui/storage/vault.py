"""`Vault`: the folder with the age file that holds every secret, and the files that belong to it.

=====================  =============================================================================
``vault.age``          every secret, as JSON sealed to one recipient; ``age -d`` opens it
``recipient.txt``      the public half, for ``age -R``: sealing needs nothing unlocked
``guard.json``         which guard keeps the private half (`a360tui.storage.guard`)
``identity-….age``     the private half under a passphrase, where that is the guard
``index.json``         which secrets there are, without them: nothing is unlocked to offer a sign-in
=====================  =============================================================================

The folder is created whole, by one rename; from then on a missing file means damage, never an empty vault. The index
never lists too little: it is written before a secret is added, and after one is deleted.
"""

import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from pathlib import Path

import msgspec

from a360tui.secret import Secret
from a360tui.storage.advice import REINDEX, RESTORE, START_OVER, advising
from a360tui.storage.age import Identity, Recipient, require_age_file
from a360tui.storage.binding import Binding, SecretKind
from a360tui.storage.checked import UNREADABLE, CheckedFile
from a360tui.storage.errors import Damaged, DiskFailed, FutureVersion, StorageError
from a360tui.storage.files import PREVIOUS, Folder
from a360tui.storage.guard import GUARD_RECORD, Guard, GuardedIdentity, GuardRecord, whole_identity_file
from a360tui.storage.locations import Locations
from a360tui.storage.locks import Lock

_VAULT = "vault.age"
_RECIPIENT = "recipient.txt"
_GUARD = "guard.json"
_INDEX = "index.json"

_WAIT = 10.0
"""Seconds to wait for another process that is writing secrets."""

_FORMAT = "a360tui vault"
_VERSION = 1


class Remembered(msgspec.Struct, frozen=True):
    """An entry without its secret."""

    binding: Binding
    kind: SecretKind
    saved_on: datetime
    """UTC."""


class Entry(msgspec.Struct, frozen=True):
    """One secret and whose it is."""

    binding: Binding
    kind: SecretKind
    saved_on: datetime
    """UTC."""
    secret: Secret


Contents = Mapping[tuple[Binding, SecretKind], Entry]


class _Head(msgspec.Struct, frozen=True):
    format: str
    version: int


class _Content(msgspec.Struct, frozen=True):
    format: str
    version: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class VaultState:
    """What is known of a vault without unlocking it."""

    recipient: str
    record: GuardRecord


_INDEX_FILE = CheckedFile("a360tui index", 1, tuple[Remembered, ...])


class Vault:
    """The folder on disk. Its methods block for some milliseconds; all raise `StorageError`."""

    def __init__(self, locations: Locations) -> None:
        self._locations = locations
        self._path = locations.secrets.path

    def prepare(self) -> None:
        """Check that the folder above can be created and locked, before anybody is asked for anything."""
        with Folder.make(self._locations.data), self._lock():
            pass

    def state(self) -> VaultState | None:
        """The recipient and the guard; None where no vault was ever made; `Damaged` where a part of it is missing."""
        found = Folder.find(self._locations.secrets)
        if found is None:
            return None
        with found as folder:
            if not folder.names():
                return None
            return self._state(folder)

    def recipient(self, state: VaultState) -> Recipient:
        """The vault's recipient; raises `Damaged` where a single letter of it has changed."""
        try:
            return Recipient(state.recipient)
        except ValueError:
            with advising(START_OVER):
                raise Damaged(self._path / _RECIPIENT, "is damaged") from None

    def examine(self) -> None:
        """Raise what can be told of damage with nothing unlocked; of the vault only how it begins."""
        state = self.state()
        if state is None:
            return
        self.recipient(state)
        if state.record.guard is Guard.PASSPHRASE:
            with advising(START_OVER):
                whole_identity_file(state.record, self.identity_file(state.record))
        with self._folder() as folder, self._advising(folder, _VAULT):
            require_age_file(self._required(folder, _VAULT), self._path / _VAULT)
        self.index()

    def identity_file(self, record: GuardRecord) -> bytes | None:
        """The content of the identity file; None where it is missing."""
        with self._folder() as folder:
            return folder.read(record.identity_file)

    def build(self, recipient: Recipient, kept: GuardedIdentity) -> bool:
        """Create an empty vault; False where another process has created one meanwhile."""
        temporary = f".secrets.{secrets.token_hex(8)}.tmp"
        with self._lock(), Folder.make(self._locations.data) as data:
            _sweep(data)
            if self.state() is not None:
                return False
            with Folder.make(self._locations.data / temporary) as folder:
                if kept.identity_file is not None:
                    folder.replace(kept.record.identity_file, kept.identity_file, keep_previous=False)
                folder.replace(_RECIPIENT, f"{recipient.text}\n".encode(), keep_previous=False)
                folder.replace(_INDEX, _INDEX_FILE.encode(()), keep_previous=False)
                folder.replace(_VAULT, recipient.seal(_encoded({})), keep_previous=False)
                folder.replace(_GUARD, GUARD_RECORD.encode(kept.record), keep_previous=False)
            data.rename(temporary, self._path.name)
        return True

    def set_guard(self, before: GuardRecord, kept: GuardedIdentity) -> None:
        """Replace the guard, or the passphrase, that ``before`` records.

        It counts from the moment the record is renamed.
        """
        with self._lock(), self._folder() as folder:
            if self._state(folder).record != before:
                raise StorageError("Another process has changed what guards your secrets.", "Look, then try again.")
            if kept.identity_file is not None:
                folder.replace(kept.record.identity_file, kept.identity_file, keep_previous=False)
            folder.replace(_GUARD, GUARD_RECORD.encode(kept.record), keep_previous=False)
            for name in folder.names():
                if name.startswith("identity-") and name != kept.record.identity_file:
                    folder.remove(name)

    def index(self) -> tuple[Remembered, ...]:
        """Which secrets there are; unlocks nothing. Empty where there is no vault."""
        if self.state() is None:
            return ()
        with self._folder() as folder, advising(REINDEX):
            return _INDEX_FILE.decode(self._required(folder, _INDEX), self._path / _INDEX)

    def read(self, identity: Identity) -> Contents:
        """Every secret."""
        with self._folder() as folder:
            return self._read(folder, _VAULT, identity)

    def previous(self, identity: Identity) -> Contents:
        """Every secret of the previous generation."""
        with self._folder() as folder:
            return self._read(folder, _VAULT + PREVIOUS, identity)

    def change(self, identity: Identity, edit: Callable[[Contents], Contents], *, keep_previous: bool = True) -> None:
        """Read, edit and write under the lock. Without ``keep_previous`` no older generation is left."""
        with self._lock(), self._folder() as folder:
            before = self._read(folder, _VAULT, identity)
            after = edit(before)
            if after == before:
                self._write_index(folder, before)
                return
            self._write_index(folder, {**before, **after})
            recipient = self.recipient(self._state(folder))
            folder.replace(_VAULT, recipient.seal(_encoded(after)), keep_previous=keep_previous)
            self._write_index(folder, after)

    def reindex(self, identity: Identity) -> None:
        """Rebuild the index from the vault; the old index is set aside."""
        with self._lock(), self._folder() as folder:
            contents = self._read(folder, _VAULT, identity)
            if _INDEX in folder.names():
                folder.set_aside(_INDEX, "damaged")
            self._write_index(folder, contents)

    def restore_previous(self, identity: Identity) -> str | None:
        """Replace the vault by its previous generation.

        Gives the name of the file that keeps the replaced one, if any.
        """
        with self._lock(), self._folder() as folder:
            contents = self._read(folder, _VAULT + PREVIOUS, identity)
            previous = self._required(folder, _VAULT + PREVIOUS)
            aside = folder.set_aside(_VAULT, "damaged") if _VAULT in folder.names() else None
            folder.replace(_VAULT, previous, keep_previous=True)
            self._write_index(folder, contents)
            return aside

    def set_aside(self) -> Path | None:
        """Rename the whole folder out of the way, so that the next secret starts a new one.

        None where there is no folder.
        """
        with self._lock(), Folder.make(self._locations.data) as data:
            if self._path.name not in data.names():
                return None
            return data.path / data.set_aside(self._path.name, "aside")

    def _lock(self) -> Lock:
        return Lock.acquire(self._locations.locks, "secrets.lock", "The secrets file", wait=_WAIT)

    @contextmanager
    def _folder(self) -> Iterator[Folder]:
        found = Folder.find(self._locations.secrets)
        if found is None:
            raise Damaged(self._path, "has gone")
        with found as folder:
            yield folder

    def _state(self, folder: Folder) -> VaultState:
        with advising(START_OVER):
            record = GUARD_RECORD.decode(self._required(folder, _GUARD), self._path / _GUARD)
            line = self._required(folder, _RECIPIENT).decode("utf-8", "replace")
        return VaultState(line.removesuffix("\n"), record)

    def _required(self, folder: Folder, name: str) -> bytes:
        content = folder.read(name)
        if content is None:
            raise Damaged(self._path / name, "is missing", "Nothing was put in its place.")
        return content

    def _read(self, folder: Folder, name: str, identity: Identity) -> Contents:
        path = self._path / name
        with self._advising(folder, name):
            sealed = self._required(folder, name)
            # The opened content is no variable of this frame, which an error's traceback would carry.
            contents = _decoded(identity.unseal(sealed, path))
            if contents is _Misfit.NEWER:
                raise FutureVersion(path)
            if contents is _Misfit.OTHER:
                raise Damaged(path, "opens, and holds something else than secrets of ours")
            return contents

    def _advising(self, folder: Folder, name: str) -> AbstractContextManager[None]:
        has_previous = name == _VAULT and _VAULT + PREVIOUS in folder.names()
        return advising(RESTORE if has_previous else START_OVER)

    def _write_index(self, folder: Folder, contents: Contents) -> None:
        index = _INDEX_FILE.encode(without_secrets(contents))
        if folder.read(_INDEX) != index:
            folder.replace(_INDEX, index, keep_previous=False)


def without_secrets(contents: Contents) -> tuple[Remembered, ...]:
    """The entries without their secrets."""
    return tuple(Remembered(each.binding, each.kind, each.saved_on) for each in contents.values())


def _sweep(data: Folder) -> None:
    """Delete what an interrupted `Vault.build` left; under the lock nobody else is building."""
    try:
        for name in filter(re.compile(r"\.secrets\.[0-9a-f]{16}\.tmp").fullmatch, data.every_name()):
            shutil.rmtree(name, dir_fd=data.fd)
    except OSError as error:
        raise DiskFailed("Clearing up", error) from None


def _encoded(contents: Contents) -> bytes:
    content = _Content(_FORMAT, _VERSION, tuple(contents.values()))
    return msgspec.json.encode(content, enc_hook=_revealed)


def _revealed(value: object) -> str:
    if isinstance(value, Secret):
        return value.reveal()
    raise TypeError(f"{type(value).__name__} does not belong into the vault")


def _secret(_: type, text: object) -> Secret:
    if isinstance(text, str):
        return Secret(text)
    raise TypeError("a secret is a text")


class _Misfit(Enum):
    """Why an opened file gives no secrets."""

    NEWER = auto()
    OTHER = auto()


def _decoded(content: bytes) -> Contents | _Misfit:
    """The secrets, or why there are none, which is not raised here: the traceback would carry ``content``."""
    try:
        head = msgspec.json.decode(content, type=_Head)
        if head.format == _FORMAT and head.version > _VERSION:
            return _Misfit.NEWER
        vault = msgspec.json.decode(content, type=_Content, dec_hook=_secret)
    except UNREADABLE:
        return _Misfit.OTHER
    if (head.format, head.version) != (_FORMAT, _VERSION):
        return _Misfit.OTHER
    return {(entry.binding, entry.kind): entry for entry in vault.entries}
