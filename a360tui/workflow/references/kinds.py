"""The kinds of places that hold an API key, each described by a frozen struct that can be stored.

The field ``kind`` tells them apart (a msgspec tagged union, `Reference`). A description holds no secret and accesses
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
"""Surrogates, by which Python represents bytes of an argument that are not UTF-8; they cannot be stored."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")

LONGEST_ARGUMENT = 4096
"""Characters a path, a name or one argument of a command may have."""

LONGEST_WAIT = 600
"""Seconds a command may be given."""


class _Description(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """What all kinds have in common."""

    @property
    def kind(self) -> str:
        """The name under which the kind is typed and stored: ``dotenv``."""
        return str(self.__struct_config__.tag)

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits, the same for the same description; used in the journal and by ``remove``."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:12]


class _InFile(_Description, frozen=True):
    """One value in a text file."""

    path: str
    """The absolute path of the file; if it is a symbolic link, that is followed on purpose."""
    key_path: str
    """Which value: the name of a variable in a dotenv file, or else a `KeyPath`."""

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
    """A variable in a dotenv file, as read by python-dotenv and, if possible, by ``sh``."""

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
    """Whether ``%`` is written as ``%%``, as configparser expects by default; False for programs that read it plain."""

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
    """The entry's user name; some programs leave it empty."""

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
    """The program and its arguments, not a shell command line; they hold no key."""
    check: tuple[str, ...] = ()
    """A program that exits with 0 where the command could run now, such as ``gh auth status``; empty for none."""
    newline: bool = False
    """Whether a newline follows the key."""
    folder: str = ""
    """The absolute path of its working folder; empty for the home folder. Never the current one."""
    seconds: int = 30
    """Its time limit in seconds, 1 to 600."""

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
"""The file kinds by the names under which they are typed and stored."""


def file_reference(kind: str, path: str, key_path: str) -> FileReference:
    """Describe a value in a file from what a person typed: ``~`` and relative paths are made absolute, links are kept.

    Raises `InvalidInput` on the field ``kind``, ``path`` or ``key_path``.
    """
    if kind not in FILE_KINDS:
        raise InvalidInput(f"A file is one of {', '.join(FILE_KINDS)}.", field="kind")
    _check_text(path, "path", "path")
    absolute = os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111  # Path would resolve no `..`
    written = key_path if kind == "dotenv" else str(KeyPath.parse(key_path))
    return FILE_KINDS[kind](absolute, written)


def home_folder() -> str:
    """This user's home folder; ``~`` where there is none."""
    return os.path.expanduser("~")  # noqa: PTH111  # Path fails where nobody has a home


def shown_path(path: str | Path) -> str:
    """A path to show: harmless, and with ``~`` for the home folder."""
    home, text = home_folder(), str(path)
    return harmless("~" + text[len(home) :] if home != "/" and text.startswith(home + "/") else text)


def _check_text(text: str, what: str, field: str) -> None:
    if not text:
        raise InvalidInput(f"The {what} is empty.", field=field)
    if len(text) > LONGEST_ARGUMENT:
        raise InvalidInput(f"The {what} is too long.", field=field)
    if _UNPRINTABLE.search(text):
        raise InvalidInput(f"The {what} has control characters: {quoted(text)}.", field=field)
    if _NO_TEXT.search(text):
        raise InvalidInput(f"The {what} is not UTF-8 text: {quoted(text)}.", field=field)
