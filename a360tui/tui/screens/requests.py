"""What went over the wire, secrets left out: for learning, and for showing."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Label, Static

from a360tui.api import Exchange
from a360tui.tui.screen import A360Screen
from a360tui.tui.widgets.list_row import Column, Row
from a360tui.tui.widgets.paged_list import PagedList


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
            empty="Nothing was sent yet.",
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

    @on(PagedList.Highlighted)
    def _highlighted(self, message: PagedList.Highlighted) -> None:
        exchange = message.row.value if message.row is not None else None
        text = _bodies(exchange) if isinstance(exchange, Exchange) else ""
        self.query_one("#body-text", Static).update(Content(text))
        self.query_one("#bodies", VerticalScroll).scroll_home(animate=False)

    @work(exclusive=True, group="copy", exit_on_error=False, description="copy as curl")
    async def action_copy_curl(self) -> None:
        """Send the request as a curl command to the clipboard, with names in place of secrets."""
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


def _bodies(exchange: Exchange) -> str:
    parts = [part for part in (exchange.request_body, exchange.response_body, exchange.error) if part]
    return "\n\n".join(parts) or "Neither the request nor the answer has a body."
