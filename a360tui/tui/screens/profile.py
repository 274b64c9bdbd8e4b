"""A profile as a form: its address is tried as it is typed, without a sign-in."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Static

from a360tui.api import parse_address
from a360tui.errors import A360Error, InvalidInput
from a360tui.storage import Profile, SignIn
from a360tui.tui.screen import A360Screen
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.choice_line import ChoiceLine
from a360tui.tui.widgets.field import Field, FieldInput
from a360tui.workflow.profiles import destination_of
from a360tui.workflow.sign_in_type import SignInType, SignInWay

_ADDRESS_NOTE = "As in the browser; /#/login and the like are removed."
_PAUSE = 0.4
"""Seconds without a letter in the address after which it is tried."""

_NO, _YES = "no", "yes"
_KINDS: dict[str, SignIn] = {"password": "password", "API key": "api_key"}


class ProfileScreen(A360Screen):
    """The form of a new profile, or of one that is there."""

    NAME: ClassVar[str] = "Profile"
    CSS_PATH = "profile.tcss"

    def __init__(self, profile: Profile | None = None) -> None:
        """``profile`` is what the form begins with; one without a name is new."""
        super().__init__()
        self._before = profile or Profile("", "")
        self._begun: dict[str, object] = {}

    @property
    def _is_new(self) -> bool:
        return not self._before.name

    def compose_body(self) -> ComposeResult:
        """The fields, the choices and the buttons."""
        before = self._before
        yield Label(Content(f"Profile {before.name}" if before.name else "New profile"), id="heading", markup=False)
        if self._is_new:
            yield Field("Name", FieldInput(placeholder="test, live, emea-1"), name="name")
        yield Field(
            "Control Room",
            FieldInput(before.url, placeholder="https://NAME.my.automationanywhere.digital"),
            name="address",
            note=_ADDRESS_NOTE,
        )
        yield Field(
            "User name", FieldInput(before.username, placeholder="if empty, you are asked for it"), name="username"
        )
        yield ChoiceLine("Sign in with", tuple(_KINDS), index=list(_KINDS.values()).index(before.sign_in), id="kind")
        ca_file = str(before.ca_file) if before.ca_file is not None else ""
        yield Field("CA file", FieldInput(ca_file, placeholder="if empty, what this system trusts"), name="ca-file")
        yield ChoiceLine("Production", (_NO, _YES), index=int(before.production), id="production")
        yield ChoiceLine("Read-only", (_NO, _YES), index=int(before.read_only), id="read-only")
        with Horizontal(id="buttons"):
            yield Button("Cancel", id="cancel")
            yield Button("Save", id="save", variant="primary")
        yield Static("", id="status", markup=False)

    def on_mount(self) -> None:
        """Begin at the name of a new one, else at the address."""
        self._begun = self._typed_so_far()
        self.query(Field).first().input.focus()
        if self._before.url:
            self._try_address()

    def field(self, name: str) -> Field:
        """The field of that name."""
        return self.query_one(f"#field-{name}", Field)

    def _typed_so_far(self) -> dict[str, object]:
        fields: dict[str, object] = {str(field.name): field.value.strip() for field in self.query(Field)}
        return fields | {str(line.id): line.value for line in self.query(ChoiceLine)}

    @property
    def unsaved(self) -> str:
        """What was typed or chosen."""
        return "" if self._typed_so_far() == self._begun else "What you typed here is not saved yet."

    # The address ------------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        field = cast("Field", message.input.parent)
        field.explain()
        if field.name in {"address", "ca-file"}:
            # What is said there is of what was typed before.
            self.field("address").explain(_ADDRESS_NOTE)
            self._try_address()

    @work(exclusive=True, group="address", exit_on_error=False, description="try the address")
    async def _try_address(self) -> None:
        """Ask what is there once nobody types any more; a letter more cancels it."""
        await asyncio.sleep(_PAUSE)
        field = self.field("address")
        if not field.value.strip():
            return
        try:
            destination = destination_of(self._described(name="tried"))
        except InvalidInput as error:
            self._say_at(error)
            return
        field.explain(f"Asking {destination.address.display} …")
        watched = replace(destination, listener=self.a360.exchanges.record)
        self.a360.exchanges.begin(f"try {destination.address.display}")
        try:
            async with watched.open() as room:
                found = SignInType(await room.auth_type())
        except A360Error as error:
            field.warn(str(error))
            return
        field.explain(f"✓ {found.sentence}")
        if found.way is SignInWay.ELSEWHERE:
            kind = self.query_one("#kind", ChoiceLine)
            kind.choose("API key")
            self._begun["kind"] = kind.value  # nobody chose it, so leaving loses nothing

    def _say_at(self, error: InvalidInput) -> None:
        """Show an error at its field, without taking the cursor there."""
        self.field("ca-file" if error.field == "ca_file" else "address").warn(str(error))

    # Saving -----------------------------------------------------------------------------------------------------------

    def _described(self, *, name: str) -> Profile:
        """What the form says; `InvalidInput` with its field."""
        ca_file = self.field("ca-file").value.strip()
        described = replace(
            self._before,
            name=name,
            url=self.field("address").value,
            username=self.field("username").value.strip(),
            sign_in=_KINDS[self.query_one("#kind", ChoiceLine).value],
            ca_file=_existing(ca_file) if ca_file else None,
            production=self.query_one("#production", ChoiceLine).value == _YES,
            read_only=self.query_one("#read-only", ChoiceLine).value == _YES,
        )
        return replace(described, url=parse_address(described.url).url)

    def action_save(self) -> None:
        """Save the profile, whether its Control Room answers or not."""
        name = self.field("name").value.strip() if self._is_new else self._before.name
        try:
            if self._is_new:
                self.a360.profiles.check_new_name(name)
            wanted = self._described(name=name)
        except InvalidInput as error:
            fields = {"name": "name", "ca_file": "ca-file"}
            self.field(fields.get(error.field, "address")).complain(str(error))
            return
        self._save(wanted)

    @work(exclusive=True, group="save", exit_on_error=False, description="save the profile")
    async def _save(self, wanted: Profile) -> None:
        try:
            await self.a360.profiles.put(wanted)
        except A360Error as error:
            status = self.query_one("#status", Static)
            status.add_class("warning")
            status.update(Content(str(error)))
            return
        session = self.a360.session
        if session is not None and session.takes_over(wanted):
            session.profile = wanted
        self.dismiss()

    @on(Input.Submitted)
    def _next(self, message: Input.Submitted) -> None:
        fields = list(self.query(Field))
        index = fields.index(cast("Field", message.input.parent))
        if index + 1 < len(fields):
            fields[index + 1].input.focus()
        else:
            self.action_save()

    @on(Button.Pressed, "#save")
    def _save_pressed(self) -> None:
        self.action_save()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_back()


def _existing(typed: str) -> Path:
    path = Path(os.path.expanduser(typed))  # noqa: PTH111  # Path fails where nobody has that name
    if not path.is_absolute() or not os.path.isfile(path):  # noqa: PTH113  # and on a name that is too long
        raise InvalidInput("There is no such file.", "Give the full path of a file of certificates.", field="ca_file")
    return path
