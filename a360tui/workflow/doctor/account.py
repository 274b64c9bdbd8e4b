"""The steps at the Control Room: what answers, its clock and version, the sign-in, what this user may do."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta

from a360tui.api import GENERATE_API_KEY, ControlRoom, Permission
from a360tui.api.errors import Forbidden, Redirected, SignInFailed
from a360tui.errors import ExitCode
from a360tui.workflow.clocks import difference_words
from a360tui.workflow.dates import span_words
from a360tui.workflow.doctor.finding import Outcome, Seen
from a360tui.workflow.doctor.machine import Machine
from a360tui.workflow.doctor.subject import Subject
from a360tui.workflow.permissions import (
    MANAGE_ROLES,
    MANAGE_SETTINGS,
    VIEW_ROLES,
    VIEW_SETTINGS,
    VIEW_USERS,
    permission_label,
)
from a360tui.workflow.release import V1_ALONE, release_words
from a360tui.workflow.sign_in_type import SignInType, SignInWay

_LITTLE_SKEW = timedelta(minutes=1)
_MUCH_SKEW = timedelta(minutes=5)
"""A clock that is off by more breaks certificates and single sign-on."""

_WORKFLOW: tuple[tuple[str, tuple[Permission, ...]], ...] = (
    ("set up the role", (VIEW_ROLES, MANAGE_ROLES, VIEW_USERS)),
    ("generate a key", (GENERATE_API_KEY,)),
    ("see the duration", (VIEW_SETTINGS,)),
    ("set the duration", (VIEW_SETTINGS, MANAGE_SETTINGS)),
)
"""The permissions that each step of the workflow takes (``control-room-api.md §3``; inferred for the settings)."""


class Account:
    """One user at one Control Room."""

    def __init__(self, subject: Subject, machine: Machine, stack: AsyncExitStack) -> None:
        """``stack`` closes the connection."""
        self._subject = subject
        self._machine = machine
        self._stack = stack
        self._room: ControlRoom | None = None

    @property
    def room(self) -> ControlRoom:
        """Set once `answers` has opened it."""
        if self._room is None:
            raise LookupError("the Control Room was not opened")
        return self._room

    async def answers(self) -> Seen:
        """Whether a Control Room is there, and how its users sign in."""
        self._room = await self._stack.enter_async_context(self._subject.open_room(self._machine.destination))
        try:
            kind = SignInType(await self._room.auth_type())
        except Redirected as error:
            said = error.message.replace(error.target, "…") if error.target else error.message
            return Seen(said, (("points to", error.target),), error.hint, Outcome.FAILED, error.exit_code)
        if kind.way is SignInWay.NOT_TOLD:
            todo = "Should the sign-in fail, check that the address is a Control Room's."
            return Seen("It answers, and does not say how users sign in.", (), todo, Outcome.NOTE)
        return Seen(f"It answers. {kind.words}", (("authentication type", kind.word),))

    async def clock(self) -> Seen:
        """How far the clocks are apart."""
        if self._machine.destination.socket is not None:
            return Seen("It is this machine's own.")
        skew = self.room.skew
        if skew is None:
            return Seen("It does not tell its time.", (), "", Outcome.NOTE)
        apart = abs(skew)
        if apart < _LITTLE_SKEW:
            return Seen("Both clocks agree to the minute.")
        much = apart >= _MUCH_SKEW
        todo = "Set this machine's clock, or have the Control Room's set: a360tui goes by that."
        return Seen(difference_words(skew), (), todo, Outcome.FAILED if much else Outcome.NOTE)

    async def credential(self) -> Seen:
        """What credential there is to sign in with."""
        found = await self._subject.credential(self.room)
        if not found:
            said = "Nothing is remembered for this user, and nobody was asked."
            return Seen(said, (), self._subject.without_credential, Outcome.NOT_TRIED)
        return Seen(f"{found[:1].upper()}{found[1:]}.")

    async def sign_in(self) -> Seen:
        """Sign in, once, with that credential."""
        try:
            await self._subject.sign_in(self.room)
        except SignInFailed as error:
            # Its own words may name people; they stand apart, to be left out where the report is shown to others.
            said = error.message.replace(error.server_message, "…") if error.server_message else error.message
            facts = (("the Control Room said", error.server_message),) if error.server_message else ()
            return Seen(said, facts, error.hint, Outcome.FAILED, ExitCode.SIGN_IN)
        left = self.room.token_left()
        return Seen("Signed in." if left is None else f"Signed in; the token lasts {span_words(left)}.")

    async def version(self) -> Seen:
        """What the Control Room calls itself."""
        version = await self.room.version()
        words = release_words(version, self.room.release)
        told = f"{words[:1].upper()}{words[1:]}."
        return Seen(f"{told} {V1_ALONE}" if self.room.release == "v1" else told)

    async def permissions(self) -> Seen:
        """Which steps of the workflow this user may take, and which permission to ask for where they may not."""
        signed_in = self.room.require_signed_in()
        facts, missing = [], []
        for step, needed in _WORKFLOW:
            lacking = [permission_label(each) for each in needed if not signed_in.may(each)]
            facts.append((step, f"no: it takes {', '.join(lacking)}" if lacking else "yes"))
            if lacking:
                missing.append(step)
        if not missing:
            return Seen("This user may do the whole workflow.", tuple(facts))
        nothing = len(missing) == len(_WORKFLOW)
        grants = f"a role that grants {permission_label(GENERATE_API_KEY)}"
        if signed_in.may(MANAGE_ROLES):
            todo = f"To generate a key, this user needs {grants}, as every user does: a360tui role setup"
        elif not signed_in.may(GENERATE_API_KEY):
            todo = f"Ask an administrator for {grants}; it takes a custom role, as no system role has it."
        else:
            todo = ""
        said = "This user may do none of the workflow." if nothing else f"Not for this user: {', '.join(missing)}."
        return Seen(said, tuple(facts), todo, Outcome.FAILED if nothing else Outcome.NOTE)

    async def own_record(self) -> Seen:
        """Whether this user may see the dates of their own key."""
        try:
            await self.room.own_user()
        except Forbidden:
            return Seen(
                "This user may not read it: the dates of the key are not visible.",
                (),
                f"To see them, ask for {permission_label(VIEW_USERS)}; a key can be made without.",
                Outcome.NOTE,
            )
        return Seen("It can be read: the dates of the key are visible.")
