"""Only differences are sent, and what the terminal shows is what Textual alone would have drawn."""

import inspect
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from a360tui.tui.app import A360App
from a360tui.tui.display import overrides
from a360tui.tui.display.frame import Frame
from a360tui.tui.display.overrides import (
    DIFFERENCES,
    GOING_ON,
    LIGHT_STRIPS,
    OVERRIDES,
    PARSED_ONCE,
    QUIET_FOCUS,
    READING,
    WHAT_CHANGED,
    Override,
    patches_of,
)
from tests.tui.stage import Stage, stage

_CONSOLE = Console(color_system="truecolor", force_terminal=True)


class Emulator:
    """A terminal that draws what is sent."""

    def __init__(self, size: Size) -> None:
        self.screen = pyte.Screen(size.width, size.height)
        self._stream = pyte.Stream(self.screen)
        # pyte keeps a cell from when it is first drawn, and erases only those that it keeps.
        self.feed("".join(f"\x1b[{line + 1}H{'x' * size.width}" for line in range(size.height)))

    def feed(self, text: str) -> None:
        self._stream.feed(text)

    def cells(self) -> list[list[tuple[object, ...]]]:
        """Each cell as a person sees it: of a blank only the background, and the lines that go through it."""
        return [[_seen(self.screen.buffer[y][x]) for x in range(self.screen.columns)] for y in range(self.screen.lines)]


def _seen(cell: pyte.screens.Char) -> tuple[object, ...]:
    if cell.data == " " and not (cell.underscore or cell.strikethrough or cell.reverse):
        return (" ", cell.bg)
    return tuple(cell)


class Witnesses:
    """One terminal gets differences, and each time another one gets the whole frame as Textual writes it."""

    def __init__(self, *, erases_in_colour: bool) -> None:
        self.frame = Frame(erases_in_colour=erases_in_colour)
        self.terminal = Emulator(Size(80, 24))
        self.updates = 0

    def display(self, app: A360App, screen: Any, renderable: Any) -> None:
        """What stands in for `A360App._display`."""
        if isinstance(renderable, LayoutUpdate | ChopsUpdate) and screen.is_current:
            size, patches = patches_of(renderable)
            if (self.terminal.screen.columns, self.terminal.screen.lines) != tuple(size):
                self.terminal = Emulator(size)
            self.terminal.feed(self.frame.take(size, patches, ColorSystem.TRUECOLOR))
            self.updates += 1
        app.post_display_hook()

    def agree(self, it: Stage) -> None:
        """Compare both terminals."""
        compositor = it.app.screen._compositor
        whole = Emulator(compositor.size)
        strips = compositor.render_strips()
        whole.feed(LayoutUpdate([[strip] for strip in strips], compositor.size.region).render_segments(_CONSOLE))
        assert whole.cells() == self.terminal.cells(), it.text()


@pytest.mark.parametrize(
    ("theme", "erases", "no_color"),
    [("a360-dark", True, ""), ("a360-light", False, ""), ("a360-dark", True, "1")],
    ids=["dark", "light, without erasing in colour", "no colour"],
)
async def test_the_terminal_shows_what_textual_drew(
    theme: str, erases: bool, no_color: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the whole story, at two sizes, the differences add up to the whole frame on each screen."""
    witnesses = Witnesses(erases_in_colour=erases)
    monkeypatch.setattr(A360App, "_display", _as_method(witnesses.display))
    if no_color:
        monkeypatch.setenv("NO_COLOR", no_color)

    async def agree() -> None:
        await it.settle()
        await it.pilot.pause()
        witnesses.agree(it)

    async with stage(theme=theme) as it:
        await it.shows("Sign in as admin")
        await agree()
        await it.be_admin()
        await agree()
        await it.set_up_role()
        await agree()
        await it.press("enter")
        await it.shows("grants it to 1 user")
        for key, words in (("1", "1 role grants"), ("4", "A key made now"), ("f2", "Request"), ("ctrl+p", "Go to")):
            await it.press(key)
            await it.shows(words)
            for step in ("tab", "tab" if key == "4" else "down"):
                await it.press(step)
                await agree()
            await it.resize(120, 36)
            await agree()
            await it.resize(80, 24)
            await agree()
            await it.press("escape")
            await it.shows("grants it to 1 user")
            await agree()
        await it.switch_to_creator()
        await it.generate()
        await agree()
        await it.press("escape", "escape")
        await it.shows("Regenerate …")
        for key, words in (("g", "Keep the old key"), ("escape", "Signs in"), ("question_mark", "Lists and forms")):
            await it.press(key)
            await it.shows(words)
            await agree()
        assert witnesses.updates > 20


def _as_method(shown: Callable[[A360App, Any, Any], None]) -> Callable[[A360App, Any, Any], None]:
    def display(app: A360App, screen: Any, renderable: Any) -> None:
        shown(app, screen, renderable)

    return display


_STYLES = st.builds(
    Style,
    color=st.sampled_from([None, "#ffffff", "red", "color(17)"]),
    bgcolor=st.sampled_from([None, "#11141a", "#223447", "default"]),
    bold=st.booleans(),
    underline=st.booleans(),
    reverse=st.booleans(),
)
_TEXTS = st.text(st.sampled_from("ab    …漢字é▁█•Ω"), max_size=12)
_WIDTH, _HEIGHT = 24, 3
_LINES = st.lists(
    st.lists(st.builds(Segment, _TEXTS, _STYLES, st.none()), max_size=6), min_size=_HEIGHT, max_size=_HEIGHT
)


@given(frames=st.lists(_LINES, min_size=1, max_size=6), erases=st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_frame_after_any_other(frames: list[list[list[Segment]]], erases: bool) -> None:
    """Whatever stood there, wide characters too: after the difference the terminal shows the new frame."""
    size = Size(_WIDTH, _HEIGHT)
    frame, terminal = Frame(erases_in_colour=erases), Emulator(size)
    for lines in frames:
        strips = [Strip(line).adjust_cell_length(_WIDTH, Style(bgcolor="#11141a")) for line in lines]
        terminal.feed(frame.take(size, [(0, y, strip) for y, strip in enumerate(strips)], ColorSystem.TRUECOLOR))
        whole = Emulator(size)
        update = LayoutUpdate([[strip] for strip in strips], Region(0, 0, _WIDTH, _HEIGHT))
        whole.feed(update.render_segments(_CONSOLE))
        assert whole.cells() == terminal.cells()
        again = frame.take(size, [(0, y, strip) for y, strip in enumerate(strips)], ColorSystem.TRUECOLOR)
        assert again == ""


@pytest.mark.parametrize(
    ("override", "source"),
    [
        (DIFFERENCES, 2879494881),
        (QUIET_FOCUS, 2332214723),
        (WHAT_CHANGED, 502351752),
        (PARSED_ONCE, 2377698651),
        (LIGHT_STRIPS, 2354066511),
        (GOING_ON, 754926064),
        (READING, 2914684296),
    ],
)
def test_the_bases_are_as_they_were_read(override: Override, source: int) -> None:
    """What is overridden has the source that it was checked with; where this fails, read it again."""
    assert override.applies
    assert zlib.crc32("".join(inspect.getsource(base) for base in override.bases).encode()) == source


def test_a_strip_keeps_no_strips() -> None:
    """What was made of a line is made anew when it is asked for again, and looks the same."""
    A360App()
    line = Strip([Segment("some words")])
    first, again = line.crop(2, 6), line.crop(2, 6)
    assert first == again
    assert first is not again


async def test_a_key_that_changes_two_lines_renders_two_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Down in a list renders the two rows and what lies behind them, no whole widget."""
    heights: list[int] = []
    render_lines = Widget.render_lines

    def seen(widget: Widget, crop: Region) -> list[Strip]:
        heights.append(crop.height)
        return render_lines(widget, crop)

    async with stage(prepare=lambda witness: witness.admin.allow_keys("creator")) as it:
        await it.be_admin()
        await it.press("1")
        await it.shows("> API key users")
        await it.settle()
        monkeypatch.setattr(Widget, "render_lines", seen)
        await it.press("down")
        await it.until(lambda: bool(heights), "the two rows are rendered")
        assert set(heights) == {2}


def test_each_override_says_what_happens_without_it() -> None:
    """Nothing of Textual's is overridden without a word on its absence."""
    assert all(override.what and override.without for override in OVERRIDES)


def test_where_the_base_has_changed_textual_goes_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """An override whose base looks otherwise does not apply, and the app leaves drawing to Textual."""
    changed = replace(DIFFERENCES, looks=DIFFERENCES.looks + 1)
    monkeypatch.setattr(overrides, "DIFFERENCES", changed)
    assert not changed.applies
    assert A360App()._frame is None
