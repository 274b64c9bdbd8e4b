"""What stays on this machine: secrets, the journal of rotations, and the files, folders and locks for both.

Uses the file system, age (pyrage) and the operating system's keyring; knows neither HTTP nor screens. Names are loaded
on first use, and so are pyrage and keyring, since each import would delay the start.

- `find_locations`, `Locations`: where files belong; the demo has its own.
- `open_store`, `Store`: secrets by `Binding` and `SecretKind`, under one `Guard` of three.
- `lock_key`: one rotation at a time for a Control Room and user.
- `Slots`, `find_slots`, `discard_slots`: the answer that holds a new key, sealed as it arrives.
- `Journal`, `Sealed`: what is under way.
- `OSKeyring`: entries of other programs in the keyring.
- `Folder`, `CheckedFile`: files that are whole or not there; `CallFile`: one of them, the calls of a Control Room.
- `ConfigurationFile`, `Configuration`, `Profile`: what a person has settled, in ``config.toml``.
- ``errors``: what can be refused.
"""

from typing import TYPE_CHECKING

from a360tui.lazily import loader

if TYPE_CHECKING:
    from a360tui.storage.age import Identity, Recipient
    from a360tui.storage.binding import Binding, SecretKind, is_same_user
    from a360tui.storage.call_file import CallFile
    from a360tui.storage.checked import CheckedFile
    from a360tui.storage.configuration import Configuration, Profile, SignIn, checked_profile_name
    from a360tui.storage.configuration_file import ConfigurationFile
    from a360tui.storage.files import Folder
    from a360tui.storage.guard import Guard
    from a360tui.storage.journal import Journal, JournalEntry, Sealed
    from a360tui.storage.locations import Location, Locations, find_locations
    from a360tui.storage.locks import Lock, lock_key
    from a360tui.storage.os_keyring import OSKeyring
    from a360tui.storage.passphrase import AskPassphrase, PassphrasePurpose, PassphraseRequest
    from a360tui.storage.slots import RawAnswer, Slot, Slots, discard_slots, find_slots
    from a360tui.storage.store import Store, open_store
    from a360tui.storage.vault import Remembered

__all__ = [
    "AskPassphrase",
    "Binding",
    "CallFile",
    "CheckedFile",
    "Configuration",
    "ConfigurationFile",
    "Folder",
    "Guard",
    "Identity",
    "Journal",
    "JournalEntry",
    "Location",
    "Locations",
    "Lock",
    "OSKeyring",
    "PassphrasePurpose",
    "PassphraseRequest",
    "Profile",
    "RawAnswer",
    "Recipient",
    "Remembered",
    "Sealed",
    "SecretKind",
    "SignIn",
    "Slot",
    "Slots",
    "Store",
    "checked_profile_name",
    "discard_slots",
    "find_locations",
    "find_slots",
    "is_same_user",
    "lock_key",
    "open_store",
]

__getattr__ = loader(
    __name__,
    {
        "age": ("Identity", "Recipient"),
        "binding": ("Binding", "SecretKind", "is_same_user"),
        "call_file": ("CallFile",),
        "checked": ("CheckedFile",),
        "configuration": ("Configuration", "Profile", "SignIn", "checked_profile_name"),
        "configuration_file": ("ConfigurationFile",),
        "files": ("Folder",),
        "guard": ("Guard",),
        "journal": ("Journal", "JournalEntry", "Sealed"),
        "locations": ("Locations", "Location", "find_locations"),
        "locks": ("Lock", "lock_key"),
        "os_keyring": ("OSKeyring",),
        "passphrase": ("AskPassphrase", "PassphrasePurpose", "PassphraseRequest"),
        "slots": ("RawAnswer", "Slot", "Slots", "discard_slots", "find_slots"),
        "store": ("Store", "open_store"),
        "vault": ("Remembered",),
    },
)
