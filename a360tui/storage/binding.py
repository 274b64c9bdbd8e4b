"""`Binding` and `SecretKind`: whose secret it is, and which of their secrets."""

import hashlib
import re
from enum import StrEnum
from functools import total_ordering

import msgspec

from a360tui.origin import origin
from a360tui.text import harmless


class SecretKind(StrEnum):
    """What may be kept for a binding: at most one of each."""

    PASSWORD = "password"  # noqa: S105  # the name of a kind
    API_KEY = "api_key"
    PENDING_API_KEY = "pending_api_key"
    """A key that a rotation has received and not yet finished with."""

    @property
    def words(self) -> str:
        """For people: ``API key``."""
        return _WORDS[self]


_WORDS = {
    SecretKind.PASSWORD: "password",
    SecretKind.API_KEY: "API key",
    SecretKind.PENDING_API_KEY: "new API key",
}


@total_ordering
class Binding(msgspec.Struct, frozen=True, eq=False):
    r"""The one Control Room and user to whom a secret belongs; it is never offered to any other.

    Upper and lower case count in a user name, since they may count in a Control Room's own user database; they do not
    in ``DOMAIN\name``, since a directory has no two users, and no two domains, that differ in case alone.
    """

    scheme: str
    """``https``, or ``http`` for a loopback address."""
    host: str
    """In its ASCII form, as it is sent."""
    port: int
    username: str
    """As the Control Room was given it."""

    @property
    def identity(self) -> tuple[str, str, int, str]:
        """What two bindings are compared by."""
        return self.scheme, self.host, self.port, _compared(self.username)

    @property
    def control_room(self) -> str:
        """The Control Room's address: ``https://host[:port]``."""
        return origin(self.scheme, self.host, self.port)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Binding) and self.identity == other.identity

    def __lt__(self, other: "Binding") -> bool:
        return self.identity < other.identity

    def __hash__(self) -> int:
        return hash(self.identity)

    def __str__(self) -> str:
        return harmless(f"{self.username} at {self.control_room}")

    @property
    def shown_username(self) -> str:
        """The user name as it is shown: a file of this machine may hold any text."""
        return harmless(self.username)

    @property
    def file_stem(self) -> str:
        """A file name for it, without an ending; it begins readably, and no two bindings have the same."""
        return file_stem(self.host, msgspec.json.encode(self.identity))


def is_same_user(one: str, other: str) -> bool:
    """Whether two names mean the same user of a Control Room, compared as `Binding` compares them."""
    return _compared(one) == _compared(other)


def _compared(username: str) -> str:
    return username.casefold() if "\\" in username else username


def file_stem(host: str, whole: bytes) -> str:
    """A file name, without its ending, for something that belongs to a host; a digest of ``whole`` makes it unique."""
    readable = re.sub(r"[^a-z0-9.-]", "_", host.lower())[:40].lstrip(".")
    return f"{readable}-{hashlib.sha256(whole).hexdigest()[:16]}"
