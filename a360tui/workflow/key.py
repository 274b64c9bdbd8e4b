"""The signed-in user's API key: its state, generating and regenerating it, signing in (``control-room-api.md §6``)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Self

from a360tui.api import GENERATE_API_KEY, ApiKey, User
from a360tui.api.errors import Forbidden
from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.storage import Configuration
from a360tui.workflow.dates import date_stamp
from a360tui.workflow.destination import Destination
from a360tui.workflow.errors import KeyExists, MayNotGenerate, NoKey
from a360tui.workflow.permissions import MANAGE_ROLES

if TYPE_CHECKING:
    from a360tui.api import ControlRoom

ENDING_WITHIN = timedelta(days=Configuration().ending_within)
"""By default, a key that ends within this time is shown as ending."""

_ASK = "Ask an administrator for a role that grants API › Generate API-Key, then sign in again."
_GIVE = "Give yourself a role that grants API › Generate API-Key, then sign in again."


class KeyState(Enum):
    """The state of a key; the value is its word on the screen."""

    NONE = "no key"
    VALID = "valid"
    ENDING = "ending"
    ENDED = "ended"
    NOT_VISIBLE = "not visible"
    NOT_READ = "not read"


_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class KeyStatus:
    """What is known of a user's key; its text is shown by a Control Room only when it is made."""

    username: str
    state: KeyState
    created_on: datetime | None
    expiration_time: datetime | None
    may_generate: bool
    to_be_allowed: str
    """What to do so that this user may generate."""
    now: datetime
    """The Control Room's time when this was read."""

    @property
    def obstacle(self) -> str:
        """Why this user may not generate, and what to do; empty where they may."""
        return "" if self.may_generate else f"{self.username} may not generate an API key. {self.to_be_allowed}"

    @property
    def exists(self) -> bool:
        """Whether there is a key, alive or ended; where it is not visible, this says that there may be one."""
        return self.state is not KeyState.NONE


def key_state(user: User, now: datetime, within: timedelta = ENDING_WITHIN) -> KeyState:
    """The state of the key in a user's record; a key without an end counts as valid.

    A key that ends ``within`` this time is *ending*.
    """
    if user.api_key_created_on is None and user.api_key_expiration_time is None:
        return KeyState.NONE
    end = user.api_key_expiration_time
    if end is not None and end <= now:
        return KeyState.ENDED
    return KeyState.ENDING if end is not None and end - now <= within else KeyState.VALID


async def key_status(room: ControlRoom, within: timedelta = ENDING_WITHIN) -> KeyStatus:
    """Read the dates of the signed-in user's key; where the record is not visible to them, the status says so.

    A key that ends ``within`` this time is *ending*.
    """
    signed_in = room.require_signed_in()
    may = signed_in.may(GENERATE_API_KEY)
    to_be_allowed = _GIVE if signed_in.may(MANAGE_ROLES) else _ASK
    try:
        user = await room.own_user()
    except Forbidden:
        return KeyStatus(signed_in.user.username, KeyState.NOT_VISIBLE, None, None, may, to_be_allowed, room.now())
    now = room.now()
    if user.api_key_created_on is not None and timedelta(0) < user.api_key_created_on - now < _SECOND:
        now = user.api_key_created_on  # the Control Room tells its time in whole seconds
    return KeyStatus(
        signed_in.user.username,
        key_state(user, now, within),
        user.api_key_created_on,
        user.api_key_expiration_time,
        may,
        to_be_allowed,
        now,
    )


def check_generate(status: KeyStatus, *, replace: bool) -> None:
    """Raise where no key may be made: no permission, a key that would be lost unasked, or none to replace."""
    if not status.may_generate:
        raise MayNotGenerate(f"{status.username} may not generate an API key.", status.to_be_allowed)
    if replace and status.state is KeyState.NONE:
        raise NoKey("There is no API key to replace.", "Make one with: a360tui key generate")
    if not replace and status.exists:
        if status.created_on is not None:
            known = f"{status.username} has an API key already, made {date_stamp(status.created_on)}."
        else:
            known = f"Whether {status.username} has an API key is not visible to this user."
        raise KeyExists(
            known, "A new one would end it at once, everywhere it is used. To do that: a360tui key regenerate"
        )


_CLOCK_STEP = timedelta(seconds=5)
"""How far apart two readings of the Control Room's clock may be at one time."""


@dataclass(frozen=True)
class KeySignIn:
    """A key that signed in: its user, and how long the token lasts."""

    username: str
    token_lifetime: timedelta | None
    at: datetime
    """By the Control Room's clock."""

    def is_of(self, status: KeyStatus) -> bool:
        """Whether the key of this status is the one that signed in: it was not made anew since, and has not ended."""
        is_newer = status.created_on is not None and status.created_on > self.at + _CLOCK_STEP
        return status.state is not KeyState.ENDED and not is_newer

    @classmethod
    def of(cls, room: ControlRoom) -> Self:
        """The sign-in that a connection has just made."""
        left = room.token_left()
        lifetime = timedelta(seconds=round(left.total_seconds())) if left is not None else None
        return cls(room.require_signed_in().user.username, lifetime, room.now())


async def sign_in_with_key(destination: Destination, username: str, key: Secret) -> KeySignIn:
    """Sign in with the key on a connection of its own, once, and sign out again.

    A refused key is a failed sign-in, and three of those disable the user: the caller must not retry it unasked.
    """
    async with destination.open() as room:
        await room.sign_in(username, ApiKey(key))
        made = KeySignIn.of(room)
        with suppress(A360Error):  # the token ends by itself; the key has signed in
            await room.sign_out()
        return made
