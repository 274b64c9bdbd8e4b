"""The kinds of places that hold an API key, each described by a frozen struct that can be stored.

The field ``kind`` tells them apart (a msgspec tagged union, `Reference`). A description holds no secret and touches
nothing; `a360tui.workflow.references.places.place_of` gives the place that it describes.
"""

import hashlib
import os
import re
import shlex
from pathlib import Path

import msgspec

from a360tui.errors import InvalidInput
from a360tui.text import harmless, quoted
from a360tui.workflow.references.key_path import KeyPath

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NO_TEXT = re.compile(r"[\ud800-\udfff]")
"""Bytes of an argument that are no UTF-8, as Python holds them; a list of references cannot."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")

LONGEST_ARGUMENT = 4096
"""Characters a path, a name or one argument of a command may have."""

LONGEST_WAIT = 600
"""Seconds a command may be given."""


class _Description(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """What all kinds have in common."""

    @property
    def kind(self) -> str:
        """The kind's name, as it is typed and stored: ``dotenv``."""
        return str(self.__struct_config__.tag)

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits that stay the same for the same description: for a journal, for ``remove``."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:12]


class _InFile(_Description, frozen=True):
    """One value in a text file."""

    path: str
    """The file, absolute; it may be a symbolic link, which is followed on purpose."""
    key_path: str
    """Which value: a variable of a dotenv file, else a `KeyPath`."""

    def __post_init__(self) -> None:
        _check_text(self.path, "path", "path")
        if not self.path.startswith("/"):
            raise InvalidInput("The path of a reference is absolute.", field="path")
        self._check_key_path()

    def _check_key_path(self) -> None:
        KeyPath.parse(self.key_path)

    @property
    def label(self) -> str:
        """A short line for screens: ``~/bots/.env  A360_API_KEY``."""
        return f"{shown_path(self.path)}  {harmless(self.key_path)}"


class Dotenv(_InFile, frozen=True, tag="dotenv"):
    """A variable in a dotenv file, as python-dotenv and, where that is possible, ``sh`` read it."""

    def _check_key_path(self) -> None:
        if not _VARIABLE.fullmatch(self.key_path):
            raise InvalidInput(
                "A variable's name has letters, digits and _.", "For example A360_API_KEY.", field="key_path"
            )


class Toml(_InFile, frozen=True, tag="toml"):
    """A string in a TOML file, as tomllib reads it."""


class Json(_InFile, frozen=True, tag="json"):
    """A string in a JSON file, as json reads it."""


class Yaml(_InFile, frozen=True, tag="yaml"):
    """A string in a YAML file of one document, as ruamel.yaml reads it."""


class Ini(_InFile, frozen=True, tag="ini"):
    """An option in a section of an INI file, as configparser reads it; the key path is ``section.option``."""

    interpolation: bool = True
    """Whether ``%`` is written as ``%%``, as configparser's default wants it; False for programs that take it plain."""

    def _check_key_path(self) -> None:
        segments = KeyPath.parse(self.key_path).segments
        if len(segments) != 2 or not all(isinstance(segment, str) for segment in segments):  # noqa: PLR2004  # a pair
            raise InvalidInput(
                "In an INI file the key path is section.option.",
                'Quote a section that has a dot: "a360.prod".api_key.',
                field="key_path",
            )


class KeyringEntry(_Description, frozen=True, tag="keyring"):
    """An entry of the operating system's keyring that another program reads."""

    service: str
    username: str
    """The entry's user; some programs leave it empty."""

    def __post_init__(self) -> None:
        _check_text(self.service, "service", "service")
        if self.username:
            _check_text(self.username, "user", "username")

    @property
    def label(self) -> str:
        """A short line for screens: the service and the user."""
        return f"{harmless(self.service)}  {harmless(self.username)}".strip()


class Command(_Description, frozen=True, tag="command"):
    """A program that takes the key on its standard input; it may run more than once for one key."""

    arguments: tuple[str, ...]
    """The program and its arguments, never a shell's line; no key is in them."""
    check: tuple[str, ...] = ()
    """A program that ends with 0 where the command could run now, such as ``gh auth status``; empty: none."""
    newline: bool = False
    """Whether a line end follows the key."""
    folder: str = ""
    """Where it runs, absolute; empty: the home folder. Never where one happens to be."""
    seconds: int = 30
    """The time it is given, 1 to 600."""

    def __post_init__(self) -> None:
        if not self.arguments or not self.arguments[0]:
            raise InvalidInput("A command is needed.", "For example gh secret set A360_API_KEY.", field="arguments")
        for field, arguments in (("arguments", self.arguments), ("check", self.check)):
            for argument in arguments:
                _check_text(argument or " ", "argument", field)
        if self.folder:
            _check_text(self.folder, "folder", "folder")
            if not self.folder.startswith("/"):
                raise InvalidInput("The folder a command runs in is absolute.", field="folder")
        if not 1 <= self.seconds <= LONGEST_WAIT:
            raise InvalidInput(f"A command may be given 1 to {LONGEST_WAIT} seconds.", field="seconds")

    @property
    def label(self) -> str:
        """A short line for screens: ``gh secret set A360_API_KEY``."""
        return harmless(shlex.join(self.arguments))


FileReference = Dotenv | Toml | Json | Yaml | Ini
"""The kinds that are one value in a file."""

Reference = FileReference | KeyringEntry | Command
"""Any place that holds a key."""

FILE_KINDS: dict[str, type[FileReference]] = {
    "dotenv": Dotenv,
    "toml": Toml,
    "json": Json,
    "yaml": Yaml,
    "ini": Ini,
}
"""The file kinds by the name that is typed and stored."""


def file_reference(kind: str, path: str, key_path: str) -> FileReference:
    """Describe a value in a file as a person typed it: ``~`` and relative paths are made absolute, links are kept.

    Raises `InvalidInput` for the field ``kind``, ``path`` or ``key_path``.
    """
    if kind not in FILE_KINDS:
        raise InvalidInput(f"A file is one of {', '.join(FILE_KINDS)}.", field="kind")
    _check_text(path, "path", "path")
    absolute = os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111  # Path would resolve no `..`
    written = key_path if kind == "dotenv" else str(KeyPath.parse(key_path))
    return FILE_KINDS[kind](absolute, written)


def shown_path(path: str | Path) -> str:
    """A path for people: harmless, and with ``~`` for the home folder."""
    home = str(Path.home())
    text = str(path)
    return harmless("~" + text[len(home) :] if home != "/" and text.startswith(home + "/") else text)


def _check_text(text: str, what: str, field: str) -> None:
    if not text:
        raise InvalidInput(f"The {what} is empty.", field=field)
    if len(text) > LONGEST_ARGUMENT:
        raise InvalidInput(f"The {what} is too long.", field=field)
    if _UNPRINTABLE.search(text):
        raise InvalidInput(f"The {what} has control characters: {quoted(text)}.", field=field)
    if _NO_TEXT.search(text):
        raise InvalidInput(f"The {what} is no UTF-8 text: {quoted(text)}.", field=field)
