"""The line at the top of every screen: where, who, for how long, and whether it is the demo."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

DEMO = "DEMO"
PRODUCTION = "PRODUCTION"
READ_ONLY = "READ-ONLY"


@dataclass(frozen=True)
class TopLineText:
    """What the line says; an empty part is left out."""

    place: str = "a360tui"
    """The profile and the host."""
    user: str = ""
    roles: str = ""
    """The user's roles in short; the first to go where there is little room."""
    session: tuple[str, ...] = ()
    """Where secrets are kept and how long the token lasts; where there is little room the first go first."""
    marks: tuple[str, ...] = ()
    """`DEMO`, `PRODUCTION`, `READ_ONLY`: always a word, never a colour alone."""


_STYLES = {PRODUCTION: "top-line--production", READ_ONLY: "top-line--read-only"}


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
        & > .top-line--production { color: $background; background: $warning; text-style: bold; }
        & > .top-line--read-only { color: $foreground; background: $panel; text-style: bold; }
        & > .top-line--user { color: $foreground; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "top-line--mark",
        "top-line--production",
        "top-line--read-only",
        "top-line--user",
    }
    ALLOW_SELECT = False

    text: reactive[TopLineText] = reactive(TopLineText())

    def render(self) -> Content:
        """Draw the parts that fit, the mark and the user before the rest."""
        text = self.text
        marks = [(f" {word} ", self.get_visual_style(_STYLES.get(word, "top-line--mark"))) for word in text.marks]
        room = self.content_size.width - sum(cell_len(word) for word, _ in marks)
        session = list(text.session)
        user = f"{text.user} {text.roles}".rstrip()
        if not _fits(room, text.place, user, *session):
            user = text.user
        while session and not _fits(room, text.place, user, *session):
            del session[0]
        left = "  ".join(part for part in (text.place, user) if part)
        if cell_len(left) > room and user:
            left = user
        left = set_cell_size(left, min(cell_len(left), room))
        right = "  ".join(session) + ("  " if session and marks else "")
        gap = max(0, room - cell_len(left) - cell_len(right))
        shown = Content(left)
        if user and left.endswith(user):
            user_style = self.get_visual_style("top-line--user")
            shown = Content.assemble(left[: -len(user)], (user, user_style))
        return Content.assemble(shown, " " * gap, right, *marks)


def _fits(room: int, *parts: str) -> bool:
    return sum(cell_len(part) + 2 for part in parts if part) <= room
