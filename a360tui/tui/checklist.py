"""The workflow as a checklist: the state of each step in words, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from a360tui.api import GENERATE_API_KEY
from a360tui.tui.session import Session
from a360tui.workflow.dates import age_words, date_stamp, span_words
from a360tui.workflow.duration import duration_words
from a360tui.workflow.key import KeyState, KeyStatus
from a360tui.workflow.permissions import MANAGE_ROLES
from a360tui.workflow.role_overview import RoleGrant


class LineState(Enum):
    """The state of a line of the checklist."""

    DONE = "done"
    OPEN = "open"
    WAITING = "waiting"
    """This user has nothing to do here now."""
    UNKNOWN = "unknown"
    """It is being read, or could not be."""


@dataclass(frozen=True)
class ChecklistLine:
    """One line: its title, its state in words, what is next, and where Enter goes."""

    title: str
    text: str
    state: LineState
    next_label: str = ""
    action: str = ""
    """The action of the workflow screen that Enter runs; empty where it only waits."""

    @property
    def is_known(self) -> bool:
        """Whether the state has been read."""
        return self.state is not LineState.UNKNOWN


def role_line(session: Session, granting: tuple[RoleGrant, ...] | None) -> ChecklistLine:
    """The line of the role; ``granting`` is ``None`` where this user may not view roles."""
    may_generate = session.signed_in.may(GENERATE_API_KEY)
    if granting is None:
        if may_generate:
            return ChecklistLine("Role", "One of your roles grants Generate API-Key.", LineState.DONE)
        label = "Switch to admin to set up the role" if session.is_demo else ""
        return ChecklistLine(
            "Role",
            "None of your roles grants Generate API-Key."
            + ("" if session.is_demo else "\nAsk an administrator for a custom role that grants it."),
            LineState.OPEN if label else LineState.WAITING,
            label,
            "switch_user" if label else "",
        )
    users = sum(grant.user_count or 0 for grant in granting)
    if not granting:
        if session.signed_in.may(MANAGE_ROLES):
            return ChecklistLine(
                "Role", "No custom role grants Generate API-Key.", LineState.OPEN, "Set up a role", "role"
            )
        return ChecklistLine("Role", "No custom role grants Generate API-Key.", LineState.WAITING, "See roles", "role")
    if len(granting) == 1:
        text = f"{granting[0].row.name} grants it to {users} user{'s' if users != 1 else ''}."
    else:
        text = f"{len(granting)} roles grant Generate API-Key."
    if not users:
        return ChecklistLine("Role", text, LineState.OPEN, "Give it to users", "role")
    return ChecklistLine("Role", text, LineState.DONE, "See roles", "role")


def key_line(session: Session, status: KeyStatus, granting: tuple[RoleGrant, ...] | None) -> ChecklistLine:
    """The line of the user's own key."""
    if not status.may_generate and status.state in (KeyState.NONE, KeyState.NOT_VISIBLE):
        if session.signed_in.may(MANAGE_ROLES):
            ready = session.is_demo and bool(granting)
            return ChecklistLine(
                "Key",
                "Keys belong to the users you choose.",
                LineState.OPEN if ready else LineState.WAITING,
                "Switch to creator to generate one" if session.is_demo else "",
                "switch_user" if session.is_demo else "",
            )
        return ChecklistLine("Key", "You may not generate a key yet.", LineState.WAITING, "See your key", "key")
    if status.state is KeyState.NONE:
        return ChecklistLine("Key", "No key yet.", LineState.OPEN, "Generate your key", "key")
    if status.state is KeyState.NOT_VISIBLE:
        return ChecklistLine(
            "Key", "Whether you have a key is not visible to you.", LineState.OPEN, "See your key", "key"
        )
    return _existing_key_line(status)


def _existing_key_line(status: KeyStatus) -> ChecklistLine:
    made = f"Made {age_words(status.created_on, status.now)}" if status.created_on else "Made, the date is not visible"
    end = age_words(status.expiration_time, status.now) if status.expiration_time is not None else ""
    if status.state is KeyState.ENDED:
        return ChecklistLine("Key", f"{made}, ended {end}.", LineState.OPEN, "Regenerate it", "key")
    if status.state is KeyState.ENDING:
        return ChecklistLine("Key", f"{made}, ends {end}.", LineState.OPEN, "Regenerate it in time", "key")
    return ChecklistLine("Key", f"{made}, ends {end}." if end else f"{made}.", LineState.DONE, "See your key", "key")


def use_line(session: Session, status: KeyStatus, *, stored: bool) -> ChecklistLine:
    """The line of signing in with the key; ``stored`` says whether its text is stored on this machine."""
    if session.key_sign_in is not None and session.key_sign_in.is_of(status):
        lifetime = session.key_sign_in.token_lifetime
        text = f"The key signs in; a token lasts {span_words(lifetime)}." if lifetime else "The key signs in."
        return ChecklistLine("Use", text, LineState.DONE, "How to use it", "use")
    if status.state in (KeyState.NONE, KeyState.NOT_VISIBLE):
        return ChecklistLine("Use", "No key yet.", LineState.WAITING)
    if session.known_key is not None or stored:
        return ChecklistLine("Use", "Not tried yet.", LineState.OPEN, "Sign in with the key", "use")
    return ChecklistLine("Use", "Only you have the text of this key.", LineState.WAITING, "Sign in with it", "use")


def duration_line(duration: timedelta | None, *, visible: bool, changeable: bool) -> ChecklistLine:
    """How long new keys last; ``None`` where it was not read, for which the person may have to agree to the call."""
    if not visible:
        return ChecklistLine("Duration", "Not visible to you.", LineState.WAITING)
    if duration is None:
        text = "Not read: the vendor does not publish the call."
        return ChecklistLine("Duration", text, LineState.WAITING, "Read it …", "duration")
    return ChecklistLine(
        "Duration",
        f"New keys last {duration_words(duration)}.",
        LineState.DONE,
        "Change it" if changeable else "See it",
        "duration",
    )


def key_dates(status: KeyStatus) -> tuple[str, str]:
    """When the key was made and when it ends: in words, then with the full date."""
    made = (
        f"{age_words(status.created_on, status.now):<20} {date_stamp(status.created_on)}" if status.created_on else "–"
    )
    end = status.expiration_time
    ends = f"{age_words(end, status.now):<20} {date_stamp(end)}" if end else "–"
    return made, ends
