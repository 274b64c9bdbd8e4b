"""`CallFile`: the TOML file of one Control Room that holds the calls which the vendor does not publish.

This module does not know what the tables in it mean. It writes the file whole or not at all, keeps its comments and its
order when a table changes, and has it name the Control Room it belongs to.
"""

from collections.abc import Mapping
from typing import Any

from a360tui.origin import origin
from a360tui.storage.binding import file_stem
from a360tui.storage.errors import FileRefused
from a360tui.storage.files import Folder
from a360tui.storage.locations import Locations
from a360tui.storage.locks import Lock
from a360tui.text import harmless

OWNER = "control_room"
"""The key under which the file names its Control Room."""

_HEADING = "The calls of one Control Room that the vendor does not publish. No secret is in here."
_WAIT = 10.0
"""Seconds to wait for another process that is changing the file."""


class CallFile:
    """The file of one Control Room; the methods block for some milliseconds. Everything raises `StorageError`."""

    def __init__(self, locations: Locations | None, scheme: str, host: str, port: int) -> None:
        """``None`` where nothing may be kept on disk: then it is kept in memory."""
        self._locations = locations
        self._owner = origin(scheme, host, port)
        self._name = f"{file_stem(host, self._owner.encode())}.toml"
        self._in_memory: dict[str, Any] = {}

    @property
    def place(self) -> str:
        """Where it is, in words for people."""
        if self._locations is None:
            return "memory, until a360tui ends"
        return harmless(str((self._locations.config / "calls").path / self._name))

    def read(self) -> dict[str, Any]:
        """What the file holds, without the name of its Control Room; empty where there is no file.

        Raises `FileRefused` for a file that is no TOML or another Control Room's; it is left as it is.
        """
        if self._locations is None:
            return dict(self._in_memory)
        raw = self._raw(self._locations)
        if raw is None:
            return {}
        import tomllib  # where there is something to read

        try:
            document = tomllib.loads(raw.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:  # UnicodeDecodeError and TOMLDecodeError; what is too deep
            raise FileRefused(
                f"{self.place} cannot be read: {harmless(str(error))}.", "It was left as it is: repair or delete it."
            ) from None
        owner = document.pop(OWNER, None)
        if owner != self._owner:
            whose = f"is of {harmless(str(owner))}" if owner is not None else f"does not say whose it is ({OWNER})"
            raise FileRefused(f"{self.place} {whose}, not of {self._owner}.", "It was left as it is.")
        return document

    def change(self, parts: Mapping[str, Any]) -> None:
        """Replace what stands under the names of these parts; everything else in the file stays as it is."""
        if self._locations is None:
            self._in_memory.update(parts)
            return
        import tomlkit  # only a change needs what keeps the comments

        with self._lock(self._locations):
            if self.read():
                document = tomlkit.parse((self._raw(self._locations) or b"").decode("utf-8-sig"))
            else:
                document = tomlkit.document()
                document.add(tomlkit.comment(_HEADING))
                document[OWNER] = self._owner
            for name, part in parts.items():
                document.pop(name, None)
                document[name] = part
            with Folder.make(self._locations.config / "calls") as folder:
                folder.replace(self._name, tomlkit.dumps(document).encode(), keep_previous=False)

    def forget(self) -> bool:
        """Delete the file, even where it cannot be read; False where there was none."""
        if self._locations is None:
            had, self._in_memory = bool(self._in_memory), {}
            return had
        with self._lock(self._locations):
            found = Folder.find(self._locations.config / "calls")
            if found is None:
                return False
            with found as folder:
                return folder.remove(self._name)

    def _raw(self, locations: Locations) -> bytes | None:
        found = Folder.find(locations.config / "calls")
        if found is None:
            return None
        with found as folder:
            return folder.read(self._name)

    def _lock(self, locations: Locations) -> Lock:
        return Lock.acquire(locations.locks, "calls.lock", "The list of calls", wait=_WAIT)
