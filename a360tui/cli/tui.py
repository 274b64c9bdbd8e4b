"""Opening the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from a360tui.cli.output import silence_logs

if TYPE_CHECKING:
    from pathlib import Path

    from a360tui.tui.demo_story import DemoStory


def open_screens(
    *, story: DemoStory | None = None, address: str = "", username: str = "", ca_file: Path | None = None
) -> int:
    """Show the screens to their end and return the exit code; `InvalidInput` where there is no terminal for them."""
    from a360tui.tui.terminal import prepare_environment, require_terminal

    require_terminal()
    prepare_environment()
    silence_logs()
    from a360tui.tui.app import run

    return run(story=story, address=address, username=username, ca_file=ca_file)
