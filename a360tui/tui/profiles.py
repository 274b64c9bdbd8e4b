"""The profiles as the screens use them: read when the app starts, and after each change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from a360tui.errors import A360Error, InvalidInput

if TYPE_CHECKING:
    from a360tui.api import Address
    from a360tui.storage import Configuration, ConfigurationFile, Profile


class Profiles:
    """The profiles in ``config.toml``, read on first use; each change is on the disk before it is shown."""

    def __init__(self) -> None:
        self._read: tuple[Configuration, A360Error | None] | None = None

    @cached_property
    def _file(self) -> ConfigurationFile:
        from a360tui.storage import ConfigurationFile, find_locations

        return ConfigurationFile(find_locations())

    def _known(self) -> tuple[Configuration, A360Error | None]:
        if self._read is None:
            from a360tui.storage import Configuration
            from a360tui.workflow.profiles import read_configuration

            try:
                self._read = read_configuration(self._file), None
            except A360Error as error:
                self._read = Configuration(), error
        return self._read

    @property
    def configuration(self) -> Configuration:
        """The configuration; the defaults where the file cannot be used."""
        return self._known()[0]

    @property
    def trouble(self) -> A360Error | None:
        """Why the file cannot be used; ``None`` where it can."""
        return self._known()[1]

    def of(self, address: Address, username: str) -> Profile | None:
        """The profile of a Control Room and user, the one in use first; one without a user name fits every user."""
        from a360tui.workflow.profiles import profile_of

        return profile_of(self.configuration, address, username)

    def look_again(self) -> None:
        """Read the file anew when it is next needed: somebody may have changed or corrected it."""
        self._read = None

    def check_new_name(self, name: str) -> None:
        """Raise `InvalidInput` on the field ``name`` for a name that is not valid, or taken."""
        from a360tui.storage import checked_profile_name

        self.look_again()
        if checked_profile_name(name) in self.configuration.names:
            raise InvalidInput(f"There is already a profile {name}.", "Give another name.", field="name")

    async def put(self, profile: Profile) -> None:
        """Add a profile, or change the one of that name; the first one is in use from then on."""

        def put(file: ConfigurationFile) -> None:
            is_first = not self.configuration.profiles
            file.put_profile(profile)
            if is_first:
                file.set(profile=profile.name)

        await self._change(put)

    async def remove(self, name: str) -> None:
        """Forget a profile."""
        await self._change(lambda file: file.remove_profile(name))

    async def use(self, name: str) -> None:
        """Have a profile in use."""
        await self._change(lambda file: file.set(profile=name))

    async def keep_theme(self, name: str) -> None:
        """Store the theme that was chosen."""
        await self._change(lambda file: file.set(theme=name))

    async def _change(self, change: Callable[[ConfigurationFile], object]) -> None:
        """Raises `StorageError`, and whatever prevents reading the file, which is then left as it is."""
        self.look_again()
        if self.trouble is not None:
            raise self.trouble
        await asyncio.to_thread(change, self._file)
        self.look_again()
