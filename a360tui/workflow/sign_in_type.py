r"""How a Control Room's users sign in, and what that means for whoever wants to (``control-room-api.md §1``).

Two words are documented, ``DATABASE`` and ``ACTIVE_DIRECTORY``. Any other is taken for *elsewhere*, such as single
sign-on: then a password will hardly work, but trying one is not prevented.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from a360tui.api import Credential, Password
from a360tui.api.errors import NotReachable
from a360tui.errors import A360Error

if TYPE_CHECKING:
    from a360tui.api import ControlRoom

FIRST_KEY = (
    "The first key is made in a browser: sign in there as usual, then your name › My settings › Generate API-Key "
    "shows it once. Where that is missing, ask an administrator for a role that grants API › Generate API-Key."
)
"""How a user gets a key who cannot sign in without one."""


class SignInWay(Enum):
    """Where users prove who they are."""

    DATABASE = "by the Control Room's own passwords"
    DIRECTORY = "by Active Directory"
    ELSEWHERE = "elsewhere"
    NOT_TOLD = "not told"


_WAYS = {"": SignInWay.NOT_TOLD, "DATABASE": SignInWay.DATABASE, "ACTIVE_DIRECTORY": SignInWay.DIRECTORY}


@dataclass(frozen=True)
class SignInType:
    """How users sign in, as a Control Room says."""

    word: str
    """The Control Room's own word, harmless; empty where it does not say."""

    @property
    def way(self) -> SignInWay:
        """The meaning of the word."""
        return _WAYS.get(self.word.upper(), SignInWay.ELSEWHERE)

    @property
    def words(self) -> str:
        """What a sign-in takes, in a sentence; empty where the type is not known."""
        if self.way is SignInWay.DIRECTORY:
            return "Users of Active Directory sign in as DOMAIN\\name."
        if self.way is SignInWay.ELSEWHERE:
            return f"Users sign in elsewhere ({self.word}): a password will not do, an API key will."
        return "Users sign in with a password or an API key." if self.way is SignInWay.DATABASE else ""

    @property
    def sentence(self) -> str:
        """What the Control Room is, in a sentence for a person who has just typed its address."""
        match self.way:
            case SignInWay.DATABASE:
                return "A Control Room that signs in its own users."
            case SignInWay.DIRECTORY:
                return "A Control Room that signs in users of Active Directory, as DOMAIN\\name."
            case SignInWay.ELSEWHERE:
                return f"A Control Room whose users sign in elsewhere ({self.word}): only an API key will do here."
        return "It answers, but does not say how its users sign in."

    def doubt(self, username: str, credential: type[Credential]) -> str:
        """What makes such a sign-in unlikely to work, and what to do instead; empty where nothing does."""
        if self.way is SignInWay.ELSEWHERE and credential is Password:
            return f"{self.words} {FIRST_KEY}"
        if self.way is SignInWay.DIRECTORY and not ("\\" in username or "@" in username):
            return f"{self.words} {username} has no domain."
        return ""


async def sign_in_type(room: ControlRoom) -> SignInType:
    """Ask a Control Room; needs no sign-in. Raises `NotReachable` where there is none."""
    try:
        return SignInType(await room.auth_type())
    except NotReachable:
        raise
    except A360Error:
        # It may still sign users in, and says better what is wrong.
        return SignInType("")


async def refusal_hint(room: ControlRoom, username: str, credential: Credential) -> str:
    """How the type explains a sign-in that was refused; empty where it does not, or cannot be read."""
    try:
        return (await sign_in_type(room)).doubt(username, type(credential))
    except A360Error:
        return ""
