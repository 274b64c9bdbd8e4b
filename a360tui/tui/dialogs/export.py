"""Where the inventory is exported to, and in which format; a file that is there is replaced only after a question."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from a360tui.errors import A360Error
from a360tui.tui.dialogs.confirm import ConfirmDialog
from a360tui.tui.screen import A360Dialog
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.choice_line import ChoiceLine
from a360tui.tui.widgets.field import Field, FieldInput
from a360tui.workflow.errors import FileExists
from a360tui.workflow.inventory import Inventory, csv_text, json_text, write_export

if TYPE_CHECKING:
    from a360tui.api import Address

_FORMATS = ("CSV", "JSON")


class ExportDialog(A360Dialog[str | None]):
    """Asks for format and path, and writes; gives the path, or ``None`` where nothing was written."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "back")]

    def __init__(self, inventory: Inventory, address: Address) -> None:
        super().__init__()
        self._inventory = inventory
        self._control_room = address.url
        self._name = f"~/api-keys-{inventory.now:%Y-%m-%d}"

    def compose(self) -> ComposeResult:
        """Format, path, what is promised, and the buttons."""
        with Vertical(id="dialog") as dialog:
            count = len(self._inventory.entries)
            dialog.border_title = f"Export {count:,} user{'s' if count != 1 else ''}"
            yield ChoiceLine("Format", _FORMATS, id="format")
            yield Field("File", FieldInput(f"{self._name}.csv"), name="path")
            yield Static(
                "\nOnly you can read the file. It holds names and dates, no keys.", classes="dim", markup=False
            )
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="cancel")
                yield Button("Export", id="export", variant="primary")

    def on_mount(self) -> None:
        """Begin at the path."""
        self._field.input.focus()
        self._field.input.action_end()

    @property
    def _field(self) -> Field:
        return self.query_one(Field)

    @on(ChoiceLine.Changed)
    def _format_changed(self, message: ChoiceLine.Changed) -> None:
        path = Path(self._field.value)
        if path.suffix.casefold() in {".csv", ".json"}:
            self._field.input.value = str(path.with_suffix(f".{message.value.casefold()}"))

    @on(Input.Changed)
    def _typed(self) -> None:
        self._field.explain()

    def action_back(self) -> None:
        """Write nothing."""
        self.dismiss(None)

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @on(Input.Submitted)
    @on(Button.Pressed, "#export")
    def _export_pressed(self) -> None:
        if self.is_working("export"):
            return  # a second Enter would find the file that the first has just made
        text = self._field.value.strip()
        if not text:
            self._field.complain("This field is empty.")
            return
        try:
            path = Path(text).expanduser()
        except RuntimeError:
            self._field.complain("What ~ stands for is not known here. Give the full path.")
            return
        self._export(path, text)

    @work(exclusive=True, group="export", exit_on_error=False, description="write the export")
    async def _export(self, path: Path, shown: str) -> None:
        content = self._content()
        try:
            try:
                await asyncio.to_thread(write_export, path, content)
            except FileExists as there:
                question = ConfirmDialog("Replace the file?", there.message, "Keep it", "Replace it", irreversible=True)
                if not await self.a360.push_screen_wait(question):
                    return
                await asyncio.to_thread(write_export, path, content, replace=True)
        except A360Error as error:
            self._field.complain(str(error))
            return
        self.dismiss(shown)

    def _content(self) -> str:
        if self.query_one(ChoiceLine).value == "CSV":
            return csv_text(self._inventory)
        return json_text(self._inventory, self._control_room)
