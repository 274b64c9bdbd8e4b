"""Every dialog with every payload, as bytes on the way to a terminal."""

import importlib
import pkgutil
import re
import signal
import sys
from pathlib import Path
from typing import Any

from textual.widget import Widget

import a360tui.tui
from a360tui.tui.screen import A360Dialog
from tests.hostile.dialogs import DIALOGS, turns
from tests.hostile.own_bytes import acting
from tests.hostile.payloads import LONGEST, found
from tests.terminal.terminal import Terminal

_BESIDE = re.compile("r reveal|c copy|t test")
"""What stands beside a key, between the lines of its text."""

PROGRAM = (sys.executable, "-m", "tests.hostile.dialogs")


def every(kind: type[Any]) -> set[type[Any]]:
    """All classes of our screens that are of this kind, without those that only others are made of."""
    for module in pkgutil.walk_packages(a360tui.tui.__path__, "a360tui.tui."):
        importlib.import_module(module.name)
    below = {each for direct in kind.__subclasses__() for each in {direct, *every(direct)}}
    ours = {each for each in below if each.__module__.startswith("a360tui.tui.")}
    return {each for each in ours if each.compose is not Widget.compose}


def test_no_dialog_is_forgotten() -> None:
    """Every dialog there is, is in the table."""
    assert every(A360Dialog) == set(DIALOGS)


def test_dialogs(home: Path) -> None:
    """Every dialog draws every payload letter by letter in each of its texts; nothing acts, also when it is clicked."""
    with Terminal(PROGRAM, home, columns=120, rows=50) as it:
        it.shows("Sign in to a Control Room")
        it.until_quiet()  # the screen is drawn while Textual still starts, and a dialog would come beneath it
        for kind, letters, bundle in turns():
            it.signal(signal.SIGUSR1)
            if bundle == (LONGEST,):
                it.shows("L" * 40)  # its beginning may have scrolled out of sight, so that the answers are in it
                it.until_quiet(0.1)
                continue
            for letter in letters:
                it.until(
                    lambda: found(bundle, _inside(it.text()), before=letter) == set(bundle),  # noqa: B023 - called at once
                    f"{kind.__name__}, {letter}: {[each.kind for each in bundle]}",
                )
            click(it, "@click")
        assert it.process.poll() is None
    assert acting(bytes(it.raw)) == []


def _inside(text: str) -> str:
    """What stands in the dialog, without what is beside a key there."""
    rows = (line.split("│", 1)[-1].rsplit("│", 1)[0] for line in text.splitlines() if line.count("│") > 1)
    return _BESIDE.sub("", "\n".join(rows))


def click(it: Terminal, words: str) -> None:
    """Press and release the mouse on words, where they are shown."""
    for y, line in enumerate(it.text().splitlines(), 1):
        x = line.find(words) + 1
        if x:
            it.press(f"\x1b[<0;{x + 1};{y}M\x1b[<0;{x + 1};{y}m")
