"""A list that may be as long as the server has rows: a window over pages, drawn line by line (Line API).

The list holds only the pages that were in sight lately. It asks for a page by a message; its owner answers with
`PagedList.put_page`. Rows are known by their key, so a mark stays when the rows move.
"""

import sys
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from a360tui.tui.widgets.list_row import Column, Row, cell, column_widths, line

PAGE = 50
"""Rows a request; more than any terminal shows at once is waste on a slow line."""

_PAGES_KEPT = 12


@dataclass
class _Told(Message):
    """What a list tells its owner."""

    paged_list: "PagedList"

    @property
    def control(self) -> "PagedList":
        """The list."""
        return self.paged_list


class PagedList(ScrollView, can_focus=True):
    """Rows of a server, with a cursor and, where wanted, marks."""

    DEFAULT_CSS = """
    PagedList {
        height: 1fr;
        background: $background;
        scrollbar-size-vertical: 1;
        & > .paged-list--title { color: $text-muted; }
        & > .paged-list--dimmed { color: $text-muted; }
        & > .paged-list--cursor { background: $block-cursor-background; color: $accent; text-style: bold; }
        & > .paged-list--mark { color: $accent; }
        & > .paged-list--warning { color: $warning; }
        & > .paged-list--accent { color: $accent; }
        &:nocolor > .paged-list--cursor { text-style: reverse; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "paged-list--title",
        "paged-list--dimmed",
        "paged-list--cursor",
        "paged-list--mark",
        "paged-list--warning",
        "paged-list--accent",
    }
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("pageup", "move_page(-1)", "page up", show=False),
        Binding("pagedown", "move_page(1)", "page down", show=False),
        Binding("home,g", "first", "first", show=False),
        Binding("end,G", "last", "last", show=False),
        Binding("enter", "choose", "choose", show=False),
        Binding("space", "mark", "mark", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """The row the cursor is on, from 0; rows that have not come yet count."""
    total: reactive[int] = reactive(0, repaint=False)
    """How many rows there are, as far as is known."""

    @dataclass
    class PageWanted(_Told):
        """Rows are in sight that the list does not have."""

        query: int
        """Which query the list was on; `put_page` ignores an answer to an earlier one."""
        offset: int
        length: int

    @dataclass
    class Chosen(_Told):
        """Enter, or a click on the row of the cursor."""

        row: Row

    @dataclass
    class Highlighted(_Told):
        """The cursor moved to another row, or its row came."""

        row: Row | None

    @dataclass
    class MarksChanged(_Told):
        """A row was marked or its mark taken away."""

    def __init__(
        self,
        *columns: Column,
        marks: bool = False,
        opens: bool = False,
        few: bool = False,
        empty: str = "Nothing here.",
        waiting: str = "reading …",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """With ``marks``, rows can be marked, by Enter too unless each ``opens``: then only space and the box do.

        With ``few``, rows are so few that the letters g and G are left to the screen.
        """
        super().__init__(id=id, classes=classes)
        self._columns = columns
        self._can_mark = marks
        self._indent = 4 if marks else 2  # the cursor, and the mark
        self._opens = opens or not marks
        self._unmarked = "  " if opens else "□ "
        self._few = few
        self.empty = empty
        self._waiting = waiting
        self._query = 0
        self._known = False
        self._end = sys.maxsize
        """Where the rows are known to end, whatever a total says."""
        self._overtaken = False
        self._pages: OrderedDict[int, list[Row]] = OrderedDict()
        self._asked: set[int] = set()
        self._failed: set[int] = set()
        """Pages that did not come, until a key asks for them again."""
        self._marked: dict[str, Row] = {}

    # What the owner calls ---------------------------------------------------------------------------------------------

    def start(self, *, keep_rows: bool = False) -> None:
        """Begin a new query and ask for its first page; ``keep_rows`` leaves the old rows till the new come."""
        self._query += 1
        self._end = sys.maxsize
        self._asked.clear()
        self._failed.clear()
        self._overtaken = True
        if not keep_rows:
            self._pages.clear()
            self._known = False
            self.total = 0
            self._resize_virtual()
            self.refresh()
        self._ask(0)

    def put_page(self, query: int, offset: int, rows: Sequence[Row], total: int) -> None:
        """Take the rows of a page; an answer to an overtaken query is dropped."""
        if query != self._query:
            return
        if self._overtaken:
            self._pages.clear()
            self._overtaken = False
        self._known = True
        self._asked.discard(offset)
        if len(rows) < PAGE:
            self._end = min(self._end, offset + len(rows))
        for start in range(0, len(rows), PAGE):
            self._pages[offset + start] = list(rows[start : start + PAGE])
            self._pages.move_to_end(offset + start)
        while len(self._pages) > max(_PAGES_KEPT, len(rows) // PAGE + 1):
            self._pages.popitem(last=False)
        self.total = min(total, self._end)
        self._resize_virtual()
        # Where a total promised too much, go back to what came, asking for none of the pages between.
        last = self.total if rows else max((start + len(page) for start, page in self._pages.items()), default=0)
        if self.cursor >= last:
            self.cursor = max(0, last - 1)
        self._keep_in_sight()
        self.refresh()
        self._post_highlight()

    def put_rows(self, rows: Sequence[Row], *, growing: bool = False) -> None:
        """Show rows that are all there already; the cursor stays on its row.

        While they are ``growing``, a cursor that nobody has moved from the first row stays there.
        """
        cursor_key = self.row.key if self.row and not (growing and not self.cursor) else None
        self._pages.clear()
        self._failed.clear()
        self._known = True
        for start in range(0, len(rows), PAGE):
            self._pages[start] = list(rows[start : start + PAGE])
        self.total = len(rows)
        self._resize_virtual()
        position = next((index for index, row in enumerate(rows) if row.key == cursor_key), None)
        self.cursor = position if position is not None else min(self.cursor, max(0, len(rows) - 1))
        self.refresh()
        self._post_highlight()

    def page_failed(self, query: int, offset: int) -> None:
        """The page did not come, which is said in its place; it is asked for again when the cursor moves."""
        if query == self._query:
            self._asked.discard(offset)
            self._failed.add(offset)
            self.refresh()

    def await_rows(self, *, failed: bool = False) -> None:
        """Say of the rows for `put_rows` that they are read, or that they did not come, where there are none."""
        self._failed = {0} if failed else set()
        self.refresh()

    @property
    def row(self) -> Row | None:
        """The row of the cursor, if it has come."""
        return self._row_at(self.cursor)

    @property
    def marked(self) -> Mapping[str, Row]:
        """The marked rows by key, in the order in which they were marked."""
        return self._marked

    def set_mark(self, row: Row, *, marked: bool) -> None:
        """Mark a row or take its mark away, whether it is in sight or not."""
        if marked:
            self._marked[row.key] = row
        else:
            self._marked.pop(row.key, None)
        self.refresh()
        self._tell(self.MarksChanged(self))

    def _tell(self, message: Message) -> None:
        # A message counts as sent by whoever is running: one that an owner's call brought about would end there.
        self.post_message(message.set_sender(self))

    # Drawing ----------------------------------------------------------------------------------------------------------

    @property
    def _title_height(self) -> int:
        return 1 if any(column.title for column in self._columns) else 0

    def _resize_virtual(self) -> None:
        self.virtual_size = Size(0, self.total + self._title_height)

    def _row_at(self, index: int) -> Row | None:
        page = self._pages.get(index - index % PAGE)
        position = index % PAGE
        return page[position] if page is not None and position < len(page) else None

    def _want(self, index: int) -> None:
        offset = index - index % PAGE
        if not any(offset in those for those in (self._asked, self._failed, self._pages)):
            self._ask(offset)

    def _ask(self, offset: int) -> None:
        self._asked.add(offset)
        self._tell(self.PageWanted(self, self._query, offset, PAGE))

    def _widths(self, width: int) -> list[tuple[int, int]]:
        return column_widths(self._columns, width, self._indent)

    def render_line(self, y: int) -> Strip:
        """One line of the window: the titles, a row, or nothing."""
        width = self.scrollable_content_region.width
        base = self.rich_style
        if y < self._title_height:
            title_style = self.get_component_rich_style("paged-list--title", partial=True)
            cells = [set_cell_size(self._columns[index].title, size) for index, size in self._widths(width)]
            return line([Segment(" " * self._indent + "  ".join(cells), base + title_style)], width, base)
        index = y - self._title_height + self.scroll_offset.y
        if index >= self.total:
            note = "" if index or self.total else (self.empty if self._known else self._coming(0))
            dimmed = self.get_component_rich_style("paged-list--dimmed", partial=True)
            return line([Segment(f"  {note}", base + dimmed)], width, base)
        row = self._row_at(index)
        if row is None:
            self._want(index)
            dimmed = self.get_component_rich_style("paged-list--dimmed", partial=True)
            return line([Segment(f"  {self._coming(index)}", base + dimmed)], width, base)
        return self._draw_row(row, width, base, under_cursor=index == self.cursor)

    def _coming(self, index: int) -> str:
        return "not read" if index - index % PAGE in self._failed else self._waiting

    def _draw_row(self, row: Row, width: int, base: Style, *, under_cursor: bool) -> Strip:
        style = base
        if row.dimmed:
            style += self.get_component_rich_style("paged-list--dimmed", partial=True)
        if under_cursor and self.has_focus:
            style += self.get_component_rich_style("paged-list--cursor", partial=True)
        segments = [Segment("> " if under_cursor and self.has_focus else "  ", style)]
        if self._can_mark:
            marked = row.key in self._marked
            mark_style = self.get_component_rich_style("paged-list--mark", partial=True) if marked else Style.null()
            segments.append(Segment("■ " if marked else self._unmarked, style + mark_style))
        tone = self.get_component_rich_style(f"paged-list--{row.tone}", partial=True) if row.tone else Style.null()
        cells: list[Segment] = []
        for position, (index, size) in enumerate(self._widths(width)):
            text = "  " * bool(position) + cell(row.cells[index], size)
            cells.append(Segment(text, style + tone if self._columns[index].toned else style))
        return line([*segments, *Segment.simplify(cells)], width, style)

    def _refresh_row(self, index: int) -> None:
        y = index - self.scroll_offset.y + self._title_height
        self.refresh(Region(0, y, self.size.width, 1))

    # Moving -----------------------------------------------------------------------------------------------------------

    def watch_cursor(self, before: int, after: int) -> None:
        """Redraw the two rows, and scroll where the new one is out of sight."""
        self._refresh_row(before)
        self._refresh_row(after)
        self._keep_in_sight()
        self._post_highlight()

    def on_resize(self) -> None:
        """Keep the row of the cursor in sight where the list has become lower."""
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        height = self.scrollable_content_region.height - self._title_height
        if height > 0:
            if self.cursor < self.scroll_offset.y:
                self.scroll_to(y=self.cursor, animate=False)
            elif self.cursor >= self.scroll_offset.y + height:
                self.scroll_to(y=self.cursor - height + 1, animate=False)

    def _post_highlight(self) -> None:
        self._tell(self.Highlighted(self, self.row))

    def on_focus(self) -> None:
        """Show the cursor."""
        self._refresh_row(self.cursor)

    def on_blur(self) -> None:
        """Hide the cursor."""
        self._refresh_row(self.cursor)

    def _move_to(self, index: int) -> None:
        if self._failed and self._query:
            self._failed.clear()
            self.refresh()
            if not self.total:
                self._ask(0)
        self.cursor = max(0, min(index, self.total - 1))

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self._move_to(self.cursor + by)

    def action_move_page(self, by: int) -> None:
        """Move the cursor by what is in sight."""
        self._move_to(self.cursor + by * max(1, self.scrollable_content_region.height - self._title_height - 1))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Few rows need no way to the first and the last."""
        return not (self._few and action in {"first", "last"})

    def action_first(self) -> None:
        """Go to the first row."""
        self._move_to(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._move_to(self.total - 1)

    def action_choose(self) -> None:
        """Choose the row; where rows are marked, mark it."""
        if self.row is None:
            return
        if self._opens:
            self._tell(self.Chosen(self, self.row))
        else:
            self.action_mark()

    def action_mark(self) -> None:
        """Mark the row, or take its mark away."""
        if self._can_mark and self.row is not None:
            self.set_mark(self.row, marked=self.row.key not in self._marked)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row; a click on the row of the cursor chooses it, a click on a box marks it."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y < self._title_height:
            return
        index = offset.y - self._title_height + self.scroll_offset.y
        if index >= self.total:
            return
        again = index == self.cursor
        self._move_to(index)
        if self._can_mark and offset.x < self._indent:
            self.action_mark()
        elif again or not self._opens:
            self.action_choose()
