"""Registering a place that uses the key: a value in a file, an entry of a keyring, or a command."""

from __future__ import annotations

import shlex
from typing import ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from a360tui.errors import A360Error, InvalidInput
from a360tui.tui.screen import A360Screen
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.choice_line import ChoiceLine
from a360tui.tui.widgets.field import Field, FieldInput
from a360tui.tui.widgets.status import Status
from a360tui.workflow.references import (
    FILE_KINDS,
    Command,
    KeyringEntry,
    Reference,
    file_reference,
)

_FIELDS: dict[str, tuple[tuple[str, str, str], tuple[str, str, str]]] = {
    "file": (
        ("path", "File", "~/bots/.env"),
        ("key_path", "Key", "A360_API_KEY, a360.api_key, or servers[0].key"),
    ),
    "keyring": (("service", "Service", "as the other program calls it"), ("username", "User", "may be empty")),
    "command": (
        ("arguments", "Command", "gh secret set A360_API_KEY"),
        ("check", "Check", "gh auth status; may be empty"),
    ),
}
_EXPLANATIONS = {
    "file": "Only the value changes; the rest of the file stays as it is.",
    "keyring": "An entry of this machine's keyring that another program reads.",
    "command": "It gets the key on its standard input; no shell is used. It may run more than once for one key.",
}


class AddPlaceScreen(A360Screen):
    """A kind and two fields; what is at the place is told where it is listed then."""

    NAME: ClassVar[str] = "Add a place"
    HEADING: ClassVar[str] = "Add a place that uses the key"
    CSS_PATH = "add_place.tcss"

    def compose_body(self) -> ComposeResult:
        """The kinds on two lines, the fields, the button."""
        yield ChoiceLine("Place", ("file", "keyring", "command"), id="place-kind")
        yield ChoiceLine("Format", tuple(FILE_KINDS), id="file-kind")
        yield Field("File", FieldInput(placeholder=_FIELDS["file"][0][2]), name="first")
        yield Field("Key", FieldInput(placeholder=_FIELDS["file"][1][2]), name="second")
        yield Static(_EXPLANATIONS["file"], id="explanation", classes="dim", markup=False)
        with Horizontal(id="buttons"):
            yield Button("Cancel", id="cancel")
            yield Button("Add", id="add", variant="primary")
        yield Status("", id="status", classes="warning", markup=False)

    def on_mount(self) -> None:
        """Begin at the file: most keys are in one."""
        self._field("first").input.focus()

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    @property
    def unsaved(self) -> str:
        """What was typed."""
        return "What you typed here will be lost." if any(field.value for field in self.query(Field)) else ""

    @property
    def _place_kind(self) -> str:
        return self.query_one("#place-kind", ChoiceLine).value

    @on(ChoiceLine.Changed, "#place-kind")
    def _kind_changed(self, message: ChoiceLine.Changed) -> None:
        self.query_one("#file-kind").display = message.value == "file"
        for field, (_, label, placeholder) in zip(("first", "second"), _FIELDS[message.value], strict=True):
            self._field(field).label = label
            self._field(field).input.placeholder = placeholder
            self._field(field).explain()
        self.query_one("#explanation", Static).update(_EXPLANATIONS[message.value])
        self.query_one(Status).update()

    @on(ChoiceLine.Changed, "#file-kind")
    def _format_changed(self) -> None:
        self._field("second").explain()
        self.query_one(Status).update()

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        cast("Field", message.input.parent).explain()
        self.query_one(Status).update()

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        if message.input.parent is self._field("first"):
            self._field("second").input.focus()
        else:
            self.action_add()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_back()

    @on(Button.Pressed, "#add")
    def _add_pressed(self) -> None:
        self.action_add()

    def _described(self) -> Reference:
        first, second = self._field("first").value.strip(), self._field("second").value.strip()
        match self._place_kind:
            case "file":
                return file_reference(self.query_one("#file-kind", ChoiceLine).value, first, second)
            case "keyring":
                return KeyringEntry(first, second)
            case _:
                return Command(_arguments(first, "arguments"), _arguments(second, "check"))

    def action_add(self) -> None:
        """Register the place, whatever is there now."""
        try:
            reference = self._described()
        except InvalidInput as error:
            first, _ = _FIELDS[self._place_kind]
            self._field("first" if error.field in (first[0], "", "kind") else "second").complain(str(error))
            return
        self._add(reference)

    @work(exclusive=True, group="add", exit_on_error=False, description="register a place")
    async def _add(self, reference: Reference) -> None:
        session = self.session
        try:
            added = session.registry.add(session.binding, reference)
        except A360Error as error:
            self.query_one(Status).update(Content(str(error)))
            return
        if not added:
            self.notify("This place is already registered.", title=reference.label, markup=False)
        self.dismiss()


def _arguments(line: str, field: str) -> tuple[str, ...]:
    """The words of a command as a person typed them; quotes hold blanks together, nothing else is a shell's."""
    try:
        return tuple(shlex.split(line))
    except ValueError:
        raise InvalidInput("A quote is not closed.", "Close it, or put a backslash before it.", field=field) from None
