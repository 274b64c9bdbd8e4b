"""The line at the top of every screen: where, who, for how long, and whether it is the demo."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

_GAPS = 4
"""Cells between left and right, and between right and the mark."""


@dataclass(frozen=True)
class TopLineText:
    """What the line says; an empty part is left out."""

    place: str = "a360tui"
    """The profile and the host."""
    user: str = ""
    session: tuple[str, ...] = ()
    """Where secrets are kept and how long the token lasts; where there is little room the first go first."""
    mark: str = ""
    """``DEMO``, or the word of a production profile: always a word, never a colour alone."""


class TopLine(Widget):
    """One line; the middle gives way where the terminal is narrow."""

    DEFAULT_CSS = """
    TopLine {
        dock: top;
        height: 1;
        padding: 0 1;
        background: $surface;
        color: $text-muted;
        text-wrap: nowrap;
        & > .top-line--mark { color: $background; background: $accent; text-style: bold; }
        & > .top-line--user { color: $foreground; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"top-line--mark", "top-line--user"}
    ALLOW_SELECT = False

    text: reactive[TopLineText] = reactive(TopLineText())

    def render(self) -> Content:
        """Draw the parts that fit, the mark and the user before the rest."""
        text = self.text
        mark = f" {text.mark} " if text.mark else ""
        room = self.content_size.width - cell_len(mark)
        left = "  ".join(part for part in (text.place, text.user) if part)
        session = list(text.session)
        while session and cell_len(left) + cell_len("  ".join(session)) + _GAPS > room:
            del session[0]
        if cell_len(left) > room and text.user:
            left = text.user
        left = set_cell_size(left, min(cell_len(left), room))
        right = "  ".join(session) + ("  " if session and mark else "")
        gap = max(0, room - cell_len(left) - cell_len(right))
        shown = Content(left)
        if text.user and left.endswith(text.user):
            user_style = self.get_visual_style("top-line--user")
            shown = Content.assemble(left[: -len(text.user)], (text.user, user_style))
        return Content.assemble(shown, " " * gap, right, (mark, self.get_visual_style("top-line--mark")))
