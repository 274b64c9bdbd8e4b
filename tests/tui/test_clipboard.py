"""The clipboard: how a text gets there, what is said of it, and how a key leaves it again."""

import asyncio
import base64
import os
import stat
from pathlib import Path

import pytest

from a360tui.secret import Secret
from a360tui.tui.clipboard import Clipboard, native_tool
from a360tui.tui.screens.my_key import MyKeyScreen
from tests.terminal.test_tmux import Tmux, tmux
from tests.tui.stage import stage

__all__ = ["tmux"]

KEY = Secret("demo-canary-key")


def osc52(text: str) -> str:
    return f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"


class Person:
    """Who has the clipboard, and a clock that is put forward instead of waiting."""

    def __init__(self) -> None:
        self.terminal: list[str] = []
        self.told: list[str] = []
        self.slept: list[float] = []
        self._wake = asyncio.Event()
        self.clipboard = Clipboard(self.terminal.append, self.told.append, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await self._wake.wait()
        self._wake.clear()

    async def after_45_seconds(self) -> None:
        """The time is up, and what is to be done then is done."""
        waiting = self.clipboard._waiting
        assert waiting is not None
        await asyncio.sleep(0)
        assert self.slept[-1] == 45.0
        self._wake.set()
        await waiting


class Machine:
    """The clipboard of this machine."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def clipboard(self) -> str:
        """What is on it; empty where nothing is."""
        return self._file.read_text() if self._file.exists() else ""

    def copy(self, text: str) -> None:
        """The person copies something somewhere."""
        self._file.write_text(text)

    def hold_tool(self) -> Path:
        """Have ``wl-copy`` fill the clipboard and then go on until something is written to this pipe."""
        pipe = self._file.parent / "pipe"
        os.mkfifo(pipe)
        self.replace_tool(f'[ "$1" = --clear ] && rm -f {self._file} || {{ cat > {self._file}; cat {pipe}; }}')
        return pipe

    def replace_tool(self, line: str) -> None:
        """Have ``wl-copy`` do something else."""
        (self._file.parent / "bin" / "wl-copy").write_text(f"#!/bin/sh\n{line}\n")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A ``wl-copy`` and a ``wl-paste`` over a file, which stands for the clipboard of this machine."""
    folder, file = tmp_path / "bin", tmp_path / "clipboard"
    folder.mkdir()
    for name, line in (("wl-copy", f'[ "$1" = --clear ] && rm -f {file} || cat > {file}'), ("wl-paste", f"cat {file}")):
        tool = folder / name
        tool.write_text(f"#!/bin/sh\n{line}\n")
        tool.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    return Machine(file)


async def test_native(machine: Machine) -> None:
    """By a tool of this machine: it is said where it went, and after 45 seconds the clipboard is empty."""
    person = Person()
    known = await person.clipboard.send(KEY)
    assert known.startswith("Sent to the clipboard of this machine. It is cleared after 45 seconds")
    assert machine.clipboard == KEY.reveal()
    await person.after_45_seconds()
    assert machine.clipboard == ""
    assert person.told == ["The key was cleared from the clipboard."]
    assert person.terminal == []


async def test_native_leaves_what_came_later(machine: Machine) -> None:
    """What the person copied since stays, and nothing is said."""
    person = Person()
    await person.clipboard.send(KEY)
    machine.copy("a shopping list")
    await person.after_45_seconds()
    assert machine.clipboard == "a shopping list"
    assert person.told == []


async def test_what_is_no_secret_stays(machine: Machine) -> None:
    """A curl command is not cleared; sent after a key, it takes the key's place."""
    person = Person()
    await person.clipboard.send(KEY)
    assert await person.clipboard.send("curl …") == "Sent to the clipboard of this machine."
    assert person.clipboard._waiting is None
    assert await person.clipboard.clear() == ""
    assert machine.clipboard == "curl …"


async def test_on_leaving(machine: Machine) -> None:
    """Cleared before its time, as on leaving, it is gone, and nothing waits any more."""
    person = Person()
    await person.clipboard.send(KEY)
    await person.clipboard.clear()
    assert machine.clipboard == ""
    assert person.clipboard._waiting is None


@pytest.mark.usefixtures("machine")
def test_the_clipboard_of_the_wrong_machine_is_none() -> None:
    """Over SSH this machine's own clipboard is not the person's."""
    assert native_tool({"WAYLAND_DISPLAY": "wayland-0"}) is not None
    assert native_tool({"WAYLAND_DISPLAY": "wayland-0", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}) is None
    assert native_tool({}) is None


async def test_a_tool_that_hangs_or_fails_gives_way(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that fails or does not end is given up, and the terminal gets the text."""
    monkeypatch.setattr("a360tui.tui.clipboard._TIME_LIMIT", 0.05)
    for line in ("exit 1", "sleep 60"):
        machine.replace_tool(line)
        person = Person()
        assert (await person.clipboard.send(KEY)).startswith("Sent to your terminal.")
        assert person.terminal == [osc52(KEY.reveal())]


async def test_osc52() -> None:
    """By the terminal: sent, never copied; after 45 seconds an empty write, and it is said that nobody knows."""
    person = Person()
    known = await person.clipboard.send(KEY)
    assert known.startswith("Sent to your terminal. If pasting gives nothing, reveal it and select it.")
    await person.after_45_seconds()
    assert person.terminal == [osc52(KEY.reveal()), osc52("")]
    assert person.told == ["Your terminal was asked to empty its clipboard; whether it did is not known."]


async def test_in_gnu_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """GNU screen passes it on in device control strings, of which none is long."""
    monkeypatch.setenv("STY", "1234.pts-0.host")
    person = Person()
    text = "x" * 1000
    await person.clipboard.send(text)
    (sent,) = person.terminal
    parts = sent.removeprefix("\x1bP").removesuffix("\x1b\\").split("\x1b\\\x1bP")
    assert "".join(parts) == osc52(text)
    assert max(map(len, parts)) <= 240


async def test_tmux(tmux: Tmux, monkeypatch: pytest.MonkeyPatch) -> None:
    """By tmux: the key is its newest buffer, after 45 seconds that buffer is gone, and older ones are as they were."""
    monkeypatch.setenv("TMUX", tmux.inside())
    tmux.run("set-buffer", "older")
    person = Person()
    known = await person.clipboard.send(KEY)
    assert known.startswith("Sent to tmux and, through it, to your terminal.")
    assert tmux.run("show-buffer") == KEY.reveal()
    await person.after_45_seconds()
    assert tmux.run("list-buffers", "-F", "#{buffer_sample}").split() == ["older"]
    assert person.told[0].startswith("The key was cleared from tmux, and your terminal was asked")
    assert person.terminal == []


async def test_tmux_keeps_what_came_later(tmux: Tmux, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was copied in tmux since stays the newest; the key's buffer goes, and the outer terminal is left alone."""
    monkeypatch.setenv("TMUX", tmux.inside())
    tmux.run("set-buffer", "older")
    person = Person()
    await person.clipboard.send(KEY)
    tmux.run("set-buffer", "newer")
    await person.after_45_seconds()
    assert tmux.run("list-buffers", "-F", "#{buffer_sample}").split() == ["newer", "older"]
    assert person.told == ["The key was cleared from tmux."]


async def test_tmux_forgets_a_key_that_was_sent_twice_at_once(tmux: Tmux, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two presses of c at once fill no buffer of tmux that is forgotten: with the program all of the key leaves it."""
    monkeypatch.setenv("TMUX", tmux.inside())
    tmux.run("set-buffer", "older")
    person = Person()
    await asyncio.gather(person.clipboard.send(KEY), person.clipboard.send(KEY))
    await person.clipboard.clear()
    assert tmux.run("list-buffers", "-F", "#{buffer_sample}").split() == ["older"]


async def test_a_key_leaves_the_clipboard_with_the_program(machine: Machine) -> None:
    """c in the dialog of the key fills the clipboard, and quitting empties it; the app itself keeps no copy."""
    async with stage(prepare=lambda witness: witness.admin.allow_keys("creator")) as it:
        await it.be_admin()
        await it.switch_to_creator()
        await it.generate()
        await it.press("c")
        await it.shows("Sent to the clipboard of this machine.")
        assert machine.clipboard == it.known_key
        assert it.app.clipboard == ""
    assert machine.clipboard == ""


async def test_a_dialog_that_closes_while_the_key_is_sent(machine: Machine) -> None:
    """Left while the clipboard's tool still works, the key is taken off again all the same."""
    async with stage(prepare=lambda witness: witness.admin.allow_keys("creator")) as it:
        await it.be_admin()
        await it.switch_to_creator()
        await it.generate()
        pipe = machine.hold_tool()
        await it.press("c")
        await it.until(lambda: machine.clipboard == it.known_key, "the key on the clipboard")
        await it.press("escape")
        await it.until(lambda: isinstance(it.app.screen, MyKeyScreen), "the screen of the key")
        await asyncio.to_thread(pipe.write_text, "")
        await it.until(lambda: it.app.system_clipboard._waiting is not None, "the time for which it stays")
    assert machine.clipboard == ""


async def test_a_part_of_a_key_leaves_the_clipboard_too(machine: Machine) -> None:
    """What is selected with the mouse in a key that is shown is taken off again like the whole key."""
    async with stage(prepare=lambda witness: witness.admin.allow_keys("creator")) as it:
        await it.be_admin()
        await it.switch_to_creator()
        await it.generate()
        await it.press("r")
        await it.shows(it.known_key)
        await it.pilot.mouse_down("#key", offset=(2, 0))
        await it.pilot.hover("#key", offset=(12, 0))
        await it.pilot.mouse_up("#key", offset=(12, 0))
        await it.press("ctrl+c")
        await it.shows("Sent to the clipboard of this machine.")
        assert machine.clipboard in it.known_key
        assert len(machine.clipboard) >= 10
        assert it.app.clipboard == ""
    assert machine.clipboard == ""
