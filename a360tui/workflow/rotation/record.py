"""What the journal keeps of a rotation: enough to say what happened, and to finish it. Secrets in it are sealed."""

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
    """How far a rotation has come; it only ever goes on."""

    INTENT = "intent"
    """The request for a key may have been sent."""
    UNKNOWN = "unknown"
    """It was sent, and no answer with a key came."""
    RECEIVED = "received"
    """The new key is here; what was done with it stands beside."""
    LOST = "lost"
    """A key was made, and its text never arrived; the old key is dead."""
    CONFLICT = "conflict"
    """The key in force was made elsewhere, after this one."""
    DONE = "done"
    """Nothing is left but to clear up."""


class Trial(StrEnum):
    """A sign-in with a key, which counts as a failed one where the key is refused: three disable the user."""

    NOT_BEGUN = "not begun"
    BEGUN = "begun"
    """Sent, as far as is known, without an answer: it may have failed."""
    ACCEPTED = "accepted"
    REFUSED = "refused"


class ReferenceStage(StrEnum):
    """How far one reference has come."""

    PENDING = "pending"
    UPDATED = "updated"
    CONFLICT = "conflict"
    """It held something else than expected, and was left alone."""
    LEFT = "left"
    """A person said to leave it as it is."""


class ReferenceRecord(msgspec.Struct, frozen=True):
    """One place that is to get the new key."""

    reference: Reference
    seen: Fingerprint | None = None
    """Of what it held before."""
    stage: ReferenceStage = ReferenceStage.PENDING
    sentence: str = ""
    """What came of it, for people."""


class KeyDates(msgspec.Struct, frozen=True):
    """When the key in force was made and ends, as the Control Room's record of the user shows it."""

    visible: bool
    """Whether the user may read it; if not, the dates are None and say nothing."""
    created_on: datetime | None = None
    expiration_time: datetime | None = None

    @classmethod
    def of(cls, known: KeyStatus | User | GeneratedKey | None) -> KeyDates:
        """The dates that something holds; None holds none."""
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
    """How often the dates were read since the request and had not changed."""
    created_on: datetime | None = None
    """Of the new key."""
    expiration_time: datetime | None = None
    """Of the new key."""
    sign_in: Trial = Trial.NOT_BEGUN
    """With the new key."""
    probe: Trial = Trial.NOT_BEGUN
    """With the old key."""
    held_back: bool = False
    """Whether the new key is in the store as one that is not finished with."""
    stored: bool = False
    """Whether the new key is in the store as the user's key."""
    references: tuple[ReferenceRecord, ...] = ()
    pepper: Sealed | None = None
    """Of the fingerprints."""
    old_key: Sealed | None = None
    """As far as it was known."""
    token: Sealed | None = None
    """The session's, where that was opened with the key that dies: nothing else may be left to sign in with."""

    @property
    def waiting(self) -> tuple[ReferenceRecord, ...]:
        """The references that have not got the new key yet."""
        return tuple(each for each in self.references if each.stage is ReferenceStage.PENDING)

    @property
    def superseded(self) -> bool:
        """Whether a new rotation is what helps, and closes this one."""
        return self.stage in {Stage.LOST, Stage.CONFLICT, Stage.DONE}


def journal_of(locations: Locations) -> Journal[Record]:
    """The unfinished rotations of all Control Rooms and users."""
    return Journal(locations.journal, Record, name="a360tui rotation")


def new_name(binding: Binding) -> str:
    """The name of a new rotation, in the journal and of its slots: it tells whose it is, also where it is damaged."""
    return f"{_mark(binding)}-{secrets.token_hex(4)}"


def is_name_of(name: str, binding: Binding) -> bool:
    """Whether a rotation of this name is about this key."""
    return name.startswith(_mark(binding) + "-")


def _plain(moment: datetime | None) -> datetime | None:
    """The moment as the class that a file of ours can hold; the API layer has one of its own."""
    return moment and datetime.combine(moment.date(), moment.timetz())


def _mark(binding: Binding) -> str:
    return binding.file_stem.rpartition("-")[2]
