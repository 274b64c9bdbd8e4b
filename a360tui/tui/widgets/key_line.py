"""The line at the bottom of every screen: the keys that matter here, each with its word, each clickable."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from a360tui.tui.actions import BACK, EVERYWHERE, actions_of, key_name


@dataclass(frozen=True)
class KeyHint:
    """One key and its word."""

    key: str
    """Textual's name of the key, to press it by mouse."""
    shown: str
    label: str
    width: int
    dimmed: bool = False
    """It cannot be done now, and says why when it is pressed."""

    @classmethod
    def of(cls, key: str, binding: Binding, *, dimmed: bool = False) -> "KeyHint":
        """The hint for a binding, measured in cells."""
        shown = binding.key_display or key_name(key)
        return cls(key, shown, binding.description, cell_len(shown) + 1 + cell_len(binding.description), dimmed)


_GAP = 3
_LAST = [action.label for action in actions_of(EVERYWHERE)]


class KeyLine(Widget):
    """Help first, then the screen's own keys, then the ones that hold everywhere; what does not fit is left out."""

    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        height: 1;
        padding: 0 1;
        background: $surface;
        color: $text-muted;
        text-wrap: nowrap;
        & > .key-line--key { color: $foreground; text-style: bold; }
        & > .key-line--dimmed { color: $text-disabled; text-style: dim; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-line--key", "key-line--dimmed"}
    ALLOW_SELECT = False

    hints: reactive[tuple[KeyHint, ...]] = reactive(())

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self.read_bindings)

    def read_bindings(self, screen: Screen[object]) -> None:
        """Show the hints for the bindings that are active now."""
        if not screen.is_current:
            return
        typing = isinstance(screen.focused, Input)
        first: list[KeyHint] = []
        own: list[KeyHint] = []
        last: list[KeyHint] = []
        seen: set[str] = set()
        for active in screen.active_bindings.values():
            binding = active.binding
            if not binding.show or binding.action in seen:
                continue
            if typing and len(key_name(binding.key)) == 1 and not binding.priority:
                continue
            seen.add(binding.action)
            hint = KeyHint.of(binding.key, binding, dimmed=not active.enabled)
            if binding.action == "help":
                first.append(hint)
            else:
                (last if active.node is self.app or binding.action == BACK else own).append(hint)
        last.sort(key=lambda hint: _LAST.index(hint.label))
        self.hints = (*first, *own, *last)

    def _fitting(self) -> list[KeyHint]:
        """As many as there is room for, in order; the room of the way back is kept free for it."""
        room = self.content_size.width
        kept = next((hint.width + _GAP for hint in self.hints if hint.key == "escape"), 0)
        shown: list[KeyHint] = []
        for hint in self.hints:
            if hint.key == "escape":
                kept = 0
            if hint.width <= room - kept:
                shown.append(hint)
                room -= hint.width + _GAP
            elif kept:
                room = kept - _GAP  # of what is left out none that is shorter goes ahead of others
            else:
                break
        return shown

    def render(self) -> Content:
        """Draw the hints that fit."""
        key_style = self.get_visual_style("key-line--key")
        dimmed = self.get_visual_style("key-line--dimmed")
        parts = [
            Content.styled(f"{hint.shown} {hint.label}", dimmed)
            if hint.dimmed
            else Content.assemble((hint.shown, key_style), " ", hint.label)
            for hint in self._fitting()
        ]
        return Content(" " * _GAP).join(parts)

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        start = self.gutter.left
        for hint in self._fitting():
            if start <= event.x < start + hint.width:
                self.app.simulate_key(hint.key)
                return
            start += hint.width + _GAP
