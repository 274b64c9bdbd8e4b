"""Open the screens."""

from __future__ import annotations

from typing import Any

from a360tui.cli.output import silence_logs


def open_screens(**settings: Any) -> int:
    """Run the screens, with the settings of `a360tui.tui.app.A360App`, and give the exit code.

    Raises `InvalidInput` where there is no terminal.
    """
    from a360tui.lean_memory import keep_memory_lean
    from a360tui.private_memory import keep_memory_private
    from a360tui.tui.terminal import prepare_environment, require_terminal

    require_terminal()
    keep_memory_private()
    keep_memory_lean()
    prepare_environment()
    silence_logs()
    from a360tui.tui.app import run

    return run(**settings)
