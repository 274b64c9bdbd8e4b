"""What a Control Room holds, in the one form that the layers above see, whichever release it came from.

Texts are harmless to show, and are sent back unchanged (`a360tui.api.server_text`); times are aware and in UTC; ids are
text. Unknown fields of an answer are ignored.
"""

from typing import Generic, TypeVar

import msgspec

from a360tui.api.fields import Identifier, Moment
from a360tui.secret import Secret

T = TypeVar("T")


class Permission(msgspec.Struct, frozen=True, rename="camel"):
    """An action on a resource type. Permissions are compared by this pair, since ids differ between installations."""

    action: str
    resource_type: str
    id: Identifier | None = None
    """The installation's own id for it, where the answer gives one."""
    resource_id: Identifier | None = None
    """The one resource that it is limited to, if it is."""

    def matches(self, other: "Permission") -> bool:
        """Whether action and resource type are the same, in upper or lower case."""
        return (
            self.action.casefold() == other.action.casefold()
            and self.resource_type.casefold() == other.resource_type.casefold()
        )


GENERATE_API_KEY = Permission("generateapikey", "api")
"""The permission that lets a user generate their own API key (``control-room-api.md`` §3)."""


class RoleRef(msgspec.Struct, frozen=True, rename="camel"):
    """A role as a user's record names it."""

    id: Identifier
    name: str = ""


class RoleDraft(msgspec.Struct, frozen=True):
    """A role as it is to be written, with everything in it: an update replaces all permissions and users."""

    name: str
    description: str = ""
    permissions: tuple[Permission, ...] = ()
    user_ids: tuple[str, ...] = ()
    version: int | None = None
    """The version that the change is based on, which v1 requires; where it is missing, an update reads it first."""


class RoleRow(msgspec.Struct, frozen=True, rename="camel"):
    """A role as the list has it, without its permissions and users."""

    id: Identifier
    name: str = ""
    description: str = ""
    count_principals: int | None = None
    """How many have it; ``None`` where the answer does not say."""
    system_role: bool = False
    """Made by the vendor; it must not be changed."""
    enabled: bool = True
    version: int | None = None
    created_on: Moment | None = None
    updated_on: Moment | None = None


class Role(RoleRow, frozen=True, rename="camel"):
    """A role with its permissions and users."""

    permissions: tuple[Permission, ...] = ()
    user_ids: tuple[Identifier, ...] = ()

    def draft(self) -> RoleDraft:
        """The role as it is, to be changed with `msgspec.structs.replace`; its texts are sent back as they came."""
        return RoleDraft(self.name, self.description, self.permissions, self.user_ids, self.version)


class User(msgspec.Struct, frozen=True, rename="camel"):
    """A user. A row of the list may lack the key's two times, which the single record has."""

    id: Identifier = ""
    """Empty where a single record does not repeat the id it was requested by."""
    username: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    domain: str = ""
    description: str = ""
    disabled: bool = False
    deleted: bool = False
    roles: tuple[RoleRef, ...] = ()
    license_features: tuple[str, ...] = ()
    api_key_created_on: Moment | None = None
    """When the key was made; ``None`` where there is none, or a list does not say."""
    api_key_expiration_time: Moment | None = None
    """When the key ends or ended."""
    created_on: Moment | None = None
    updated_on: Moment | None = None


class SignedIn(msgspec.Struct, frozen=True):
    """The signed-in user, with what they may do."""

    user: User
    permissions: tuple[Permission, ...] = ()

    def may(self, permission: Permission) -> bool:
        """Whether the user had this permission when they signed in."""
        return any(permission.matches(granted) for granted in self.permissions)


class Version(msgspec.Struct, frozen=True, rename="camel"):
    """What a Control Room calls its version, which is not the marketing version (``control-room-api.md`` §7)."""

    version_number: str = ""
    version_release: str = ""
    build_number: str = ""


class GeneratedKey(msgspec.Struct, frozen=True):
    """A new key; the Control Room shows its text only this once."""

    key: Secret
    created_on: Moment | None = None
    expiration_time: Moment | None = None


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list."""

    items: tuple[T, ...]
    offset: int
    """How many rows come before this page."""
    total: int | None = None
    """How many rows there are; ``None`` where the answer does not say."""
    total_filter: int | None = None
    """How many rows match the filter; ``None`` where the answer does not say."""
