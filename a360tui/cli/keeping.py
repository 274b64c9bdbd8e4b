"""Where secrets are kept on this machine, as commands use it: a store that exists, or one that was asked for.

A command makes no store by itself and asks for no passphrase unasked, since it may run where nobody is and nothing
stays. Then what it makes is in memory only, and it says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a360tui.cli.options import CommonOptions
    from a360tui.secret import Secret
    from a360tui.storage import Binding
    from a360tui.workflow.rotation import Safekeeping


async def open_keeping(options: CommonOptions, *, make: bool = False) -> Safekeeping:
    """The store and the folders; with ``make`` a store that may come into being, else memory where there is none.

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
    """Whether what is kept ends with this command."""
    from a360tui.storage import Guard

    return keeping.store.guard is Guard.MEMORY


async def rescued(options: CommonOptions, binding: Binding, key: Secret) -> str:
    """The last resort for a key that is nowhere else: a store, if one can be had without asking; gives its place."""
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
