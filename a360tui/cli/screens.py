"""Opening the screens."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

from a360tui.cli.output import silence_logs


def open_screens(**settings: Any) -> int:
    """Show the screens, made with the settings of `a360tui.tui.app.A360App`, to their end; gives the exit code.

    `InvalidInput` where there is no terminal for them.
    """
    # Until `a360tui.tui.ahead` is done: what a start makes stays, and to look through it takes a tenth of the start.
    gc.disable()
    from a360tui.lean_memory import keep_memory_lean
    from a360tui.private_memory import keep_memory_private
    from a360tui.tui.terminal import prepare_environment, require_terminal

    require_terminal()
    keep_memory_private()
    keep_memory_lean()
    prepare_environment()
    silence_logs()
    from a360tui.tui.app import run

    code = run(**settings)
    _let_go_of_a_closed_terminal()
    return code


def _let_go_of_a_closed_terminal() -> None:
    """Where the terminal was closed, what is left to be written goes nowhere; Python would end with 120 over it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
