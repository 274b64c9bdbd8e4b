"""Who is signed in where: the connection that the screens share, and what this session knows and nobody else does."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from a360tui.api import ApiKey, Password, SignedIn
from a360tui.secret import Secret
from a360tui.workflow.key import KeySignIn

if TYPE_CHECKING:
    from a360tui.api import ControlRoom
    from a360tui.workflow.destination import Destination


@dataclass
class Session:
    """One signed-in user at one Control Room, from sign-in to sign-out."""

    destination: Destination
    place: str
    """What the top line calls the Control Room."""
    room: ControlRoom
    is_demo: bool
    closing: AsyncExitStack = field(repr=False)
    known_key: Secret | None = None
    """The text of this user's key where this session made it or signed in with it; in memory only."""
    key_sign_in: KeySignIn | None = None
    """The last successful sign-in with the known key."""
    assumed_calls_allowed: bool = False
    """The person said that calls which the vendor does not publish may be tried on this Control Room."""

    @classmethod
    async def open(
        cls, destination: Destination, place: str, username: str, credential: Password | ApiKey, *, is_demo: bool
    ) -> Session:
        """Connect and sign in, once; the connection is closed again where that fails."""
        async with AsyncExitStack() as stack:
            room = await stack.enter_async_context(destination.open())
            await room.sign_in(username, credential)
            key = credential.secret if isinstance(credential, ApiKey) else None
            return cls(
                destination,
                place,
                room,
                is_demo,
                stack.pop_all(),
                known_key=key,
                assumed_calls_allowed=is_demo,
            )

    async def close(self) -> None:
        """Sign out, as far as the Control Room can be reached, and close the connection."""
        from a360tui.errors import A360Error

        try:
            await self.room.sign_out()
        except A360Error:
            # The token ends by itself; leaving must not depend on the network.
            pass
        finally:
            self.known_key = None
            await self.closing.aclose()

    @property
    def signed_in(self) -> SignedIn:
        """Who is signed in, and what they may do since the last sign-in or renewal."""
        return self.room.require_signed_in()

    @property
    def roles_words(self) -> str:
        """The user's roles for the top line: ``(API key users +2)``; empty where there are none."""
        # A custom role says more of a person than the ones that everybody has.
        roles = sorted((role.name for role in self.signed_in.user.roles), key=lambda name: name.startswith("AAE_"))
        if not roles:
            return ""
        more = f" +{len(roles) - 1}" if len(roles) > 1 else ""
        return f"({roles[0]}{more})"

    @property
    def token_words(self) -> str:
        """How long the token lasts: ``token 19m``."""
        left = self.room.token_left()
        if left is None:
            return ""
        return "token ended" if left <= timedelta(0) else f"token {max(1, round(left.total_seconds() / 60))}m"
