"""Profiles at work: the configuration with every address looked at, and which Control Room a profile means.

Every start of the screens reads the configuration, so that only what reads it is imported at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from a360tui.errors import InvalidInput

if TYPE_CHECKING:
    from a360tui.api import Address
    from a360tui.storage import Configuration, ConfigurationFile, Profile
    from a360tui.workflow.destination import Destination
    from a360tui.workflow.sign_in_type import SignInType


def read_configuration(file: ConfigurationFile) -> Configuration:
    """What ``config.toml`` says, with each profile's address one that may be used.

    Raises `StorageError`, and `InvalidInput` on the field ``url`` for an address that cannot be repaired, and for
    ``http`` to another machine: nothing is sent to any of them then.
    """
    configuration = file.read()
    for profile in configuration.profiles:
        address_of(profile)
    return configuration


def address_of(profile: Profile) -> Address:
    """The Control Room of a profile; `InvalidInput` on the field ``url`` where it has none."""
    from a360tui.api import parse_address

    try:
        return parse_address(profile.url)
    except InvalidInput as error:
        raise InvalidInput(f"The url of the profile {profile.name}: {error.message}", error.hint, field="url") from None


def is_at(profile: Profile, text: str) -> bool:
    """Whether an address as it was typed is the profile's Control Room."""
    from a360tui.api import parse_address

    try:
        return parse_address(text) == address_of(profile)
    except InvalidInput:
        return False


def destination_of(profile: Profile) -> Destination:
    """Where a profile's requests go."""
    from a360tui.workflow.destination import Destination

    return Destination(address_of(profile), ca_file=profile.ca_file)


def check_calls(profile: Profile) -> None:
    """Raise `InvalidInput` where a profile names a file of calls that cannot be used."""
    from a360tui.workflow.call_book import CallBook

    CallBook(address_of(profile), None, profile.calls).known()


async def look_at(profile: Profile) -> SignInType:
    """Ask a profile's Control Room how its users sign in: whether there is one; needs no sign-in.

    Raises `NotReachable` where nobody answers or a web page does, `TooSlow`, and what else keeps it from being told.
    """
    from a360tui.workflow.sign_in_type import SignInType

    async with destination_of(profile).open() as room:
        return SignInType(await room.auth_type())
