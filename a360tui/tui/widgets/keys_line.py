"""The line on the home screen that leads to the inventory of keys; it tells what was read, and asks for nothing."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from a360tui.tui.widgets.key_weeks import spark
from a360tui.workflow.inventory import Inventory

_KEY = "5"


class KeysLine(Widget):
    """One line; a click goes where its key goes."""

    DEFAULT_CSS = """
    KeysLine {
        height: 1;
        text-wrap: nowrap;
        color: $text-muted;
        & > .keys-line--bars { color: $success; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys-line--bars"}
    ALLOW_SELECT = False

    inventory: reactive[Inventory | None] = reactive(None)
    """The one that was read in this session, if it was."""

    @dataclass
    class Chosen(Message):
        """It was clicked."""

        line: "KeysLine"

    def render(self) -> Content:
        """Draw the words, the bars and the key."""
        width = self.content_size.width
        title = "Keys on this Control Room"
        inventory = self.inventory
        if inventory is None:
            rest = Content("who has one, and when it ends")
        else:
            soon = inventory.weeks[0]
            count = inventory.with_key
            words = f"{count:,} key{'s' if count != 1 else ''}, {soon:,} end{'s' if soon == 1 else ''} within 7 days"
            bars = spark(inventory.weeks)
            style = self.get_visual_style("keys-line--bars")
            rest = Content.assemble((bars, style), "   " if bars else "", words)
        room = width - rest.cell_length - len(_KEY) - 4
        shown = Content.assemble(title if len(title) <= room else "Keys", "   ", rest)
        gap = " " * max(1, width - shown.cell_length - cell_len(_KEY))
        return Content.assemble(shown, gap, _KEY).truncate(width)

    def on_click(self) -> None:
        """Go there."""
        self.post_message(self.Chosen(self))
