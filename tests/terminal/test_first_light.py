"""The first frame: there before anything heavy is imported, its keys kept, and the terminal back whatever happens."""

import signal
import sys
from pathlib import Path

import pytest
from rich.color import Color, ColorSystem

from a360tui.tui import first_frame, first_light
from a360tui.tui.themes import DARK
from tests.terminal.terminal import PROGRAM, Terminal
from tests.terminal.test_stopping import state_of

_HEAVY = ("textual", "rich", "click", "httpx", "asyncio", "a360tui.cli", "a360tui.api", "a360tui.storage")

_IMPORTED = f"""
import sys
from a360tui.tui import first_light
first_light.begin(sys.argv[1:])
heavy = [name for name in {_HEAVY} if name in sys.modules]
first_light.end()
print("imported:", heavy, "as", len(sys.modules))
"""

_IMPORT_FAILS = """
import sys
sys.modules["textual"] = None
from a360tui.__main__ import main
sys.exit(main())
"""

_STANDS_STILL = """
import sys, time
from a360tui.tui import first_light
try:
    first_light.begin(["demo"])
    time.sleep(60)
finally:
    first_light.end()
"""


def test_nothing_heavy_is_imported_before_it(home: Path) -> None:
    """When the first frame is drawn, neither Textual nor anything else of weight has been imported."""
    with Terminal((sys.executable, "-c", _IMPORTED), home) as it:
        it.shows("imported: []")
        assert it.end() == 0
        assert it.is_restored()


@pytest.mark.parametrize(("arguments", "words"), [((), "Sign in to a Control Room"), (("demo",), first_frame.PITCH[0])])
def test_it_is_the_first_screen_in_outline(home: Path, arguments: tuple[str, ...], words: str) -> None:
    """The words of the first frame stand where the first screen has them, and are not sent again."""
    with Terminal((*PROGRAM, *arguments), home, environment={"COLORTERM": "truecolor"}) as it:
        it.shows("ctrl+q quit")
        assert bytes(it.raw).count(words.encode()) == 1
        assert bytes(it.raw).count(b"\x1b[?1049h") == 1
        assert bytes(it.raw).count(b"\x1b[2J") == 1


def test_what_is_typed_at_once_is_not_lost(home: Path) -> None:
    """Enter, pressed when nothing but the first frame is there, signs in once there is a screen."""
    with Terminal((*PROGRAM, "demo"), home) as it:
        it.until(lambda: b"DEMO" in it.raw, "the first frame")
        it.press("\r")
        it.shows("> Set up a role")


def test_a_letter_typed_at_once_stands_in_the_field(home: Path) -> None:
    """What is typed into the first frame of the sign-in is in the field that the cursor begins in, and in no other."""
    with Terminal((*PROGRAM, "--control-room", "https://example.org"), home) as it:
        it.until(lambda: b"a360tui" in it.raw, "the first frame")
        it.press("somebody")
        it.shows("User name     somebody")
        it.shows("https://example.org\n")


def test_an_import_that_fails_gives_the_terminal_back(home: Path) -> None:
    """Where the screens cannot be loaded, the terminal is as before, and the sentence stands on it."""
    with Terminal((sys.executable, "-c", _IMPORT_FAILS), home) as it:
        assert it.end() == 1
        assert it.is_restored()
        left = bytes(it.raw).rpartition(b"\x1b[?1049l")[2]
        assert b"a360tui failed" in left


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_a_signal_in_between_gives_the_terminal_back(home: Path, number: signal.Signals) -> None:
    """A signal while the screens are being loaded: the terminal is as before, and the exit code is 128 + n."""
    with Terminal((sys.executable, "-c", _STANDS_STILL), home) as it:
        it.until(lambda: b"DEMO" in it.raw, "the first frame")
        it.signal(number)
        assert it.end() == 128 + number
        assert it.is_restored()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to see a stopped process in")
def test_stopped_in_between(home: Path) -> None:
    """Stopped while the screens are being loaded, it gives the terminal back; continued, the first frame is there."""
    with Terminal((sys.executable, "-c", _STANDS_STILL), home) as it:
        it.until(lambda: b"DEMO" in it.raw, "the first frame")
        it.signal(signal.SIGTSTP)
        it.until(lambda: state_of(it.process.pid) == "T", "a stopped process")
        it.until(it.is_restored, "the terminal as it was")
        drawn = len(it.raw)
        it.signal(signal.SIGCONT)
        it.until(lambda: b"DEMO" in it.raw[drawn:] and not it.echoes, "the first frame again")
        it.signal(signal.SIGTERM)
        assert it.end() == 128 + signal.SIGTERM
        assert it.is_restored()


@pytest.mark.parametrize(
    ("arguments", "opens"),
    [
        ([], True),
        (["demo"], True),
        (["demo", "--users", "100"], True),
        (["--control-room", "https://example.org", "--username", "admin"], True),
        (["demo", "serve"], False),
        (["demo", "--help"], False),
        (["--help"], False),
        (["key", "status"], False),
        (["--version"], False),
    ],
)
def test_only_what_opens_the_screens_draws(arguments: list[str], opens: bool) -> None:
    """A command, help and the version leave the terminal alone."""
    assert first_light.opens_screens(arguments) is opens


def test_wrong_use_is_said_on_the_screen_as_it_was(home: Path) -> None:
    """An option that is refused after the first frame: its sentence stands on the terminal, which is as before."""
    with Terminal((*PROGRAM, "demo", "--users", "many"), home) as it:
        assert it.end() == 2
        assert it.is_restored()
        assert b"many" in bytes(it.raw).rpartition(b"\x1b[?1049l")[2]


def test_its_colours_are_the_theme_s() -> None:
    """The first frame has the colours of the dark theme, in full and of 256 as Textual will have them."""
    theme = {
        "text": DARK.foreground,
        "muted": DARK.variables["text-muted"],
        "background": DARK.background,
        "surface": DARK.surface,
        "accent": DARK.accent,
    }
    assert {name: full for name, (full, _) in first_frame.COLOURS.items()} == theme
    for full, nearest in first_frame.COLOURS.values():
        assert Color.parse(full).downgrade(ColorSystem.EIGHT_BIT).number == nearest
