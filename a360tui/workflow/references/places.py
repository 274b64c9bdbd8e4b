"""`place_of`: the place that a reference describes; what a kind of place needs is loaded on first use."""

from collections.abc import Callable, Collection

from a360tui.secret import Secret
from a360tui.storage.os_keyring import OSKeyring
from a360tui.workflow.references.fingerprint import Fingerprints
from a360tui.workflow.references.kinds import Command, KeyringEntry, Reference
from a360tui.workflow.references.place import Place


def place_of(
    reference: Reference,
    fingerprints: Fingerprints,
    *,
    hide: Collection[Secret] = (),
    keyring: Callable[[str], OSKeyring] = OSKeyring,
) -> Place:
    """The place of a reference; nothing is accessed yet.

    ``hide`` are keys, such as the old one, that besides the new one are left out of a command's output. ``keyring``
    gives the keyring's entries of a service.
    """
    match reference:
        case Command():
            from a360tui.workflow.references.command_place import CommandPlace

            return CommandPlace(reference, hide)
        case KeyringEntry():
            from a360tui.workflow.references.keyring_place import KeyringPlace

            return KeyringPlace(reference, fingerprints, keyring)
        case _:
            from a360tui.workflow.references.file_place import FilePlace

            return FilePlace(reference, fingerprints)
