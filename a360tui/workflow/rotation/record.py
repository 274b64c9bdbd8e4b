"""What the journal keeps of a rotation: enough to say what happened, and to finish it. Secrets in it are sealed.

`Record.stage` is the state machine of a rotation. Each change of it is durable before the next step is taken. Each
arrow names the module that takes it::

    INTENT      the request may have been sent                       plan
     → RECEIVED   a key came, or was found in the sealed answer        receiving, recovery
     → UNKNOWN    no key came, and the dates show no new one           unanswered
     → LOST       no key came, and the dates show a new one            unanswered
     → DONE       the Control Room refused: no key was made            receiving
    UNKNOWN     whether a key was made is not known
     → RECEIVED   a key was found in the sealed answer after all       recovery
     → LOST       the dates show a new key, or the old one is refused  unanswered
     → DONE       two late looks show the old key: none was made       unanswered
    RECEIVED    the new key is here
     → DONE       it works, is stored, and no reference is pending     finishing
     → CONFLICT   a newer key is in force                              finishing
     → LOST       its text was kept nowhere, or is gone                unanswered
     → DONE       what was taken for a key was none                    recovery
    LOST, CONFLICT   the next rotation closes it                       plan
    DONE        the entry is deleted (`OpenEntry.close`)               safekeeping

Within RECEIVED, other fields say how far the new key has come: `Record.sign_in`, `Record.held_back`, `Record.stored`,
and the stage of each of `Record.references`.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from a360tui.api import GenerateCall, GeneratedKey, User
from a360tui.storage import Binding, Journal, Locations, Sealed
from a360tui.workflow.references import Fingerprint, Reference

if TYPE_CHECKING:
    from a360tui.workflow.key import KeyStatus


class Stage(StrEnum):
    """How far a rotation has come (the module's docstring draws it); it never goes back."""

    INTENT = "intent"
    """The request for a key may have been sent."""
    UNKNOWN = "unknown"
    """It was sent, and no answer with a key came."""
    RECEIVED = "received"
    """The new key is here; other fields of the record say what was done with it."""
    LOST = "lost"
    """A key was made, and its text never arrived; the old key is dead."""
    CONFLICT = "conflict"
    """The key in force was made elsewhere, after this one."""
    DONE = "done"
    """Nothing is left to do but clear up."""


class SignInAttempt(StrEnum):
    """How a sign-in with a key went; a refused key counts as a failed sign-in, and three of those disable the user."""

    NOT_BEGUN = "not begun"
    BEGUN = "begun"
    """It may have been sent, and no answer is known: it may have failed."""
    ACCEPTED = "accepted"
    REFUSED = "refused"


class ReferenceStage(StrEnum):
    """How far one reference is."""

    PENDING = "pending"
    UPDATED = "updated"
    CONFLICT = "conflict"
    """It held something other than expected, and was left alone."""
    LEFT = "left"
    """A person decided to leave it as it is."""


class ReferenceRecord(msgspec.Struct, frozen=True):
    """One place that is to get the new key."""

    reference: Reference
    seen: Fingerprint | None = None
    """The fingerprint of what it held before."""
    stage: ReferenceStage = ReferenceStage.PENDING
    sentence: str = ""
    """What came of it, for people."""


class KeyDates(msgspec.Struct, frozen=True):
    """When the key in force was made and when it ends, according to the Control Room's record of the user."""

    visible: bool
    """Whether the user may read the record; if not, the dates are None and mean nothing."""
    created_on: datetime | None = None
    expiration_time: datetime | None = None

    @classmethod
    def of(cls, known: KeyStatus | User | GeneratedKey | None) -> KeyDates:
        """The dates in any of these; None means that they are not visible."""
        from a360tui.workflow.key import KeyState, KeyStatus

        match known:
            case None:
                return cls(visible=False)
            case KeyStatus():
                visible = known.state is not KeyState.NOT_VISIBLE
                return cls(visible, _plain(known.created_on), _plain(known.expiration_time))
            case GeneratedKey():
                return cls(True, _plain(known.created_on), _plain(known.expiration_time))
            case User():
                return cls(True, _plain(known.api_key_created_on), _plain(known.api_key_expiration_time))


class Record(msgspec.Struct, frozen=True):
    """One rotation."""

    binding: Binding
    asked_on: datetime
    """The Control Room's time just before the request."""
    before: KeyDates
    call: GenerateCall
    """Where the key stands in the answer."""
    replaces: bool
    """Whether there was a key, or may have been one."""
    stage: Stage = Stage.INTENT
    looks: int = 0
    """How often the dates have been read since the request without a change."""
    created_on: datetime | None = None
    """When the new key was made."""
    expiration_time: datetime | None = None
    """When the new key ends."""
    sign_in: SignInAttempt = SignInAttempt.NOT_BEGUN
    """The sign-in with the new key."""
    probe: SignInAttempt = SignInAttempt.NOT_BEGUN
    """The sign-in with the old key, where the dates cannot be seen."""
    held_back: bool = False
    """Whether the new key is in the store as pending (`SecretKind.PENDING_API_KEY`)."""
    stored: bool = False
    """Whether the new key is in the store as the user's key."""
    references: tuple[ReferenceRecord, ...] = ()
    pepper: Sealed | None = None
    """The pepper of the fingerprints."""
    old_key: Sealed | None = None
    """The key from before, where it was known."""
    token: Sealed | None = None
    """The session's token, where it was opened with the key that dies: nothing else may be left to sign in with."""

    @property
    def waiting(self) -> tuple[ReferenceRecord, ...]:
        """The references that do not have the new key yet."""
        return tuple(each for each in self.references if each.stage is ReferenceStage.PENDING)

    @property
    def superseded(self) -> bool:
        """Whether the way out is a new rotation, which then closes this one."""
        return self.stage in {Stage.LOST, Stage.CONFLICT, Stage.DONE}


def journal_of(locations: Locations) -> Journal[Record]:
    """The unfinished rotations of all Control Rooms and users."""
    return Journal(locations.journal, Record, name="a360tui rotation")


def new_name(binding: Binding) -> str:
    """A name for a new rotation, in the journal and of its slots; it shows whose it is even where both are damaged."""
    return f"{_mark(binding)}-{secrets.token_hex(4)}"


def is_name_of(name: str, binding: Binding) -> bool:
    """Whether a rotation of this name is about this key."""
    return name.startswith(_mark(binding) + "-")


def _plain(moment: datetime | None) -> datetime | None:
    """The moment as a plain datetime: the API layer's own subclass cannot be written to a file."""
    return moment and datetime.combine(moment.date(), moment.timetz())


def _mark(binding: Binding) -> str:
    return binding.file_stem.rpartition("-")[2]
