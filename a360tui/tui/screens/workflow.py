"""Home: the workflow as a live checklist, from the role to the key in use."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Literal

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from a360tui.api.errors import Forbidden, NotFound
from a360tui.errors import A360Error, InvalidInput
from a360tui.storage import SecretKind
from a360tui.storage.errors import StorageError
from a360tui.text import shortened
from a360tui.tui.checklist import (
    ChecklistLine,
    LineState,
    duration_line,
    key_line,
    role_line,
    use_line,
)
from a360tui.tui.dialogs.confirm import ConfirmDialog
from a360tui.tui.dialogs.unfinished import offer_unfinished
from a360tui.tui.screen import A360Screen
from a360tui.tui.widgets.checklist_view import ChecklistView
from a360tui.tui.widgets.keys_line import KeysLine
from a360tui.workflow.clocks import skew_words
from a360tui.workflow.forgetting import forgettable
from a360tui.workflow.key import KeyStatus, key_status
from a360tui.workflow.permissions import MANAGE_SETTINGS, VIEW_ROLES, VIEW_SETTINGS
from a360tui.workflow.release import V1_ALONE, release_words
from a360tui.workflow.role_overview import RoleGrant, granting_roles

_LONGEST_RELEASE = 200
"""Letters of what a Control Room says of itself."""

_STEPS = ("Role", "Key", "Use", "Duration")
_READING = tuple(ChecklistLine(step, "reading …", LineState.UNKNOWN) for step in _STEPS)


def _not_read(lines: Sequence[ChecklistLine | None], index: int) -> ChecklistLine:
    """The line of a step that could not be read; the first of them leads to another try."""
    if None in lines[:index]:
        return ChecklistLine(_STEPS[index], "not read", LineState.UNKNOWN)
    return ChecklistLine(_STEPS[index], "not read", LineState.UNKNOWN, "Read again", "reload")


class WorkflowScreen(A360Screen):
    """The four steps, what holds now, and what is next."""

    NAME: ClassVar[str] = "Workflow"
    HEADING: ClassVar[str] = "API key workflow"
    GOES_BACK: ClassVar[bool] = False
    CSS_PATH = "workflow.tcss"

    def compose_body(self) -> ComposeResult:
        """The checklist, the line of everybody's keys, which release this is, and one for what could not be read."""
        yield ChecklistView(id="checklist")
        yield KeysLine(id="keys-line")
        yield Static("", id="release", classes="dim", markup=False)
        yield Static("", id="status", markup=False)

    def on_mount(self) -> None:
        """Show the steps at once, their state as it comes."""
        self.query_one(ChecklistView).lines = _READING
        self._look_for_unfinished()
        if not self.session.is_demo and (words := skew_words(self.session.room)):
            self.notify(words, title="The clocks differ.", severity="warning", timeout=12, markup=False)
        self._name_release()

    @work(exclusive=True, group="release", exit_on_error=False, description="read the version")
    async def _name_release(self) -> None:
        room = self.session.room
        try:
            version = await self.read(room.version)
        except A360Error:
            version = None
        lacking = f" {V1_ALONE}" if room.release == "v1" else ""
        words = shortened(f"Control Room {release_words(version, room.release)}.{lacking}", _LONGEST_RELEASE)
        self.query_one("#release", Static).update(Content(words))

    @work(exclusive=True, group="unfinished", exit_on_error=False, description="look for an unfinished rotation")
    async def _look_for_unfinished(self) -> None:
        await offer_unfinished(self)

    def on_screen_resume(self) -> None:
        """Read the state again: another screen may have changed it."""
        inventory = self.session.inventory
        keys = self.query_one(KeysLine)
        keys.display = self.session.signed_in.may(VIEW_ROLES)
        keys.inventory = inventory if inventory is not None and inventory.complete else None
        if not self.asked_to_sign_in:
            self._read_state()

    @work(exclusive=True, group="state", exit_on_error=False, description="read the state of the workflow")
    async def _read_state(self) -> None:
        status = self.query_one("#status", Static)
        checklist = self.query_one(ChecklistView)
        before = checklist.lines
        checklist.lines = tuple(
            line if line.is_known else reading for line, reading in zip(before, _READING, strict=True)
        )
        self.a360.exchanges.begin("state of the workflow")
        found = await asyncio.gather(
            self.read(self._granting),
            self.read(self._key),
            self.read(self._duration),
            self.session.is_key_stored(),
            return_exceptions=True,
        )
        failed = [each for each in found if isinstance(each, BaseException)]
        if other := next((each for each in failed if not isinstance(each, A360Error)), None):
            raise other
        status.update(str(failed[0]) if failed else "")
        lines = [line if line.is_known else None for line in before]
        granting, key, duration, stored = found
        if not isinstance(granting, BaseException):
            lines[0] = role_line(self.session, granting)
        if not isinstance(key, BaseException):
            lines[1] = key_line(self.session, key, None if isinstance(granting, BaseException) else granting)
            lines[2] = use_line(self.session, key, stored=stored is True)
        if not isinstance(duration, BaseException):
            lines[3] = duration_line(
                duration,
                visible=self.session.signed_in.may(VIEW_SETTINGS),
                changeable=self.session.signed_in.may(MANAGE_SETTINGS),
            )
        checklist.lines = tuple(line or _not_read(lines, index) for index, line in enumerate(lines))
        if checklist.lines != before:
            checklist.to_next_step()
        self.show_top_line()

    async def _granting(self) -> tuple[RoleGrant, ...] | None:
        if not self.session.signed_in.may(VIEW_ROLES):
            return None
        return await granting_roles(self.session.room)

    async def _key(self) -> KeyStatus:
        return await key_status(self.session.room, self.a360.ending_within)

    async def _duration(self) -> timedelta | None:
        if not self.session.signed_in.may(VIEW_SETTINGS):
            return None
        try:
            return await self.session.room.key_duration() if self.session.may_use("read_duration") else None
        except (Forbidden, NotFound, InvalidInput, StorageError):
            return None

    @on(ChecklistView.Chosen)
    async def _go(self, message: ChecklistView.Chosen) -> None:
        await self.run_action(message.line.action)

    def action_role(self) -> None:
        """To the role set-up where there is nothing yet, else to the list of roles."""
        from a360tui.tui.screens.role_set_up import RoleSetUpScreen
        from a360tui.tui.screens.roles import RolesScreen

        line = self.query_one(ChecklistView).lines[0]
        if not self.session.signed_in.may(VIEW_ROLES):
            self.notify("Your roles do not let you view roles.", severity="warning", markup=False)
        elif line.next_label == "Set up a role":
            self.a360.push_screen(RoleSetUpScreen())
        else:
            self.a360.push_screen(RolesScreen())

    def action_key(self) -> None:
        """To your API key."""
        from a360tui.tui.screens.my_key import MyKeyScreen

        self.a360.push_screen(MyKeyScreen())

    def action_use(self) -> None:
        """To signing in with the key; where there is none to do that with, to what is known of it."""
        from a360tui.tui.screens.my_key import MyKeyScreen

        line = self.query_one(ChecklistView).lines[2]
        if line.state is LineState.DONE:
            begin_with: Literal["", "test", "usage"] = "usage"
        else:
            begin_with = "test" if line.action == "use" else ""
        self.a360.push_screen(MyKeyScreen(begin_with))

    def action_duration(self) -> None:
        """To the API-Key duration."""
        from a360tui.tui.screens.duration import DurationScreen

        self.a360.push_screen(DurationScreen())

    def action_calls(self) -> None:
        """To the calls that the vendor does not publish."""
        from a360tui.tui.screens.calls import CallsScreen

        self.a360.push_screen(CallsScreen())

    @on(KeysLine.Chosen)
    def action_keys(self) -> None:
        """To everybody's keys."""
        from a360tui.tui.screens.keys import KeysScreen

        if self.session.signed_in.may(VIEW_ROLES):
            self.a360.push_screen(KeysScreen())
        else:
            self.notify(
                "Your roles do not let you view roles and users, so whose keys end when is not shown to you.",
                severity="warning",
                markup=False,
            )

    def action_switch_user(self) -> None:
        """In the demo, be the other person of the story; elsewhere, sign in as somebody else."""
        from a360tui.tui.screens.sign_in import SignInScreen

        if self.session.is_demo:
            other = "admin" if self.session.signed_in.user.username != "admin" else "creator"
            self.a360.signing_in.switch_user(other)
        else:
            self.a360.push_screen(SignInScreen(self.session.destination.address.url))

    def action_reload(self) -> None:
        """Renew the token, which brings new permissions too, and read everything again."""
        self._renew()

    @work(exclusive=True, group="state", exit_on_error=False, description="renew the token")
    async def _renew(self) -> None:
        try:
            await self.session.room.refresh()
        except A360Error as error:
            self.a360.show_error(error)
        self._read_state()

    @work(exclusive=True, group="forget", exit_on_error=False, description="forget stored secrets")
    async def action_forget(self) -> None:
        """Forget what is stored for this user on this machine, after a question."""
        session = self.session
        try:
            kinds = await forgettable(session.keeping, session.binding)
            if not kinds:
                self.notify("Nothing is stored for this user.", markup=False)
                return
            has_key = any(kind is not SecretKind.PASSWORD for kind in kinds)
            never_again = "\nA Control Room never shows a key again." if has_key else ""
            question = ConfirmDialog(
                "Forget what is stored?",
                f"Stored for {session.binding.shown_username} at {session.place}: "
                f"{', '.join(kind.words for kind in kinds)}.{never_again}",
                "Keep it",
                "Forget it",
                irreversible=has_key,
            )
            if not await self.a360.push_screen_wait(question):
                return
            await session.forget()
        except A360Error as error:
            self.a360.show_error(error)
            return
        self.notify("Forgotten.", markup=False)
        self._read_state()
