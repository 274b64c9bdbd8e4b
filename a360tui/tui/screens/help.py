"""The keys of a screen and the ones that hold everywhere, from the registry of actions."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Label, Static

from a360tui.tui.actions import EVERYWHERE, actions_of, keys_shown
from a360tui.tui.screen import A360Dialog, A360Screen

_IN_LISTS = (
    ("↑ ↓ or k j", "Move"),
    ("pgup pgdn g G", "Move by a page, to the first, to the last"),
    ("space", "Choose a user or a permission"),
    ("tab, shift+tab", "Next field, field before"),
    ("enter", "Do what is marked by >"),
)


class HelpScreen(A360Screen):
    """What each key does here."""

    NAME: ClassVar[str] = "Help"
    CSS_PATH = "help.tcss"

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self._about = str(getattr(about, "NAME", ""))
        self._is_dialog = isinstance(about, A360Dialog)

    def compose_body(self) -> ComposeResult:
        """Three short tables."""
        here = [(keys_shown(action), action.what) for action in actions_of(self._about)]
        everywhere = [
            (keys_shown(action), action.what)
            for action in actions_of(EVERYWHERE)
            if action.in_dialogs or not self._is_dialog
        ]
        yield Label("Help", id="heading", markup=False)
        for title, rows in ((self._about, here), ("Lists and forms", list(_IN_LISTS)), ("Everywhere", everywhere)):
            if rows:
                yield Label(Content(title), classes="section", markup=False)
                yield Static(_table(rows), classes="table", markup=False)

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        body = self.query_one("#body")
        body.can_focus = True
        body.focus()


def _table(rows: list[tuple[str, str]]) -> Content:
    return Content("\n").join(Content.assemble((f"{keys:<16}", "bold"), what) for keys, what in rows)
