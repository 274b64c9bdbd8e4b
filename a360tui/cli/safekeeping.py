"""How commands open the store of secrets: one that exists, or one that was asked for.

A command neither creates a store nor asks for a passphrase on its own account, since it may run where there is nobody
and nothing persists. What it makes is then in memory only, and it says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a360tui.cli.options import CommonOptions
    from a360tui.secret import Secret
    from a360tui.storage import Binding
    from a360tui.workflow.rotation import Safekeeping


async def open_safekeeping(options: CommonOptions, *, make: bool = False) -> Safekeeping:
    """The store and the folders; with ``make`` the store may be created, otherwise it is in memory where there is none.

    Asks nothing and unlocks nothing. Raises `InvalidInput` for a passphrase that was given and cannot be read.
    """
    from a360tui.storage import Store, find_locations, open_store
    from a360tui.storage.errors import FolderRefused
    from a360tui.workflow.rotation import Safekeeping

    if options.keeping is not None:
        return options.keeping
    passphrase = options.passphrase
    try:
        locations = find_locations()
    except FolderRefused as refusal:
        return Safekeeping(Store.in_memory(refusal))
    store = await open_store(locations, passphrase=passphrase)
    if store.guard is None and store.trouble is None and not make:
        store = Store.in_memory()
    return Safekeeping(store, locations)


async def require_store(keeping: Safekeeping) -> None:
    """Raise `MemoryOnly` where nothing can be remembered; asks nobody."""
    from a360tui.storage import Guard
    from a360tui.storage.errors import MemoryOnly

    if await keeping.store.choose_guard() is Guard.MEMORY:
        raise MemoryOnly("Nothing can be remembered here.", str(keeping.store.trouble or ""))


def is_in_memory(keeping: Safekeeping) -> bool:
    """Whether what is stored ends with this command."""
    from a360tui.storage import Guard

    return keeping.store.guard is Guard.MEMORY


async def rescued(options: CommonOptions, binding: Binding, key: Secret) -> str:
    """The last resort for a key that is nowhere else: store it, if that is possible without asking; gives the place."""
    from a360tui.errors import A360Error
    from a360tui.storage import Guard, SecretKind, find_locations, open_store

    try:
        given = options.passphrase if options.passphrase.is_given else None
        store = await open_store(find_locations(), passphrase=given)
        if await store.choose_guard() is Guard.MEMORY:
            return ""
        await store.put(binding, SecretKind.API_KEY, key)
    except A360Error:
        return ""
    return store.place
