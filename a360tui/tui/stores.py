"""`Stores`: the user's own store of secrets, and the demo's, which share nothing."""

from __future__ import annotations

from asyncio import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a360tui.secret import Secret
    from a360tui.storage import Locations, PassphraseRequest
    from a360tui.storage.errors import FolderRefused
    from a360tui.tui.app import A360App
    from a360tui.workflow.rotation import Safekeeping


class Stores:
    """Opens each store on first use; a dialog asks for a passphrase, once a session."""

    def __init__(self, app: A360App, demo: Locations | None) -> None:
        """``demo`` is where the secrets of an embedded Control Room that keeps its data are stored.

        ``None`` for in memory.
        """
        self._app = app
        self._demo_locations = demo
        self._opened: dict[bool, Safekeeping] = {}
        self._opening = Lock()
        """A second store of the same secrets would ask for the passphrase again, and stay open when this is locked."""
        self.disk_declined = False
        """Whether the person chose to have no secret on disk in this session."""

    async def keeping(self, *, is_demo: bool) -> Safekeeping:
        """The store and the folders of the demo, or the user's own; never raises."""
        async with self._opening:
            if is_demo not in self._opened:
                self._opened[is_demo] = await (self._of_demo() if is_demo else self._of_user())
            return self._opened[is_demo]

    def lock(self) -> None:
        """Lock the stores; the next secret needs the passphrase or the keyring again."""
        for keeping in self._opened.values():
            keeping.store.lock()

    def in_memory(self, *, is_demo: bool) -> Safekeeping:
        """Keep secrets in memory from now on, at the person's request; what is no secret stays where it is."""
        self._opened[is_demo] = _in_memory(locations=self._opened[is_demo].locations)
        return self._opened[is_demo]

    async def _of_user(self) -> Safekeeping:
        from a360tui.storage import find_locations
        from a360tui.storage.errors import FolderRefused

        try:
            locations = find_locations()
        except FolderRefused as refusal:
            return _in_memory(refusal)
        return await self._on_disk(locations)

    async def _of_demo(self) -> Safekeeping:
        if self._demo_locations is None:
            return _in_memory()
        return await self._on_disk(self._demo_locations)

    async def _on_disk(self, locations: Locations) -> Safekeeping:
        from a360tui.storage import open_store
        from a360tui.workflow.rotation import Safekeeping

        return Safekeeping(await open_store(locations, passphrase=self._ask), locations)

    async def _ask(self, request: PassphraseRequest) -> Secret | None:
        from a360tui.tui.dialogs.passphrase import PassphraseDialog

        dialog = PassphraseDialog(request)
        answer = await self._app.push_screen_wait(dialog)
        self.disk_declined = dialog.declines_disk
        return answer


def _in_memory(trouble: FolderRefused | None = None, locations: Locations | None = None) -> Safekeeping:
    from a360tui.storage import Store
    from a360tui.workflow.rotation import Safekeeping

    return Safekeeping(Store.in_memory(trouble), locations)
