"""Facts about the terminal for the doctor: size, colours, tmux, the way to the clipboard.

They do not need Textual, so that the command line can report them too.
"""

from __future__ import annotations

import locale
import os
import shutil
from collections.abc import Mapping

from a360tui.errors import InvalidInput
from a360tui.text import harmless, shortened
from a360tui.tui.clipboard import native_tool, run_tool
from a360tui.tui.terminal import LEAST_COLUMNS, LEAST_LINES, require_terminal
from a360tui.workflow.doctor import Outcome, Seen

_SLOW_ESCAPE = 100
"""Milliseconds that tmux waits after Escape; a person notices a longer wait."""
_TMUX_OPTIONS = ("escape-time", "set-clipboard", "default-terminal")


async def look_at_terminal(environment: Mapping[str, str] = os.environ, size: tuple[int, int] | None = None) -> Seen:
    """Report the terminal of this process; a missing one is only worth a note, since commands need none.

    ``size`` is given where the screens are shown.
    """
    columns, lines = size or shutil.get_terminal_size(fallback=(0, 0))
    facts = [
        ("TERM", harmless(environment.get("TERM", "not set"))),
        ("size", f"{columns}x{lines}" if columns else "not known"),
        ("colours", _colours(environment)),
        ("charset", harmless(locale.getpreferredencoding(False))),
        ("over SSH", "yes" if "SSH_CONNECTION" in environment else "no"),
        ("clipboard", _clipboard(environment)),
    ]
    tmux = await _tmux(environment)
    facts += [(f"tmux {name}", value) for name, value in tmux.items()]
    try:
        if size is None:
            require_terminal()
    except InvalidInput as obstacle:
        return Seen(f"{obstacle.message} The screens cannot be shown here.", tuple(facts), obstacle.hint, Outcome.NOTE)
    if columns < LEAST_COLUMNS or lines < LEAST_LINES:
        todo = f"The screens need {LEAST_COLUMNS}x{LEAST_LINES}; 80x24 shows everything."
        return Seen("It is too small for the screens.", tuple(facts), todo, Outcome.NOTE)
    escape_time = tmux.get("escape-time", "")
    if escape_time.isdecimal() and int(escape_time) > _SLOW_ESCAPE:
        todo = "To make it quick: tmux set -s escape-time 20"
        return Seen("Escape waits in tmux.", tuple(facts), todo, Outcome.NOTE)
    return Seen(f"The screens can be shown: {columns}x{lines}, {_colours(environment)} colours.", tuple(facts))


def _colours(environment: Mapping[str, str]) -> str:
    if environment.get("NO_COLOR"):
        return "no"
    if environment.get("COLORTERM") in {"truecolor", "24bit"}:
        return "16 million"
    return "256" if "256" in environment.get("TERM", "") else "16 or fewer"


def _clipboard(environment: Mapping[str, str]) -> str:
    tool = native_tool(environment)
    if tool is not None:
        return f"this machine's, by {tool.fill[0]}"
    if environment.get("TMUX"):
        return "by tmux, which passes it on to the terminal"
    return "by the terminal (OSC 52); whether it arrives cannot be known"


async def _tmux(environment: Mapping[str, str]) -> dict[str, str]:
    """The version of tmux and the options that matter; empty outside tmux."""
    if not environment.get("TMUX"):
        return {}
    version = await run_tool(("tmux", "-V"), output=True)
    found = {"version": shortened(harmless((version or "not known").strip()), 40)}
    for option in _TMUX_OPTIONS:
        value = await run_tool(("tmux", "show-options", "-sv", option), output=True)
        found[option] = shortened(harmless((value or "not known").strip()), 40)
    return found
