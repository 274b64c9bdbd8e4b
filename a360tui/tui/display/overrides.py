"""Where Textual's insides are overridden: each with the release it was checked with, and what happens without it.

An override applies only where its base still looks as it did then (`Override.applies`); else Textual goes its own way,
which shows the same and sends more. A test compares each base with the source that was read.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, cast

import textual.strip
from rich.color import ColorSystem
from textual import constants
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.app import App
from textual.cache import FIFOCache, LRUCache
from textual.css.stylesheet import Stylesheet
from textual.driver import Driver
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.strip import Strip

from a360tui.tui import first_light
from a360tui.tui.display.frame import Frame, Patch
from a360tui.tui.first_frame import erases_in_colour

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.widget import Widget

CHECKED_WITH = "8.2.8"
"""The release of Textual that was read."""

_SOURCES = 1024
"""More than there are files and classes with styles: all of them are looked up each time, in turn."""

_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


@dataclass(frozen=True)
class Override:
    """Something of Textual's that is done in another way here."""

    what: str
    bases: tuple[Callable[..., Any], ...]
    """The functions whose workings are taken for granted."""
    looks: int
    """`looks_of` the bases in `CHECKED_WITH`."""
    without: str
    """What happens where it does not apply."""

    @property
    def applies(self) -> bool:
        """Whether the bases still use what they used."""
        return looks_of(self.bases) == self.looks


def looks_of(bases: tuple[Callable[..., Any], ...]) -> int:
    """A number for the names that functions use; the same from Python 3.11 to 3.13, and quick to come by."""
    names = sorted({name for base in bases for name in _names(cast("FunctionType", base).__code__)})
    return zlib.crc32(" ".join(names).encode())


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    yield from code.co_varnames[: code.co_argcount]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _of_driver() -> tuple[Callable[..., Any], ...]:
    from textual.drivers.linux_driver import LinuxDriver

    return (LinuxDriver.start_application_mode, LinuxDriver.stop_application_mode, LinuxDriver.write)


def _of_reading() -> tuple[Callable[..., Any], ...]:
    from textual._xterm_parser import XTermParser
    from textual.drivers.linux_driver import LinuxDriver

    return (LinuxDriver.run_input_thread, XTermParser.__init__, XTermParser.feed, XTermParser.tick)


DIFFERENCES = Override(
    "What the compositor made is compared with what the terminal shows, and the difference is sent.",
    (
        App._display,  # noqa: SLF001 - what this module is for
        LayoutUpdate.__init__,
        LayoutUpdate.render_segments,
        ChopsUpdate.__init__,
        ChopsUpdate.render_segments,
        Compositor.render_full_update,
        Compositor.render_partial_update,
    ),
    0xF657D70C,
    "Every repaint is sent whole: 10 to 30 kB for a change of focus or a dialog.",
)

QUIET_FOCUS = Override(
    "A change of focus repaints the two widgets that it is about, not the whole screen.",
    (Screen.set_focus, Reactive.__init__),
    0xAD66CECC,
    "A change of focus takes some ten milliseconds more.",
)

WHAT_CHANGED = Override(
    "Of a change on the screen the lines that changed are rendered, not every widget of the body.",
    (Compositor._get_renders, Compositor._render_chops, Compositor.render_partial_update),  # noqa: SLF001 - as above
    0x65B2C339,
    "A key that changes a line or two takes a third more of processor time.",
)

PARSED_ONCE = Override(
    "What a screen's styles add to the stylesheet is parsed, not the whole stylesheet anew.",
    (Stylesheet.__init__, Stylesheet.set_variables, Stylesheet._parse_rules, Stylesheet.parse, Stylesheet.reparse),  # noqa: SLF001 - as above
    0xE1433BBE,
    "The start and the first time of each screen take some milliseconds more.",
)

LIGHT_STRIPS = Override(
    "A strip, which is a line of a widget, keeps none of the strips that were made of it, nor seven caches for them.",
    (
        Strip.__init__,
        Strip.adjust_cell_length,
        Strip.apply_filter,
        Strip.apply_offsets,
        Strip.apply_style,
        Strip.crop,
        Strip.crop_extend,
        Strip.divide,
    ),
    0xD8009E1,
    "What is drawn takes twice the memory.",
)

GOING_ON = Override(
    "The terminal is taken over as the first frame left it: the alternate screen is not begun twice.",
    () if sys.platform == "win32" else _of_driver(),
    0xA90877DB,
    "The first frame is cleared before the first screen comes.",
)

READING = Override(
    "Keys are read until the terminal is closed; then the program ends. A byte that is not UTF-8 is a letter.",
    () if sys.platform == "win32" else _of_reading(),
    0x6CFFE24A,
    "A terminal that closes without a signal keeps the processor busy, and a byte that is not UTF-8 ends the program.",
)

OVERRIDES = (DIFFERENCES, QUIET_FOCUS, WHAT_CHANGED, PARSED_ONCE, LIGHT_STRIPS, GOING_ON, READING)


class FrugalApp(App[Any]):
    """An app that sends what differs from what the terminal shows."""

    def __init__(self) -> None:
        super().__init__(driver_class=_driver())
        if LIGHT_STRIPS.applies:
            textual.strip.FIFOCache = _one_empty_cache  # type: ignore[assignment,attr-defined] # by which it makes them
        if PARSED_ONCE.applies:
            self.stylesheet = ParsedOnce(variables=self.get_css_variables())
        self._frame = Frame(erases_in_colour=erases_in_colour()) if DIFFERENCES.applies else None
        there = first_light.standing()
        if self._frame is not None and there is not None:
            self._frame.begin_with(there)
        self._cursor_said: tuple[int, int] | None = None
        """Where the cursor was left; ``None`` before anything is drawn."""

    def draw_anew(self) -> None:
        """Draw the whole screen, once it was drawn at all: what the terminal shows is not known any more."""
        if self._frame is not None and self._cursor_said is not None:
            self._frame.forget()
            self.screen.refresh()

    def _is_held_back(self, screen: Screen[Any]) -> bool:
        """Whether a frame is not to be seen: not in a batch, nor before the app runs, but for the first of them all.

        The first screen is drawn whole while Textual still starts; the one beneath it is Textual's, and empty.
        """
        is_first = self._cursor_said is None and screen is not self.screen_stack[0]
        return not is_first and (bool(self._batch_count) or not self._running)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        driver = self._driver
        if (
            self._frame is None
            or not isinstance(renderable, LayoutUpdate | ChopsUpdate)
            or driver is None
            or driver.is_headless
            or driver.is_inline
            or self._closed
            or self._is_held_back(screen)
        ):
            super()._display(screen, renderable)
            return
        color_system = self.console._color_system or ColorSystem.TRUECOLOR  # noqa: SLF001 - as Textual's own
        changes = self._frame.take(*patches_of(renderable), color_system)
        cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
        if changes or cursor != self._cursor_said:
            self._cursor_said = cursor
            sent = f"{changes}\x1b[{cursor.y + 1};{cursor.x + 1}H"
            driver.write(f"{_SYNC_START}{sent}{_SYNC_END}" if self._sync_available else sent)
            driver.flush()
        self.post_display_hook()


class _EmptyCache(FIFOCache[Any, Any]):
    """Takes everything and keeps nothing."""

    def get(self, key: object, default: object = None) -> Any:  # noqa: ARG002 - as Textual calls it
        """Give the default."""
        return default

    def __setitem__(self, key: object, value: object) -> None:
        """Do nothing."""


_EMPTY = _EmptyCache(0)


def _one_empty_cache(_size: int) -> _EmptyCache:
    """The same for all strips: widgets keep the lines that they drew, and need no second copy to draw them again."""
    return _EMPTY


class ParsedOnce(Stylesheet):
    """Keeps what it has parsed until a variable changes, which is when Textual's own forgets it, too."""

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(_SOURCES)

    def reparse(self) -> None:
        """Parse what is not parsed yet."""
        self.parse()


class FrugalCompositor(Compositor):
    """Renders the lines of a change."""

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if crop is None:
            yield from super()._get_renders()
            return
        lines = Region(0, crop.y, self.size.width, crop.height)
        drawn: list[Region] = []
        for widget, (region, clip) in self.visible_widgets.items():  # from front to back
            seen = region.intersection(clip.intersection(lines))
            if seen and not any(each.contains_region(seen) for each in drawn):
                drawn.append(seen)
                yield region, seen, widget.render_lines(seen.translate(-region.offset))


class FrugalScreen:
    """A screen that is not drawn anew because the focus moves, and of which only what changed is rendered."""

    if QUIET_FOCUS.applies:
        focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        if WHAT_CHANGED.applies:
            self._compositor: Compositor = FrugalCompositor()


def _driver() -> type[Driver] | None:
    """The driver that goes on from the first frame; ``None`` for Textual's choice, on Windows or by the environment."""
    if constants.DRIVER is not None or sys.platform == "win32" or not GOING_ON.applies:
        return None
    from a360tui.tui.display.driver import ContinuingDriver

    return ContinuingDriver


def patches_of(update: LayoutUpdate | ChopsUpdate) -> tuple[Size, Iterator[Patch]]:
    """The size of the terminal that an update is for, and the strips that it puts there."""
    if isinstance(update, LayoutUpdate):
        return update.region.size, _of_layout(update)
    return Size(update.chop_ends[0][-1], len(update.chops)), _of_chops(update)


def _of_layout(update: LayoutUpdate) -> Iterator[Patch]:
    for y, strips in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in strips:
            yield x, y, strip
            x += strip.cell_length


def _of_chops(update: ChopsUpdate) -> Iterator[Patch]:
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=True):
            if strip is not None and x < last and end > first:
                yield x, y, strip if end <= last else strip.crop(0, last - x)
