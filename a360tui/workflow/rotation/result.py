"""The outcome of a rotation, in words: what was done, what was not, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from a360tui.api.errors import OutcomeUnknown
from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.storage import RawAnswer
from a360tui.workflow.errors import KeyMadeButLost, KeyNotVerified, KeyReplaced, RotationPending
from a360tui.workflow.key import KeySignIn
from a360tui.workflow.references import Outcome, Reference
from a360tui.workflow.rotation.record import ReferenceStage


class Ending(StrEnum):
    """How it ended."""

    DONE = "done"
    NOT_DONE = "not done"
    """No key was made; the one from before is still in force. Only a recovery ends so."""
    PENDING = "pending"
    """The new key works, but the store or a reference does not have it yet."""
    NOT_VERIFIED = "not verified"
    """There is a new key, and whether it works is not known: no reference was touched."""
    UNKNOWN = "unknown"
    """Whether a key was made is not known."""
    LOST = "lost"
    """A key was made, the old one is dead, and the text of the new one never arrived."""
    CONFLICT = "conflict"
    """Somebody else has made another key since: this one is dead, and nothing was overwritten."""


class Kept(StrEnum):
    """Where the new key is."""

    STORE = "store"
    """In the store, on disk."""
    SLOT = "slot"
    """In the sealed answer on disk only, from which `recover` takes it."""
    MEMORY = "memory"
    """In this process only: it ends with it."""


@dataclass(frozen=True)
class ReferenceResult:
    """What came of one reference."""

    reference: Reference
    stage: ReferenceStage
    sentence: str
    """For people: what it holds now, or why it was not updated."""
    outcome: Outcome | None = None
    """The full outcome, where it was tried in this run."""


@dataclass(frozen=True)
class RotationResult:
    """The end of a rotation, or of an attempt to finish one."""

    ending: Ending
    sentence: str
    """What happened, for people."""
    hint: str = ""
    """What to do now; empty where nothing is left to do."""
    key: Secret | None = None
    """The new key, wherever it is known: also where it is not verified."""
    created_on: datetime | None = None
    expiration_time: datetime | None = None
    kept: Kept | None = None
    """Where the new key is; None where there is none. With `Kept.MEMORY`, show it, and end only once it was taken."""
    place: str = ""
    """The same for people: ``kept in memory only, until a360tui ends``."""
    key_sign_in: KeySignIn | None = None
    """The sign-in with the new key, where there was one in this run."""
    answer: RawAnswer | None = None
    """The answer as it came, where no key was found in it: a person may find one."""
    references: tuple[ReferenceResult, ...] = ()
    troubles: tuple[A360Error, ...] = ()
    """What failed on the way without stopping it, such as a full disk."""
    unfinished: str = ""
    """The name under which it stays in the journal; empty where nothing is left to finish."""
    set_aside: bool = False
    """Whether it failed so often that it is no longer offered; it is kept."""

    @property
    def error(self) -> A360Error | None:
        """The outcome as an error with its exit code; None where all is well."""
        kind = _ERRORS.get(self.ending)
        return None if kind is None else kind(self.sentence, self.hint)


_ERRORS: dict[Ending, type[A360Error]] = {
    Ending.PENDING: RotationPending,
    Ending.NOT_VERIFIED: KeyNotVerified,
    Ending.UNKNOWN: OutcomeUnknown,
    Ending.LOST: KeyMadeButLost,
    Ending.CONFLICT: KeyReplaced,
}
