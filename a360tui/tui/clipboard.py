"""Sending a text to the clipboard, by the way that reaches the person's own machine, and saying only what is known.

Over SSH, a clipboard tool of this machine would fill the wrong clipboard, and tmux drops OSC 52 by default, while
``tmux load-buffer -w`` passes it on. Whether OSC 52 arrived cannot be known.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Mapping

_TIME_LIMIT = 2.0
"""Seconds that a clipboard tool may take."""


def native_tool(environment: Mapping[str, str]) -> list[str] | None:
    """The command that fills this machine's clipboard, or ``None`` where it is not the person's machine."""
    candidates: list[list[str]] = []
    if sys.platform == "darwin" and "SSH_CONNECTION" not in environment:
        candidates.append(["pbcopy"])
    if environment.get("WAYLAND_DISPLAY"):
        candidates.append(["wl-copy"])
    if environment.get("DISPLAY"):
        candidates += [["xclip", "-selection", "clipboard"], ["xsel", "--clipboard", "--input"]]
    return next((command for command in candidates if shutil.which(command[0])), None)


async def send_to_clipboard(text: str, osc52: Callable[[str], None]) -> str:
    """Send ``text`` and return the sentence that says what is known of it; ``osc52`` writes to the terminal."""
    tool = native_tool(os.environ)
    if tool is not None and await _run(tool, text):
        return "Sent to the clipboard of this machine."
    if os.environ.get("TMUX") and await _run(["tmux", "load-buffer", "-w", "-"], text):
        return "Sent to tmux and, through it, to your terminal. If paste gives nothing, reveal it and select it."
    osc52(text)
    return "Sent to your terminal. If paste gives nothing, reveal it and select it."


async def _run(command: list[str], text: str) -> bool:
    """Whether the command took ``text`` on its standard input and ended well in time."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(text.encode()), _TIME_LIMIT)
    except TimeoutError:
        process.kill()
        await process.wait()
        return False
    return process.returncode == 0
