"""`ConfigurationFile`: ``config.toml`` on the disk; an edit leaves everything else as a person wrote it."""

from __future__ import annotations

import os
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from a360tui.errors import InvalidInput
from a360tui.storage.configuration import (
    PROFILE_KEYS,
    SETTINGS,
    Configuration,
    Profile,
    checked_profile_name,
    decode,
    table_path,
)
from a360tui.storage.errors import FolderRefused
from a360tui.storage.files import Folder
from a360tui.text import harmless, quoted

if TYPE_CHECKING:
    from a360tui.storage.locations import Locations

NAME = "config.toml"

_WAIT = 10.0
"""Seconds to wait for another process that is changing it."""

_HEADER = r"\s*(\[[^\[\]\n]+\])\s*(#.*)?\n?"


class ConfigurationFile:
    """The file of one namespace; the methods block for some milliseconds.

    Comments, order and spelling of what is not changed stay byte for byte. Everything raises `StorageError`; a file
    that cannot be understood is left as it is.
    """

    def __init__(self, locations: Locations) -> None:
        self._locations = locations

    @property
    def path(self) -> Path:
        """Where it is, or would be."""
        return self._locations.config.path / NAME

    def read(self) -> Configuration:
        """What the file says; the defaults where there is no file."""
        raw = self._raw()
        return Configuration() if raw is None else decode(raw, self.path)

    def put_profile(self, profile: Profile) -> bool:
        """Add a profile, or change the one of that name; False where nothing had to change.

        Raises `InvalidInput` for a value that could not be read back.
        """
        checked_profile_name(profile.name)
        for key in PROFILE_KEYS:
            _refuse_unseen(key, str(getattr(profile, key)))

        def edit(document: Any, before: Configuration) -> str | None:
            old = next((each for each in before.profiles if each.name == profile.name), None)
            if old is None:
                return _with_profile(document, profile)
            table = document["profiles"][profile.name]
            for key in PROFILE_KEYS:
                value = getattr(profile, key)
                if value == getattr(old, key):
                    continue
                if value is None or value == "":
                    del table[key]
                else:
                    table[key] = _plain(value)
            return None

        return self._change(edit)

    def remove_profile(self, name: str) -> bool:
        """Remove a profile, also as the one in use; False where there is none of that name."""

        def edit(document: Any, before: Configuration) -> str | None:
            if name not in before.names:
                return None
            if before.profile == name:
                del document["profile"]
            cut = _without_table(document.as_string(), name)
            if cut is None:
                del document["profiles"][name]
            return cut

        return self._change(edit)

    def set(self, **settings: str | int) -> bool:
        """Change settings at the top of the file; an empty text removes one. False where nothing changed."""
        unknown = settings.keys() - SETTINGS.keys()
        if unknown:
            raise TypeError(f"no such setting: {unknown}")

        def edit(document: Any, before: Configuration) -> str | None:
            new = {}
            for key, value in settings.items():
                if key not in before.given:
                    if value != "":
                        new[key] = value
                elif value == "":
                    del document[key]
                elif value != getattr(before, key):
                    document[key] = value
            return _with_settings(document, new) if new else None

        return self._change(edit)

    def _raw(self) -> bytes | None:
        try:
            found = Folder.find(self._locations.config)
        except FolderRefused:
            # What cannot be trusted is not passed over where it may say that nothing is to be changed.
            if os.path.lexists(self.path):
                raise
            found = None
        if found is None:
            return None
        with found as folder:
            return folder.read(NAME, by_hand=True)

    def _change(self, edit: Callable[[Any, Configuration], str | None]) -> bool:
        """Edit the file under its lock; ``edit`` changes the document in place, or returns the whole new text."""
        import tomlkit

        from a360tui.storage.locks import Lock

        with Lock.acquire(self._locations.locks, "configuration.lock", "The configuration", wait=_WAIT):
            raw = self._raw() or b""
            before = decode(raw, self.path)
            mark = raw[: len(BOM_UTF8)] if raw.startswith(BOM_UTF8) else b""
            document = tomlkit.parse(raw.decode("utf-8-sig"))
            text = edit(document, before)
            new = mark + (tomlkit.dumps(document) if text is None else text).encode()
            if new == raw:
                return False
            decode(new, self.path)  # what could not be read again is not written
            with Folder.make(self._locations.config) as folder:
                folder.replace(NAME, new, keep_previous=True, by_hand=True)
            return True


def _with_profile(document: Any, profile: Profile) -> str | None:
    """The text with a profile added at its end; None where ``profiles`` is an inline table, which then has it."""
    import tomlkit
    from tomlkit.items import InlineTable

    default = Profile("", "")
    values = {key: getattr(profile, key) for key in PROFILE_KEYS}
    plain = {key: _plain(value) for key, value in values.items() if value != getattr(default, key)}
    if isinstance(document.get("profiles"), InlineTable):
        document["profiles"][profile.name] = tomlkit.item(plain, _parent=document["profiles"])
        return None
    text: str = document.as_string()
    newline = "\r\n" if "\r\n" in text else "\n"
    if text and not text.endswith("\n"):
        text += newline
    gap = newline if text.strip() and not text.endswith(newline * 2) else ""
    block = tomlkit.dumps(plain).replace("\n", newline)
    return f"{text}{gap}[profiles.{profile.name}]{newline}{block}"


def _with_settings(document: Any, settings: Mapping[str, str | int]) -> str:
    """The text with these settings put before the first table and the comment above that."""
    import tomlkit

    text: str = document.as_string()
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = (text if not text or text.endswith("\n") else text + newline).splitlines(keepends=True)
    first = next((index for index, line in enumerate(lines) if re.fullmatch(_HEADER, line)), None)
    at = len(lines) if first is None else first
    while first is not None and at > 0 and lines[at - 1].startswith("#"):
        at -= 1
    after = newline if at < len(lines) and at == 0 else ""
    while at > 0 and not lines[at - 1].strip():
        at -= 1
    block = tomlkit.dumps(dict(settings)).replace("\n", newline)
    return "".join([*lines[:at], block, after, *lines[at:]])


def _refuse_unseen(key: str, text: str) -> None:
    if harmless(text) != text:
        raise InvalidInput(
            f"The profile's {key} holds characters that cannot be seen: {quoted(text)}.",
            "Type it instead of pasting it.",
            field=key,
        )


def _plain(value: Any) -> str | bool:
    return str(value) if isinstance(value, Path) else value


def _without_table(text: str, name: str) -> str | None:
    """The text without the lines of ``[profiles.NAME]``; None where the profile is written in another form.

    A comment after an empty line, or right over the next header, belongs to something else: it stays.
    """
    lines = text.splitlines(keepends=True)
    headers = [index for index, line in enumerate(lines) if re.fullmatch(_HEADER, line)]
    wanted = ("profiles", name)
    mine = [index for index in headers if table_path(lines[index].strip()) == wanted]
    if len(mine) != 1:
        return None
    start = mine[0]
    end = next((index for index in headers if index > start), len(lines))
    last = max(index for index in range(start, end) if lines[index].strip() and not lines[index].startswith("#"))
    rest = [index for index in range(last + 1, end) if not lines[index].strip()]
    if last + 1 < end:
        # Up to the first empty line a comment is about what stands above it.
        end = rest[0] if rest else last + 1
    while end in rest:
        end += 1
    return "".join(lines[:start] + lines[end:])
