"""The inventory of keys: who may generate one, who has one, and when it ends."""

from __future__ import annotations

from contextlib import aclosing
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from a360tui.errors import A360Error
from a360tui.tui.screen import A360Screen
from a360tui.tui.widgets.field import Field, FieldInput
from a360tui.tui.widgets.key_weeks import KeyWeeks
from a360tui.tui.widgets.list_row import Column, Row, Tone
from a360tui.tui.widgets.opening_list import OpeningList
from a360tui.tui.widgets.paged_list import PagedList
from a360tui.tui.widgets.progress_line import ProgressLine
from a360tui.workflow.dates import age_words, span_words
from a360tui.workflow.inventory import Entry, Inventory, InventoryReading
from a360tui.workflow.key import KeyState

_NOBODY = "Nobody here."
_READ = "inventory"
"""The group of the worker that reads."""
_DRAWN_EVERY = 0.15
"""Seconds between two drawings while it is read: a slow line must not carry the list for each user."""
_LOW = 20
"""Lines of a terminal below which the bars are one line."""
_TALL = 34
_TONES: dict[KeyState, Tone] = {KeyState.ENDED: "warning", KeyState.ENDING: "accent"}


class KeysScreen(A360Screen):
    """Title, bars, list, and one line that tells how far the reading is."""

    NAME: ClassVar[str] = "Keys"
    CSS_PATH = "keys.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._drawing: Timer | None = None
        self._sought: str | None = None
        """The user the cursor was on when the reading began, till they are read or somebody moves the cursor."""
        self._placed = 0
        """Where the cursor was put last."""

    def compose_body(self) -> ComposeResult:
        """Title, bars, a filter that is shown when it is asked for, list, progress."""
        yield Static("Keys", id="keys-title", markup=False)
        yield KeyWeeks(id="weeks")
        yield Field("Filter", FieldInput(placeholder="part of a name, or a state"), name="filter")
        yield OpeningList(
            Column("User"),
            Column("Name", shown_from=100),
            Column("Created", 13, shown_from=66),
            Column("Ends", 13),
            Column("State", 17, toned=True),
            marks=True,
            opens=True,
            id="keys",
            empty=_NOBODY,
        )
        yield ProgressLine(id="progress")

    def on_mount(self) -> None:
        """Show what was read in this session; only where there is nothing, ask."""
        self.query_one(Field).display = False
        self.query_one(PagedList).focus()
        self._drawing = self.set_interval(_DRAWN_EVERY, self._draw, pause=True)
        if self.session.inventory is None:
            self._read_keys()

    def on_screen_resume(self) -> None:
        """Show what another screen has changed."""
        if self.session.inventory is not None and not self.is_working(_READ):
            self._show(self.session.inventory)

    def on_resize(self, event: events.Resize) -> None:
        """Give the bars the room that there is, and the title once it has its own."""
        height = event.size.height
        self.query_one(KeyWeeks).bar_height = 0 if height <= _LOW else 4 if height >= _TALL else 2
        self.call_after_refresh(self._show_title)

    # Reading ----------------------------------------------------------------------------------------------------------

    @work(exclusive=True, group=_READ, exit_on_error=False, description="read the inventory of keys")
    async def _read_keys(self) -> None:
        self.a360.exchanges.begin("inventory of keys")
        line = self.query_one(ProgressLine)
        self._say("reading the roles …")
        keys = self.query_one(PagedList)
        keys.await_rows()
        self._sought = keys.row.key if keys.row is not None and keys.cursor else None
        self._placed = keys.cursor
        session = self.session
        session.unfinished_inventory = reading = session.unfinished_inventory or InventoryReading(
            session.room, within=self.a360.ending_within
        )
        if self._drawing is not None:
            self._drawing.resume()
        try:
            await self.read(lambda: self._follow(reading))
        except A360Error as error:
            self._show_so_far()
            self._say(str(error), warning=True)
            return
        finally:
            line.progress = None
            if self._drawing is not None:
                self._drawing.pause()
        session.unfinished_inventory = None
        if session is not self.a360.session:
            return  # another one began meanwhile, and this screen is about to close: the inventory is not of that one
        self._show(reading.inventory, growing=True)
        self._sought = None
        self._unmark_who_is_gone(reading.inventory)

    async def _follow(self, reading: InventoryReading) -> None:
        """Show what is known as it comes; called again, it goes on."""
        line = self.query_one(ProgressLine)
        async with aclosing(reading.progress()) as steps:
            async for step in steps:
                line.progress = (step.read, step.expected)

    def _draw(self) -> None:
        if self.is_working(_READ):
            self._show_so_far(reading=True)

    def _stop(self) -> None:
        self.workers.cancel_group(self, _READ)
        self._say("Stopped.  r reads again")
        self._show_so_far()

    # Showing ----------------------------------------------------------------------------------------------------------

    def _show(self, inventory: Inventory, *, growing: bool = False, reading: bool = False) -> None:
        """While it grows a cursor on the first row stays on the first row, whichever that is."""
        self.session.inventory = inventory
        self._show_title()
        weeks = self.query_one(KeyWeeks)
        weeks.inventory = inventory
        weeks.display = reading or inventory.with_key > 0
        self._put_rows(inventory, growing=growing)
        if not reading:
            self._say(self._notes(inventory))

    def _say(self, sentence: str, *, warning: bool = False) -> None:
        line = self.query_one(ProgressLine)
        line.set_class(warning, "warning")
        line.sentence = sentence

    def _show_so_far(self, *, reading: bool = False) -> None:
        unfinished = self.session.unfinished_inventory
        if unfinished is not None and unfinished.begun:
            self._show(unfinished.inventory, growing=True, reading=reading)
        elif not reading:
            self.query_one(PagedList).await_rows(failed=True)

    def _show_title(self) -> None:
        inventory = self.a360.session.inventory if self.a360.session is not None else None
        if inventory is None:
            return
        title = self.query_one("#keys-title", Static)
        ended, ending = inventory.count(KeyState.ENDED), inventory.count(KeyState.ENDING)
        left = Content.assemble(("Keys", "bold"), f"   {inventory.keys_words}")
        right = f"{ended:,} ended, {ending:,} within {span_words(inventory.within)}"
        gap = title.content_size.width - left.cell_length - len(right)
        title.update(Content.assemble(left, " " * gap, (right, "$text-muted")) if gap > 1 else left)

    def _put_rows(self, inventory: Inventory, *, growing: bool = False) -> None:
        wanted = self.query_one(Field).value.strip().casefold()
        keys = self.query_one(PagedList)
        keys.empty = "No user matches." if wanted else _NOBODY
        rows = [
            _row(entry, inventory)
            for entry in inventory.entries
            if any(wanted in text.casefold() for text in (entry.username, entry.full_name, entry.words))
        ]
        if keys.cursor != self._placed:
            self._sought = None
        keys.put_rows(rows, growing=growing)
        keys.cursor = next((index for index, row in enumerate(rows) if row.key == self._sought), keys.cursor)
        self._placed = keys.cursor

    def _unmark_who_is_gone(self, inventory: Inventory) -> None:
        keys = self.query_one(PagedList)
        there = {entry.user_id for entry in inventory.entries}
        for row in [each for key, each in keys.marked.items() if key not in there]:
            keys.set_mark(row, marked=False)

    def _notes(self, inventory: Inventory) -> str:
        marked = len(self.query_one(PagedList).marked)
        if marked:
            return f"{marked:,} marked   m gives or takes their role"
        if not inventory.complete:
            read = len(inventory.entries) + inventory.deleted
            return f"Stopped after {read:,} of {inventory.expected:,}.  r goes on"
        if not inventory.roles:
            return "No custom role grants Generate API-Key. To set one up: esc, then 1."
        notes = [f"Read at {inventory.now:%H:%M} UTC."]
        if inventory.unknown:
            notes.append(f"{inventory.unknown:,} could not be read: enter says why.")
        if inventory.deleted:
            notes.append(f"{inventory.deleted:,} deleted meanwhile.")
        return "  ".join(notes)

    @on(Input.Changed)
    def _filtered(self) -> None:
        if self.session.inventory is not None:
            self._put_rows(self.session.inventory)

    @on(Input.Submitted)
    def _to_list(self) -> None:
        self.query_one(PagedList).focus()

    @on(PagedList.MarksChanged)
    def _marks_changed(self) -> None:
        self.refresh_bindings()
        if self.session.inventory is not None and not self.is_working(_READ):
            self._say(self._notes(self.session.inventory))

    # Actions ----------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs marks, or something that was read, is offered where there is some."""
        if action == "marked":
            return self.is_mounted and bool(self.query_one(PagedList).marked)
        return super().check_action(action, parameters)

    @on(PagedList.Chosen)
    def _chosen(self, message: PagedList.Chosen) -> None:
        self._open([message.row.key])

    def action_marked(self) -> None:
        """Give the marked users the role, or take it away."""
        self._open(list(self.query_one(PagedList).marked))

    def _open(self, user_ids: list[str]) -> None:
        from a360tui.tui.screens.key_users import KeyUsersScreen

        inventory = self.session.inventory
        if inventory is None or self.is_working(_READ):
            self.notify("Still reading: esc stops it.", markup=False)
            return
        entries = [entry for entry in inventory.entries if entry.user_id in user_ids]
        if entries:
            self.a360.push_screen(KeyUsersScreen(entries))

    @work(exclusive=True, group="export", exit_on_error=False, description="export the inventory")
    async def action_export(self) -> None:
        """Write it to a file."""
        from a360tui.tui.dialogs.export import ExportDialog

        inventory = self.session.inventory
        if inventory is None or not inventory.complete:
            self.notify("The inventory is not complete yet.", severity="warning", markup=False)
            return
        written = await self.a360.push_screen_wait(ExportDialog(inventory, self.session.destination.address))
        if written is not None:
            self.notify(f"Written, for you alone to read: {written}", markup=False)

    def action_filter(self) -> None:
        """Filter by name or state."""
        field = self.query_one(Field)
        field.display = True
        field.input.focus()

    def action_reload(self) -> None:
        """Read again, or go on where you stopped."""
        if not self.is_working(_READ):
            self._read_keys()

    def action_back(self) -> None:
        """Stop reading, else take the filter away, else go back."""
        field = self.query_one(Field)
        if self.is_working(_READ):
            self._stop()
        elif field.display:
            field.input.value = ""
            field.display = False
            self.query_one(PagedList).focus()
        else:
            self.dismiss()


def _row(entry: Entry, inventory: Inventory) -> Row:
    made, ends = entry.created_on, entry.ends_on
    cells = (
        entry.username,
        entry.full_name,
        "–" if made is None else age_words(made, inventory.now),
        "–" if ends is None else age_words(ends, inventory.now),
        entry.words,
    )
    dimmed = not (entry.counts and entry.has_key)
    return Row(entry.user_id, cells, dimmed=dimmed, tone="" if dimmed else _TONES.get(entry.state, ""))
