"""`Configuration` and `Profile`: the settings in ``config.toml``, each with its type and its check."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from a360tui.errors import InvalidInput
from a360tui.storage.errors import ConfigurationRefused
from a360tui.text import harmless, quoted, shortened

SignIn = Literal["password", "api_key"]
"""What a profile's user signs in with."""

_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}"
_LONGEST_WAIT = 24 * 60
_LONGEST_LIFE = 9999
_KIND_WORDS = {str: "a text in quotes", bool: "true or false", int: "a whole number", dict: "a table"}


@dataclass(frozen=True, slots=True)
class Profile:
    """A named Control Room and user, and how careful to be with it."""

    name: str
    """Letters, digits, ``-`` and ``_``: see `checked_profile_name`."""
    url: str
    """As it was typed; `a360tui.workflow.profiles` parses it."""
    username: str = ""
    """Empty where it is to be asked for each time."""
    sign_in: SignIn = "password"
    ca_file: Path | None = None
    """Absolute path of certificates to trust besides the operating system's."""
    production: bool = False
    """Before anything that cannot be undone, the user name has to be typed."""
    read_only: bool = False
    """Nothing may be changed in this Control Room."""
    calls: Path | None = None
    """Absolute path of a call map that was written by hand."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """All of ``config.toml``; without arguments, the defaults that hold where there is no file."""

    profiles: tuple[Profile, ...] = ()
    """In the order of the file."""
    profile: str = ""
    """The name of the profile in use; empty where there is none."""
    theme: str = ""
    """The name of the theme; empty where none was chosen."""
    idle_lock: int = 15
    """Minutes without a key after which the screens lock; 0 for never."""
    ending_within: int = 14
    """Days: a key that ends within so many is called *ending*."""
    given: frozenset[str] = frozenset()
    """The settings at the top that the file sets; the others have their defaults."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the profiles."""
        return tuple(profile.name for profile in self.profiles)

    def find(self, name: str) -> Profile:
        """The profile of that name; `InvalidInput` where there is none."""
        for profile in self.profiles:
            if profile.name == name:
                return profile
        if self.names:
            near = nearest(name, self.names, alike=0.6)
            hint = f"{f'Did you mean {near}? ' if near else ''}See them with: a360tui profile list"
        else:
            hint = "Make one: a360tui profile add NAME URL"
        what = f"There is no profile {shortened(harmless(name), 60)}." if name else "The name of the profile is empty."
        raise InvalidInput(what, hint, field="profile")

    @property
    def in_use(self) -> Profile | None:
        """The profile in use; raises `InvalidInput` where the file names one that is not in it."""
        return self.find(self.profile) if self.profile else None


def checked_profile_name(name: str) -> str:
    """The name, if a profile may have it; raises `InvalidInput` on the field ``name`` otherwise."""
    if not re.fullmatch(_NAME, name):
        shown = quoted(name) if name else "Nothing"
        raise InvalidInput(
            f"{shown} is not a name for a profile.",
            "Use letters without accents, digits, - and _, 40 at most; begin with a letter or a digit.",
            field="name",
        )
    return name


def nearest(word: str, known: Iterable[str], *, alike: float = 0.0) -> str:
    """The name most similar to it, by a ratio of at least ``alike`` (1 is equal); empty where none is."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(known), n=1, cutoff=alike)), "")


Check = Callable[[Any, Path], Any]
"""A check: takes the value in the file and the file's folder, gives the setting.

Raises `ValueError` with a sentence.
"""


def _text(value: str, _folder: Path) -> str:
    if harmless(value) != value:
        raise ValueError("holds characters that cannot be seen")
    return value


def _sign_in(value: str, _folder: Path) -> str:
    if value not in get_args(SignIn):
        raise ValueError(f"is {quoted(value)}; it is one of {', '.join(get_args(SignIn))}")
    return value


def _path(value: str, folder: Path) -> Path | None:
    if not _text(value, folder):
        return None
    try:
        return folder / Path(value).expanduser()
    except RuntimeError:
        raise ValueError(f"is {quoted(value)}, and whose home that is cannot be found") from None


def _flag(value: bool, _folder: Path) -> bool:
    return value


def _number(highest: int) -> Check:
    def check(value: int, _folder: Path) -> int:
        if not 0 <= value <= highest:
            raise ValueError(f"is {value}; it is a number from 0 to {highest}")
        return value

    return check


SETTINGS: dict[str, tuple[type, Check]] = {
    "profile": (str, _text),
    "theme": (str, _text),
    "idle_lock": (int, _number(_LONGEST_WAIT)),
    "ending_within": (int, _number(_LONGEST_LIFE)),
}
"""The settings at the top of the file, each with its type in TOML and its check."""

PROFILE_KEYS: dict[str, tuple[type, Check]] = {
    "url": (str, _text),
    "username": (str, _text),
    "sign_in": (str, _sign_in),
    "ca_file": (str, _path),
    "production": (bool, _flag),
    "read_only": (bool, _flag),
    "calls": (str, _path),
}
"""The same for what stands in ``[profiles.NAME]``."""


def decode(raw: bytes, path: Path) -> Configuration:
    """The configuration that a file holds; ``path`` is for messages, and paths in it are relative to its folder.

    Raises `ConfigurationRefused`, which names the key, the nearest known one, and the line where that is known.
    """
    import tomllib

    try:
        text = raw.decode("utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError:
        raise ConfigurationRefused(path, None, "is not UTF-8 text", "Save it as UTF-8.") from None
    except (ValueError, RecursionError) as error:  # a TOMLDecodeError; a number that is too long; what is too deep
        raise ConfigurationRefused(path, None, f"is not TOML: {shortened(harmless(str(error)), 120)}") from None
    return _Reading(text, path).configuration(document)


class _Reading:
    """One file, and what it takes to say on which line something is wrong."""

    def __init__(self, text: str, path: Path) -> None:
        self._text = text
        self._path = path

    def configuration(self, document: Mapping[str, Any]) -> Configuration:
        """Check the whole."""
        settings = self._checked((), document, SETTINGS, also=("profiles",))
        tables = document.get("profiles", {})
        if not isinstance(tables, dict):
            raise self._wrong_type(("profiles",), dict)
        profiles = tuple(self._profile(name, table) for name, table in tables.items())
        return Configuration(profiles, **settings, given=frozenset(settings))

    def _profile(self, name: str, table: Any) -> Profile:
        place = ("profiles", name)
        try:
            checked_profile_name(name)
        except InvalidInput as error:
            raise self._refused(place, error.message.removesuffix("."), error.hint) from None
        if not isinstance(table, dict):
            raise self._wrong_type(place, dict)
        values = self._checked(place, table, PROFILE_KEYS)
        if not values.get("url"):
            raise self._refused(place, f"[profiles.{name}] has no url", 'Give it as url = "https://HOST".')
        return Profile(name, **values)

    def _checked(
        self,
        place: tuple[str, ...],
        table: Mapping[str, Any],
        known: Mapping[str, tuple[type, Check]],
        also: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        values = {}
        for key, value in table.items():
            if key in also:
                continue
            if key not in known:
                near = nearest(key, (*known, *also))
                raise self._refused(
                    (*place, key), f"{quoted(key)} is not a key here", f"The nearest known key is {near}."
                )
            kind, check = known[key]
            if type(value) is not kind:  # a bool is an int to Python, and not to who writes the file
                raise self._wrong_type((*place, key), kind)
            try:
                values[key] = check(value, self._path.parent)
            except ValueError as error:
                raise self._refused((*place, key), f"{key} {error}") from None
        return values

    def _wrong_type(self, place: tuple[str, ...], kind: type) -> ConfigurationRefused:
        return self._refused(place, f"{shortened(harmless(place[-1]), 60)} is not {_KIND_WORDS[kind]}")

    def _refused(self, place: tuple[str, ...], what: str, hint: str = "") -> ConfigurationRefused:
        return ConfigurationRefused(self._path, _line_of(self._text, place), what, hint)


# Compiled when something is wrong, not at every start.
_HEADER = r"\s*(\[[^\[\]]+\])\s*(#.*)?"
_KEY = r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*="


def _line_of(text: str, place: tuple[str, ...]) -> int | None:
    """The line, from 1, on which a table begins or a key stands; None where it is written in another way."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := re.fullmatch(_HEADER, line):
            here = table = table_path(header[1])
        elif key := re.match(_KEY, line):
            here = (*table, *table_path(f"{key[1]}={{}}"))
        else:
            continue
        if here[: len(place)] == place:
            return number
    return None


def table_path(line: str) -> tuple[str, ...]:
    """The path of the table whose header this line of TOML is: ``[profiles."a"]`` gives ``("profiles", "a")``."""
    import tomllib

    try:
        found: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    names: list[str] = []
    while found:
        name, found = next(iter(found.items()))
        names.append(name)
    return tuple(names)
