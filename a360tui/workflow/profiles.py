"""Turn the profiles of the configuration into Control Rooms, with every address checked.

The configuration is read at every start, so only what that takes is imported at the top.
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
    """The configuration in ``config.toml``, with the address of each profile checked.

    Raises `StorageError`, and `InvalidInput` on the field ``url`` for an address that cannot be repaired, or for
    ``http`` to another machine; then no profile is used.
    """
    configuration = file.read()
    for profile in configuration.profiles:
        address_of(profile)
    return configuration


def address_of(profile: Profile) -> Address:
    """The Control Room of a profile; raises `InvalidInput` on the field ``url`` where it has none."""
    from a360tui.api import parse_address

    try:
        return parse_address(profile.url)
    except InvalidInput as error:
        raise InvalidInput(f"The url of the profile {profile.name}: {error.message}", error.hint, field="url") from None


def is_at(profile: Profile, text: str) -> bool:
    """Whether a typed address is that of the profile's Control Room."""
    from a360tui.api import parse_address

    try:
        return parse_address(text) == address_of(profile)
    except InvalidInput:
        return False


def is_of(profile: Profile, address: Address, username: str) -> bool:
    """Whether a profile is for a Control Room and user; one without a user name fits every user."""
    from a360tui.storage import is_same_user

    return address_of(profile) == address and (not profile.username or is_same_user(profile.username, username))


def profile_of(configuration: Configuration, address: Address, username: str) -> Profile | None:
    """The profile for a Control Room and user, preferably the one in use; one without a user name fits every user."""
    fitting = [each for each in configuration.profiles if is_of(each, address, username)]
    return min(fitting, key=lambda each: (each.name != configuration.profile, not each.username), default=None)


def destination_of(profile: Profile) -> Destination:
    """Where a profile's requests go."""
    from a360tui.workflow.destination import Destination

    return Destination(address_of(profile), ca_file=profile.ca_file)


def check_calls(profile: Profile) -> None:
    """Raise `InvalidInput` where a profile names a file of calls that cannot be used."""
    from a360tui.workflow.call_book import CallBook

    CallBook(address_of(profile), None, profile.calls).known()


async def look_at(profile: Profile) -> SignInType:
    """Ask a profile's Control Room how its users sign in, which also shows whether it is there; needs no sign-in.

    Raises `NotReachable` where nobody answers or a web page does, `TooSlow`, and the other errors of a request.
    """
    from a360tui.workflow.sign_in_type import SignInType

    async with destination_of(profile).open() as room:
        return SignInType(await room.auth_type())
