"""The line at the top of every screen: where, who, for how long, and whether it is the demo."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


@dataclass(frozen=True)
class TopLineText:
    """What the line says; an empty part is left out."""

    place: str = "a360tui"
    """The profile and the host."""
    user: str = ""
    session: str = ""
    """How long the token lasts, and where secrets are kept."""
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
        width = self.content_size.width
        text = self.text
        mark = f" {text.mark} " if text.mark else ""
        right = f"{text.session}  " if text.session and mark else text.session
        room = width - cell_len(mark)
        left_parts = [text.place] + ([text.user] if text.user else [])
        if cell_len("  ".join(left_parts)) + cell_len(right) + 2 > room:
            right = ""
        if cell_len("  ".join(left_parts)) > room and text.user:
            left_parts = [text.user]
        left = "  ".join(left_parts)
        gap = room - cell_len(left) - cell_len(right)
        if gap < 0:
            left, gap = set_cell_size(left, max(room - cell_len(right), 0)), 0
        user_style = self.get_visual_style("top-line--user")
        if text.user and left.endswith(text.user):
            shown = Content.assemble(left[: -len(text.user)], (text.user, user_style))
        else:
            shown = Content(left)
        return Content.assemble(shown, " " * gap, right, (mark, self.get_visual_style("top-line--mark")))
