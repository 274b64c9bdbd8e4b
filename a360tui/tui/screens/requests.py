"""What went over the wire, secrets left out: for learning, and for showing."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Label, Static

from a360tui.api import Exchange
from a360tui.tui.screen import A360Screen
from a360tui.tui.widgets.list_row import Column, Row
from a360tui.tui.widgets.paged_list import PagedList

_NOTHING = "No requests to show."
_LINE = 72
"""Cells within which an object or a list of a body is drawn on one line."""
_OPENING, _CLOSING = ("{", "["), {"}", "},", "]", "],"}


class RequestsScreen(A360Screen):
    """The exchanges of the last actions, the newest action first, and beneath the one under the cursor."""

    NAME: ClassVar[str] = "Requests"
    CSS_PATH = "requests.tcss"

    def compose_body(self) -> ComposeResult:
        """The list and the body of one."""
        yield Label("Requests", id="heading", markup=False)
        yield PagedList(
            Column("Request", None),
            Column("For", 24, shown_from=100),
            Column("Status", 7),
            Column("    Time", 8),
            id="exchanges",
            empty=_NOTHING,
        )
        with VerticalScroll(id="bodies"):
            yield Static("", id="body-text", markup=False)

    def on_mount(self) -> None:
        """Show what there is so far."""
        self._show()
        self.query_one(PagedList).focus()

    def _show(self) -> None:
        groups = [group for group in reversed(self.a360.exchanges.groups) if group.exchanges]
        rows = [
            _row(f"{number}.{index}", group.title, exchange)
            for number, group in enumerate(groups)
            for index, exchange in enumerate(group.exchanges)
        ]
        self.query_one("#heading", Label).update(Content(f"Requests    {groups[0].summary}" if groups else "Requests"))
        self.query_one(PagedList).put_rows(rows)
        self.refresh_bindings()

    def why_not(self, action: str) -> str:
        """Nothing is copied or cleared where there is nothing."""
        if action in {"copy_curl", "clear"} and not any(group.exchanges for group in self.a360.exchanges.groups):
            return _NOTHING
        return super().why_not(action)

    @on(PagedList.Highlighted)
    def _highlighted(self, message: PagedList.Highlighted) -> None:
        exchange = message.row.value if message.row is not None else None
        bodies = _bodies(exchange) if isinstance(exchange, Exchange) else Content("")
        self.query_one("#body-text", Static).update(bodies)
        self.query_one("#bodies", VerticalScroll).scroll_home(animate=False)

    @work(exclusive=True, group="copy", exit_on_error=False, description="copy as curl")
    async def action_copy_curl(self) -> None:
        """Copy the request as a curl command, with names in place of secrets."""
        row = self.query_one(PagedList).row
        if row is not None and isinstance(row.value, Exchange):
            await self.a360.copy_text(row.value.as_curl())

    def action_clear(self) -> None:
        """Forget what is shown."""
        self.a360.exchanges.clear()
        self._show()


def _row(key: str, title: str, exchange: Exchange) -> Row:
    status = str(exchange.status) if exchange.status is not None else "none"
    return Row(
        key, (f"{exchange.method:<5}{exchange.path}", title, status, f"{exchange.milliseconds:5.0f} ms"), exchange
    )


def _bodies(exchange: Exchange) -> Content:
    parts = [
        Content.assemble((title, "bold"), "\n", _folded(body))
        for title, body in (("Request", exchange.request_body), ("Answer", exchange.response_body))
        if body
    ]
    if exchange.error:
        parts.append(Content(exchange.error))
    return Content("\n\n").join(parts) if parts else Content("Neither the request nor the answer has a body.")


def _folded(indented: str) -> str:
    """Indented JSON with each object and list that is short enough on one line; other text as it is."""
    lines: list[str] = []
    open_lines: list[int] = []
    for line in indented.splitlines():
        lines.append(line)
        if line.endswith(_OPENING):
            open_lines.append(len(lines) - 1)
        elif line.strip() in _CLOSING and open_lines:
            first, *inner, last = lines[(start := open_lines.pop()) :]
            one = first + " ".join(each.strip() for each in inner) + last.strip()
            if cell_len(one) <= _LINE:
                lines[start:] = [one]
    return "\n".join(lines)
