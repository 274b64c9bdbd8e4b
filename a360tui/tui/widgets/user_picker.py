"""Picking users: a search that the server answers, a window on its rows, and marks that stay across searches."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Label, Static

from a360tui.api import User
from a360tui.text import shortened
from a360tui.tui.widgets.field import FieldInput
from a360tui.tui.widgets.list_row import Column, Row
from a360tui.tui.widgets.paged_list import PagedList
from a360tui.workflow.row_window import Window

_PAUSE = 0.15
"""Seconds without a letter after which the server is asked: one request a pause in typing."""


class UserPicker(Vertical):
    """Search, list, and the names that are chosen."""

    DEFAULT_CSS = """
    UserPicker { height: 1fr; min-height: 5; }
    UserPicker > Horizontal { height: 1; }
    UserPicker .user-picker--label { width: 13; color: $text-muted; }
    UserPicker FieldInput { width: 1fr; }
    UserPicker #matching { width: auto; padding: 0 0 0 2; text-align: right; color: $text-muted; }
    UserPicker PagedList { min-height: 3; margin-left: 12; }
    UserPicker #chosen { width: 1fr; height: 1; text-wrap: nowrap; text-overflow: ellipsis; padding: 0 1; }
    UserPicker.-wrong PagedList { min-height: 2; }
    UserPicker.-wrong > #chosen-line { height: auto; max-height: 3; }
    UserPicker.-wrong #chosen { color: $warning; height: auto; text-wrap: wrap; }
    """

    @dataclass
    class Searched(Message):
        """The search changed; the list asks for its first page on its own."""

        picker: "UserPicker"
        text: str

    @dataclass
    class Changed(Message):
        """Other users are chosen."""

        picker: "UserPicker"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.search = ""
        self._pause: Timer | None = None
        self._unread = False

    def compose(self) -> ComposeResult:
        """Lay out the three parts."""
        with Horizontal():
            yield Label("Users", classes="user-picker--label", markup=False)
            yield FieldInput(placeholder="search by sign-in name", id="search")
            yield Static("", id="matching", markup=False)
        yield PagedList(
            Column("", 20),
            Column("", None),
            Column("", None, shown_from=60),
            marks=True,
            empty="No user matches.",
            id="users",
        )
        with Horizontal(id="chosen-line"):
            yield Label("Chosen", classes="user-picker--label", markup=False)
            yield Static("nobody", id="chosen", markup=False)

    def on_mount(self) -> None:
        """Ask for the first rows."""
        self.query_one(PagedList).start()

    @property
    def chosen(self) -> list[Row]:
        """The marked rows, in the order in which they were marked."""
        return list(self.query_one(PagedList).marked.values())

    def focus_search(self) -> None:
        """Put the cursor into the search."""
        self.query_one("#search", FieldInput).focus()

    def show_matching(self, window: Window[User]) -> None:
        """Say how many match."""
        matching, total = f"{window.matching:,}", f"{window.total:,}"
        if window.open_end:
            words = f"{matching} and more"
        else:
            words = f"{total} users" if matching == total else f"{matching} of {total} match"
        line = self.query_one("#matching", Static)
        # As wide as it can become with so many users: else each answer would lay out the whole screen.
        line.styles.width = max(len(words), len(f"{total} of {total} match")) + 2
        line.update(Content(words), layout=False)
        if self._unread:
            self._show_chosen()

    def page_failed(self, wanted: PagedList.PageWanted, sentence: str) -> None:
        """Say why a page did not come, until one comes."""
        wanted.paged_list.page_failed(wanted.query, wanted.offset)
        self.complain(sentence)
        self._unread = True

    def complain(self, sentence: str) -> None:
        """Say what is wrong with the choice."""
        self.add_class("-wrong")
        self.query_one("#chosen", Static).update(Content(sentence))

    @on(Input.Changed, "#search")
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(_PAUSE, self._ask)

    def _ask(self) -> None:
        text = self.query_one("#search", FieldInput).value.strip()
        if text == self.search:
            return
        self.search = text
        users = self.query_one(PagedList)
        users.cursor = 0
        self.post_message(self.Searched(self, text))
        users.start(keep_rows=True)

    @on(Input.Submitted, "#search")
    def _to_list(self, message: Input.Submitted) -> None:
        message.stop()
        self._ask()
        self.query_one(PagedList).focus()

    @on(PagedList.MarksChanged)
    def _marked(self, message: PagedList.MarksChanged) -> None:
        message.stop()
        self._show_chosen()
        self.post_message(self.Changed(self))

    def _show_chosen(self) -> None:
        names = [row.cells[0] for row in self.chosen]
        words = f"{len(names)}:  {shortened(', '.join(names), 200)}" if names else "nobody"
        self._unread = False
        self.remove_class("-wrong")
        self.query_one("#chosen", Static).update(Content(words))
