"""`Registry`: the references that a person has registered, in a file that they may read and edit themselves."""

from a360tui.errors import InvalidInput
from a360tui.storage import Binding, Folder, Locations, is_same_user
from a360tui.storage.locks import Lock
from a360tui.text import harmless
from a360tui.workflow.references.kinds import Reference
from a360tui.workflow.references.registration import Registration, decode, encode

_FILE = "references.json"

_WAIT = 10.0
"""Seconds to wait for another process that is changing the list."""


class Registry:
    """The list for all Control Rooms and users of one namespace; the methods block for some milliseconds.

    Every method raises `StorageError`, and `InvalidInput` for a list that cannot be read, which is then left as it is.
    """

    def __init__(self, locations: Locations | None) -> None:
        """``None`` where nothing may be stored on disk: then there is no reference, and none can be added."""
        self._locations = locations

    def all(self) -> tuple[Registration, ...]:
        """Every registration, in the order in which they were added."""
        if self._locations is None:
            return ()
        found = Folder.find(self._locations.config)
        if found is None:
            return ()
        with found as folder:
            stored = folder.read(_FILE)
        shown = harmless(str(self._locations.config.path / _FILE))
        return () if stored is None else decode(stored, f"The list of places, {shown},")

    def references_of(self, binding: Binding) -> tuple[Reference, ...]:
        """The places that hold the key of one user of one Control Room."""
        return tuple(each.reference for each in self.all() if _belongs(each, binding))

    def add(self, binding: Binding, reference: Reference) -> bool:
        """Register a place; False where it is already registered for this key.

        Raises `InvalidInput` for a place that is registered for another key.
        """
        with self._lock():
            registrations = self.all()
            for each in registrations:
                if each.reference.id == reference.id:
                    if _belongs(each, binding):
                        return False
                    raise InvalidInput(
                        f"{reference.label} is registered as holding the key of {harmless(each.username)} at "
                        f"{harmless(each.control_room)}.",
                        "A place holds one key. Remove that registration first.",
                        field="reference",
                    )
            self._write((*registrations, Registration(binding.control_room, binding.username, reference)))
            return True

    def remove(self, binding: Binding, reference_id: str) -> bool:
        """Unregister a place, which itself stays as it is; False where it was not registered for this key."""
        with self._lock():
            before = self.all()
            after = tuple(
                each for each in before if not (_belongs(each, binding) and each.reference.id == reference_id)
            )
            if after != before:
                self._write(after)
            return after != before

    def _lock(self) -> Lock:
        if self._locations is None:
            raise InvalidInput(
                "Places cannot be registered here: nothing is kept on disk in this session.", field="reference"
            )
        return Lock.acquire(self._locations.locks, "references.lock", "The list of places", wait=_WAIT)

    def _write(self, registrations: tuple[Registration, ...]) -> None:
        if self._locations is not None:
            with Folder.make(self._locations.config) as folder:
                folder.replace(_FILE, encode(registrations), keep_previous=True)


def _belongs(registration: Registration, binding: Binding) -> bool:
    return registration.control_room == binding.control_room and is_same_user(registration.username, binding.username)
