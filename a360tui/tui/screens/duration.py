"""The API-Key duration: what holds, what it shall be, and what that means for a key made now."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from a360tui.errors import A360Error, InvalidInput
from a360tui.tui.dialogs.assumed_call import agreed_to_calls, keep_what_worked
from a360tui.tui.dialogs.call_absent import lead_to_calls
from a360tui.tui.dialogs.confirm import ConfirmDialog
from a360tui.tui.screen import WRITE, A360Screen
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.choice_line import ChoiceLine
from a360tui.tui.widgets.field import Field, FieldInput
from a360tui.tui.widgets.plan_view import PlanView
from a360tui.workflow.dates import date_stamp
from a360tui.workflow.duration import (
    UNITS,
    DurationChange,
    checked_duration,
    duration_words,
    largest_unit,
    parse_duration,
    plan_duration,
)
from a360tui.workflow.permissions import MANAGE_SETTINGS, VIEW_SETTINGS

_PRESETS = (1, 7, 30, 90, 365)
"""Days."""


class DurationScreen(A360Screen):
    """A number and a unit; saved after a question, since it holds for the whole Control Room."""

    NAME: ClassVar[str] = "Duration"
    HEADING: ClassVar[str] = "API-Key duration"
    CSS_PATH = "duration.tcss"
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self._before: timedelta | None = None

    def compose_body(self) -> ComposeResult:
        """What holds, the form, and what comes of it."""
        yield Static("Now           reading …", id="now", markup=False)
        with Vertical(id="form"):
            yield Field("New", FieldInput(placeholder="a whole number, or 90m, 12h, 45d"), name="duration")
            yield ChoiceLine("", tuple(UNITS), index=2, id="unit")
            with Horizontal(id="presets"):
                for days in _PRESETS:
                    yield Button(duration_words(timedelta(days=days)), id=f"preset-{days}", classes="preset")
            yield Static("", id="preview", markup=False)
            yield Static(
                "Existing keys keep their end, as far as is known.\nThe duration applies to the whole Control Room.",
                id="scope",
                markup=False,
            )
        yield PlanView(id="plan-view")
        yield Static("", id="status", markup=False)
        with Horizontal(id="buttons"):
            yield Button("Cancel", id="cancel")
            yield Button("Save …", id="save", variant="primary")

    def on_mount(self) -> None:
        """Hide the form until it is known what holds."""
        self.query("#form, #buttons").set(display=False)
        self._read_state()

    def _show_now(self, duration: timedelta) -> None:
        self._before = duration
        words = Content.assemble(("Now           ", "$text-muted"), duration_words(duration))
        self.query_one("#now", Static).update(words)

    @property
    def _field(self) -> Field:
        return self.query_one("#field-duration", Field)

    @work(exclusive=True, group="state", exit_on_error=False, description="read the duration")
    async def _read_state(self) -> None:
        now = self.query_one("#now", Static)
        session = self.session
        if not session.signed_in.may(VIEW_SETTINGS):
            now.update("Your roles do not let you view the settings. Ask an administrator for the duration.")
            return
        self.a360.exchanges.begin("duration")
        try:
            if not await agreed_to_calls(self, "read_duration", "write_duration"):
                self.dismiss()
                return
            before = await self.read(session.room.key_duration)
            keep_what_worked(self)
        except A360Error as error:
            now.update(Content(str(error)))
            if await lead_to_calls(self, error):
                self._read_state()
            return
        self._show_now(before)
        if not session.signed_in.may(MANAGE_SETTINGS):
            self.query_one("#status", Static).update("Your roles let you see the duration, not change it.")
            return
        self.query("#form, #buttons").set(display=True)
        if not before % UNITS["minutes"]:  # else it is none that could be set
            number, unit = largest_unit(before)
            self.query_one("#unit", ChoiceLine).choose(unit)
            self._field.input.value = str(number)
        self._field.input.focus()
        self._field.input.action_select_all()

    # What is typed ----------------------------------------------------------------------------------------------------

    def _wanted(self) -> timedelta:
        text = self._field.value.strip()
        if text.isascii() and text.isdigit() and len(text) < 10:  # noqa: PLR2004 - beyond, it is no duration anyway
            return checked_duration(int(text), self.query_one("#unit", ChoiceLine).value)
        return parse_duration(text)

    @on(Input.Changed)
    @on(ChoiceLine.Changed)
    def _changed(self) -> None:
        self._field.explain()
        self.query_one("#status", Static).update("")
        if not self.is_working(WRITE):  # what was done was done for another duration
            self.query_one(PlanView).plan = None
            self.relabel("cancel", "Cancel")
        preview = self.query_one("#preview", Static)
        try:
            wanted = self._wanted()
        except InvalidInput as error:
            preview.update("")
            if self._field.value.strip():
                self._field.complain(str(error))
            return
        preview.update(f"A key made now would end on {date_stamp(self.session.room.now() + wanted)}.")

    @on(Button.Pressed, ".preset")
    def _preset(self, message: Button.Pressed) -> None:
        self.query_one("#unit", ChoiceLine).choose("days")
        self._field.input.value = str(message.button.id).removeprefix("preset-")
        self.query_one("#save", Button).focus()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_save()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_back()

    @property
    def unsaved(self) -> str:
        """Another duration than the one that holds."""
        if self._before is None or not self.query_one("#form").display:
            return ""
        try:
            same = self._wanted() == self._before
        except InvalidInput:
            same = False
        return "" if same else "The duration you typed is not saved yet."

    @on(Button.Pressed, "#save")
    def _save_pressed(self) -> None:
        self.action_save()

    def why_not(self, action: str) -> str:
        """Only who manages the settings saves."""
        if action == "save" and self.a360.session is not None and not self.session.signed_in.may(MANAGE_SETTINGS):
            return "Your roles do not let you change the duration."
        return super().why_not(action)

    # Saving -----------------------------------------------------------------------------------------------------------

    def action_save(self) -> None:
        """Ask, then save and read back."""
        if not self.query_one("#form").display or self.is_working(WRITE):
            return
        try:
            wanted = self._wanted()
        except InvalidInput as error:
            self._field.complain(str(error))
            return
        self._save(wanted)

    @work(exclusive=True, group=WRITE, exit_on_error=False, description="save the duration")
    async def _save(self, wanted: timedelta) -> None:
        status = self.query_one("#status", Static)
        status.remove_class("warning")
        session = self.session
        self.a360.exchanges.begin("set the duration")
        change: DurationChange | None = None
        try:
            change = await self.read(lambda: plan_duration(session.room, wanted))
            self._show_now(change.before)
            if not change.plan.changes:
                self.query_one(PlanView).plan = None
                self.relabel("cancel", "Back to the workflow")
                status.update(change.plan.nothing_to_do)
                return
            question = ConfirmDialog(
                "Change the duration?",
                f"New keys of every user on {session.destination.address.display} will last "
                f"{duration_words(wanted)} instead of {duration_words(change.before)}.",
                "Leave it",
                "Change it",
                destructive=True,
            )
            if not await self.a360.push_screen_wait(question):
                return
            view = self.query_one(PlanView)
            plan = change.plan
            await self.a360.writes.run(plan.run(lambda _step: setattr(view, "plan", plan)))
            keep_what_worked(self)
        except A360Error as error:
            status.update(Content(str(error)))
            status.add_class("warning")
            await lead_to_calls(self, error)
            return
        self._show_now(wanted)
        self.relabel("cancel", "Back to the workflow").focus()
        status.update(f"Saved and read back: new keys last {duration_words(wanted)}.")
