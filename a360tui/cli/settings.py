"""`Settings`: what is in force for a command, and whether an option, the environment, a profile or a default sets it.

The order is: an option; the profile that ``--profile`` names; an environment variable; the profile that
``A360TUI_PROFILE`` names, or the one in use. So a variable that somebody has set for their shell never turns
``--profile`` to another Control Room. The profile in use is ignored where another Control Room is named.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from a360tui.cli.variables import CONTROL_ROOM_VARIABLE, PROFILE_VARIABLE, USERNAME_VARIABLE

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from a360tui.cli.options import CommonOptions
    from a360tui.storage.configuration import Configuration, Profile, SignIn
    from a360tui.storage.configuration_file import ConfigurationFile

CONFIGURATION = "config.toml"
DEFAULT = "default"

T = TypeVar("T")


@dataclass(frozen=True)
class Setting(Generic[T]):
    """A value, and where it comes from."""

    value: T
    source: str
    """An option (``--username``), an environment variable, ``profile NAME``, ``config.toml``, or ``default``."""


class Settings:
    """The settings of one command; the configuration is read when it is first needed."""

    def __init__(self, options: CommonOptions) -> None:
        self._options = options

    def all(self) -> dict[str, Setting[Any]]:
        """Every setting with its source, by its name in ``config.toml``."""
        from a360tui.storage.configuration import SETTINGS

        profile = self.profile
        whole = {
            key: Setting(
                getattr(self.configuration, key), CONFIGURATION if key in self.configuration.given else DEFAULT
            )
            for key in SETTINGS
            if key != "profile"
        }
        return {
            "profile": Setting(profile.value.name if profile.value is not None else None, profile.source),
            "url": self.control_room,
            "username": self.username,
            "sign_in": self.sign_in,
            "ca_file": self.ca_file,
            "production": self.production,
            "read_only": self.read_only,
            "calls": self.calls,
            **whole,
        }

    @property
    def of_the_screens(self) -> dict[str, Any]:
        """The settings for the screens, by the names that the app has for them."""
        from datetime import timedelta

        minutes = self.configuration.idle_lock
        lock_after = timedelta(minutes=minutes) if minutes else None
        chosen = {"theme": self.configuration.theme} if self.configuration.theme else {}
        return {"lock_after": lock_after, "ending_within": self.ending_within, **chosen}

    @property
    def ending_within(self) -> timedelta:
        """A key that ends within this time is *ending*."""
        from datetime import timedelta

        return timedelta(days=self.configuration.ending_within)

    @cached_property
    def configuration_file(self) -> ConfigurationFile:
        """Where the configuration is; raises `FolderRefused` where there is no place for files."""
        from a360tui.storage.configuration_file import ConfigurationFile
        from a360tui.storage.locations import find_locations

        return ConfigurationFile(find_locations())

    @cached_property
    def configuration(self) -> Configuration:
        """The configuration; the defaults where there is no place for files."""
        from a360tui.storage.configuration import Configuration
        from a360tui.storage.errors import FolderRefused
        from a360tui.workflow.profiles import read_configuration

        try:
            file = self.configuration_file
        except FolderRefused:
            return Configuration()
        return read_configuration(file)

    @cached_property
    def profile(self) -> Setting[Profile | None]:
        """The profile in force; raises `InvalidInput` for one that does not exist."""
        from a360tui.workflow.profiles import is_at

        if self._options.profiles:
            return Setting(self.configuration.find(self._options.profiles[-1]), "--profile")
        if name := _variable(PROFILE_VARIABLE):
            return Setting(self.configuration.find(name), PROFILE_VARIABLE)
        given = self._options.control_room
        named = _variable(CONTROL_ROOM_VARIABLE) if given is None else given
        if not self.configuration.profile:
            return Setting(None, DEFAULT)
        if named is None:
            return Setting(self.configuration.in_use, CONFIGURATION)
        # A profile in use that is not there matters only to who relies on it.
        found = next((each for each in self.configuration.profiles if each.name == self.configuration.profile), None)
        return Setting(found, CONFIGURATION) if found is not None and is_at(found, named) else Setting(None, DEFAULT)

    @property
    def control_room(self) -> Setting[str | None]:
        """The address as it was typed or written."""
        return self._text("--control-room", self._options.control_room, CONTROL_ROOM_VARIABLE, "url")

    @property
    def username(self) -> Setting[str | None]:
        """The user name as it was typed or written.

        Raises `InvalidInput` for one with characters that cannot be seen.
        """
        from a360tui.errors import InvalidInput
        from a360tui.text import harmless, quoted

        found = self._text("--username", self._options.username, USERNAME_VARIABLE, "username")
        if found.value and harmless(found.value) != found.value:
            raise InvalidInput(
                f"The user name of {found.source} holds characters that cannot be seen: {quoted(found.value)}.",
                "Type it instead of pasting it.",
            )
        return found

    @property
    def sign_in(self) -> Setting[SignIn | None]:
        """What a profile's user signs in with; ``None`` without a profile."""
        return self._of_profile("sign_in", None)

    @property
    def ca_file(self) -> Setting[Path | None]:
        """The file of certificates to trust besides the operating system's."""
        if self._options.ca_file is not None:
            return Setting(self._options.ca_file, "--ca-file")
        return self._of_profile("ca_file", None)

    @property
    def production(self) -> Setting[bool]:
        """Whether the user name has to be typed before anything that cannot be undone."""
        return self._of_profile("production", False, self._careful_profile)

    @property
    def read_only(self) -> Setting[bool]:
        """Whether nothing may be changed."""
        if self._options.read_only:
            return Setting(True, "--read-only")
        return self._of_profile("read_only", False, self._careful_profile)

    @cached_property
    def _careful_profile(self) -> Profile | None:
        """The profile whose ``production`` and ``read_only`` count: that of this user at this Control Room."""
        from a360tui.api import parse_address
        from a360tui.errors import InvalidInput
        from a360tui.workflow.profiles import is_at, profile_of

        profile, typed = self.profile.value, self.control_room.value
        if typed is None or (profile is not None and is_at(profile, typed)):
            return profile
        try:
            address = parse_address(typed)
        except InvalidInput:
            return profile
        return profile_of(self.configuration, address, self.username.value or "") or profile

    @property
    def calls(self) -> Setting[Path | None]:
        """The call map that was written by hand; a profile's is for its own Control Room only."""
        from a360tui.workflow.profiles import is_at

        profile, address = self.profile.value, self.control_room.value
        if profile is None or address is None or not is_at(profile, address):
            return Setting(None, DEFAULT)
        return self._of_profile("calls", None)

    @property
    def narrowed_to(self) -> tuple[str | None, str | None]:
        """The address and the user name to narrow a list by; the profile in use alone narrows none."""
        return self._unless_in_use(self.control_room), self._unless_in_use(self.username)

    @staticmethod
    def said_otherwise(profile: Profile) -> list[str]:
        """A sentence for each variable that comes before this profile, once in use, and says otherwise."""
        from a360tui.storage import is_same_user
        from a360tui.workflow.profiles import is_at

        name, url, username = map(_variable, (PROFILE_VARIABLE, CONTROL_ROOM_VARIABLE, USERNAME_VARIABLE))
        others = (
            (PROFILE_VARIABLE, "profile", name is not None and name != profile.name),
            (CONTROL_ROOM_VARIABLE, "Control Room", url is not None and not is_at(profile, url)),
            (
                USERNAME_VARIABLE,
                "user",
                username and profile.username and not is_same_user(username, profile.username),
            ),
        )
        return [
            f"Here {variable} names another {what}, and comes first." for variable, what, is_other in others if is_other
        ]

    def _unless_in_use(self, setting: Setting[str | None]) -> str | None:
        """The value, unless it comes from the profile in use."""
        is_in_use = self.profile.source == CONFIGURATION and setting.source.startswith("profile ")
        return None if is_in_use else setting.value

    def _text(self, option: str, given: str | None, variable: str, key: str) -> Setting[str | None]:
        if given is not None:
            return Setting(given, option)
        of_profile: Setting[str | None] = self._of_profile(key, None)
        if of_profile.value and self.profile.source == "--profile":
            return of_profile
        of_environment = _variable(variable)
        return of_profile if of_environment is None else Setting(of_environment, variable)

    def _of_profile(self, key: str, without: T, profile: Profile | None = None) -> Setting[T]:
        profile = profile or self.profile.value
        value = None if profile is None else getattr(profile, key)
        if profile is None or value in {None, "", False}:
            return Setting(without, DEFAULT)
        return Setting(value, f"profile {profile.name}")


def _variable(name: str) -> str | None:
    """The values of environment variables; an empty variable counts as unset."""
    return os.environ.get(name) or None
