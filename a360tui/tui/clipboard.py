"""Send a text to the clipboard of the person's own machine, and say only what is known about it.

Over SSH, a clipboard tool would fill the wrong machine's clipboard, and tmux drops OSC 52 by default, while ``tmux
load-buffer -w`` passes it on. Whether OSC 52 arrived cannot be known. A secret does not stay: it is removed after a
while, and at the end, but only if the clipboard still holds it, as far as that can be read.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from a360tui.secret import Secret

CLEARED_AFTER = 45.0
"""Seconds for which a secret stays on the clipboard."""

_TIME_LIMIT = 2.0
"""Seconds that a clipboard tool may take."""

_LIMITED = f"It is cleared after {CLEARED_AFTER:.0f} seconds, and when you quit."

_REVEAL = "If pasting gives nothing, reveal it and select it."
_NOT_TAKEN = "If pasting gives nothing, the terminal did not take it."

_SCREEN_CHUNK = 240
"""Bytes of one device control string; GNU screen does not accept long ones."""


@dataclass(frozen=True)
class Tool:
    """Commands of this machine's clipboard."""

    fill: tuple[str, ...]
    read: tuple[str, ...]
    empty: tuple[str, ...]
    """Commands that run without standard input."""


_PBCOPY = Tool(("pbcopy",), ("pbpaste",), ("pbcopy",))
_WAYLAND = Tool(("wl-copy",), ("wl-paste", "--no-newline"), ("wl-copy", "--clear"))
_XCLIP = Tool(
    ("xclip", "-selection", "clipboard"),
    ("xclip", "-selection", "clipboard", "-out"),
    ("xclip", "-selection", "clipboard"),
)
_XSEL = Tool(
    ("xsel", "--clipboard", "--input"), ("xsel", "--clipboard", "--output"), ("xsel", "--clipboard", "--clear")
)


def native_tool(environment: Mapping[str, str]) -> Tool | None:
    """The clipboard tool of this machine; ``None`` where this is not the person's machine."""
    candidates: list[Tool] = []
    is_remote = "SSH_CONNECTION" in environment
    if sys.platform == "darwin" and not is_remote:
        candidates.append(_PBCOPY)
    if environment.get("WAYLAND_DISPLAY") and not is_remote:
        candidates.append(_WAYLAND)
    if environment.get("DISPLAY"):
        candidates += [_XCLIP, _XSEL]  # over SSH, a forwarded display is the person's own
    return next((tool for tool in candidates if shutil.which(tool.fill[0])), None)


class _Way(Protocol):
    """One way to a clipboard."""

    IS_SURE: ClassVar[bool]
    """Whether what was sent is known to be on the clipboard."""

    async def send(self, text: str) -> str | None:
        """Send it and say what is known about it; ``None`` where this way does not work."""
        ...

    async def take_back(self, text: str) -> str:
        """Remove it again and say what is known about it; empty where the clipboard holds something else by now."""
        ...


class _Native:
    """A tool of this machine."""

    IS_SURE: ClassVar[bool] = True

    def __init__(self, tool: Tool) -> None:
        self._tool = tool

    async def send(self, text: str) -> str | None:
        sent = await run_tool(self._tool.fill, text)
        return None if sent is None else "Sent to the clipboard of this machine."

    async def take_back(self, text: str) -> str:
        if await run_tool(self._tool.read, output=True) != text:
            return ""
        emptied = await run_tool(self._tool.empty)
        return (
            "The key was cleared from the clipboard." if emptied is not None else "The key is still on the clipboard."
        )


class _Tmux:
    """tmux's buffers, and through tmux the outer terminal."""

    IS_SURE: ClassVar[bool] = False
    _OVERWRITE = ("load-buffer", "-w", "-b", "a360tui", "-", ";", "delete-buffer", "-b", "a360tui")
    """What replaces a secret: a blank, since tmux does not pass on an empty text."""

    def __init__(self) -> None:
        self._buffer = ""

    async def send(self, text: str) -> str | None:
        listed = await run_tool(
            ("tmux", "load-buffer", "-w", "-", ";", "list-buffers", "-F", "#{buffer_name}"), text, output=True
        )
        if listed is None:
            return None
        self._buffer = listed.partition("\n")[0]
        return "Sent to tmux and, through it, to your terminal."

    async def take_back(self, text: str) -> str:
        if not self._buffer or await run_tool(("tmux", "show-buffer", "-b", self._buffer), output=True) != text:
            return ""
        newest = await run_tool(("tmux", "list-buffers", "-F", "#{buffer_name}"), output=True)
        await run_tool(("tmux", "delete-buffer", "-b", self._buffer))
        if (newest or "").partition("\n")[0] != self._buffer:
            return "The key was cleared from tmux."
        await run_tool(("tmux", *self._OVERWRITE), " ")
        return "The key was cleared from tmux, and your terminal was asked to forget it; whether it did is not known."


class _Osc52:
    """The terminal itself, by an escape sequence (OSC 52) that it may ignore."""

    IS_SURE: ClassVar[bool] = False

    def __init__(self, write: Callable[[str], None], environment: Mapping[str, str]) -> None:
        self._write = write
        self._in_screen = bool(environment.get("STY"))

    async def send(self, text: str) -> str | None:
        self._put(text)
        return "Sent to your terminal."

    async def take_back(self, text: str) -> str:  # noqa: ARG002 - what the terminal has cannot be read
        self._put("")
        return "Your terminal was asked to empty its clipboard; whether it did is not known."

    def _put(self, text: str) -> None:
        sequence = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
        if self._in_screen:
            parts = (sequence[start : start + _SCREEN_CHUNK] for start in range(0, len(sequence), _SCREEN_CHUNK))
            sequence = "".join(f"\x1bP{part}\x1b\\" for part in parts)
        self._write(sequence)


class Clipboard:
    """The person's clipboard, as far as it can be reached."""

    def __init__(
        self,
        write: Callable[[str], None],
        say: Callable[[str], None],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``write`` writes to the terminal, ``say`` tells the person what became of a secret."""
        self._write = write
        self._say = say
        self._sleep = sleep
        self._held: tuple[_Way, Secret] | None = None
        """Our secret that may be on the clipboard."""
        self._turn = asyncio.Lock()
        """What is sent while a secret is being sent would not know of it, and nobody would clear it."""
        self._waiting: asyncio.Task[None] | None = None

    async def send(self, text: Secret | str) -> str:
        """Send it, in place of what was sent before, and return a sentence that says what is known about it."""
        async with self._turn:
            return await self._send(text)

    async def _send(self, text: Secret | str) -> str:
        await self._clear()
        plain = text.reveal() if isinstance(text, Secret) else text
        for way in self._ways():
            known = await way.send(plain)
            if known is not None:
                break
        if not isinstance(text, Secret):
            return f"{known}" if way.IS_SURE else f"{known} {_NOT_TAKEN}"
        self._held = way, text
        self._waiting = asyncio.create_task(self._wait())
        return f"{known} {_LIMITED}" if way.IS_SURE else f"{known} {_REVEAL} {_LIMITED}"

    async def clear(self) -> str:
        """Remove our secret now; gives a sentence that says what is known about it, empty where there was none."""
        async with self._turn:
            return await self._clear()

    async def _clear(self) -> str:
        self._stop_waiting()
        if self._held is None:
            return ""
        (way, secret), self._held = self._held, None
        return await way.take_back(secret.reveal())

    async def _wait(self) -> None:
        await self._sleep(CLEARED_AFTER)
        self._waiting = None
        known = await self.clear()
        if known:
            self._say(known)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _ways(self) -> list[_Way]:
        ways: list[_Way] = []
        tool = native_tool(os.environ)
        if tool is not None:
            ways.append(_Native(tool))
        if os.environ.get("TMUX"):
            ways.append(_Tmux())
        return [*ways, _Osc52(self._write, os.environ)]


async def run_tool(command: tuple[str, ...], text: str = "", *, output: bool = False) -> str | None:
    """The output of a command that got ``text`` on its standard input; ``None`` where it failed or took too long.

    Without ``output`` nothing is read: a tool that stays to serve the clipboard would keep its output open.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE if output else asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return None
    try:
        written, _ = await asyncio.wait_for(process.communicate(text.encode()), _TIME_LIMIT)
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    return (written or b"").decode("utf-8", "replace") if process.returncode == 0 else None
