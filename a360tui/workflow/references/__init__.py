"""References: the places outside a360tui that hold an API key, and how each is given a new one.

A `Reference` describes a place and can be stored: a value in a dotenv, TOML, JSON, YAML or INI file, an entry of the
keyring, a command. A `Registration` binds it to one Control Room and user. `place_of` gives the `Place` itself, of
which a rotation uses three methods:

1. ``preflight(current)`` before the old key dies: would it work? The answer's ``seen`` is kept with the rotation.
2. ``replace(seen, new)`` once the new key is safe: compare-and-set, read back, and repeatable after any interruption.
3. ``check(current)`` at any time: what does it hold?

None of them raises for what it finds. In a file only the value's bytes change; its mode, owner and links stay.

Names are loaded when they are first asked for: finding an unfinished rotation needs no place.
"""

from typing import TYPE_CHECKING

from a360tui.lazily import loader

if TYPE_CHECKING:
    from a360tui.workflow.references.checking import CheckedReference, check_references, put_key
    from a360tui.workflow.references.findings import Condition, Outcome, Preflight, Result, State
    from a360tui.workflow.references.fingerprint import Fingerprint, Fingerprints
    from a360tui.workflow.references.key_path import KeyPath
    from a360tui.workflow.references.kinds import (
        FILE_KINDS,
        Command,
        Dotenv,
        FileReference,
        Ini,
        Json,
        KeyringEntry,
        Reference,
        Toml,
        Yaml,
        file_reference,
        shown_path,
    )
    from a360tui.workflow.references.place import Place
    from a360tui.workflow.references.places import place_of
    from a360tui.workflow.references.registration import Registration, decode, encode

__all__ = [
    "FILE_KINDS",
    "CheckedReference",
    "Command",
    "Condition",
    "Dotenv",
    "FileReference",
    "Fingerprint",
    "Fingerprints",
    "Ini",
    "Json",
    "KeyPath",
    "KeyringEntry",
    "Outcome",
    "Place",
    "Preflight",
    "Reference",
    "Registration",
    "Result",
    "State",
    "Toml",
    "Yaml",
    "check_references",
    "decode",
    "encode",
    "file_reference",
    "place_of",
    "put_key",
    "shown_path",
]

__getattr__ = loader(
    __name__,
    {
        "checking": ("CheckedReference", "check_references", "put_key"),
        "findings": ("Condition", "Outcome", "Preflight", "Result", "State"),
        "fingerprint": ("Fingerprint", "Fingerprints"),
        "key_path": ("KeyPath",),
        "kinds": (
            "FILE_KINDS",
            "Command",
            "Dotenv",
            "FileReference",
            "Ini",
            "Json",
            "KeyringEntry",
            "Reference",
            "Toml",
            "Yaml",
            "file_reference",
            "shown_path",
        ),
        "place": ("Place",),
        "places": ("place_of",),
        "registration": ("Registration", "decode", "encode"),
    },
)
