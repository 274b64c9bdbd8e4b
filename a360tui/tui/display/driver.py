"""Textual's driver for Linux and macOS, which goes on from the first frame and ends with the terminal."""

import os
import select
import signal
from codecs import getincrementaldecoder
from collections.abc import Iterable
from typing import Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message

from a360tui.tui import first_light
from a360tui.tui.display.overrides import READING

ALTERNATE_SCREEN = "\x1b[?1049h"

_TICK = 0.1
"""Seconds between two looks whether it is to end, and whether an escape is the key or the beginning of a sequence."""


class ContinuingDriver(LinuxDriver):
    """Takes the terminal over as `first_light` left it, and gives it back as it was before that."""

    _already_there = ""
    _is_closed = False
    """There is no terminal any more."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._size = self._size or self._get_terminal_size()

    @property
    def _is_in_use(self) -> bool:
        """Whether the terminal is taken over just now."""
        return self._key_thread is not None and self._key_thread.is_alive()

    def _get_terminal_size(self) -> tuple[int, int]:
        return first_light.believed(*super()._get_terminal_size())

    def process_message(self, message: Message) -> None:
        """Hand on what came from the terminal; some terminals tell their size that way."""
        if isinstance(message, events.Resize):
            size = Size(*first_light.believed(*message.size))
            message = events.Resize(size, size)
        super().process_message(message)

    def _sigcont_application(self, *_: object) -> None:
        """Go on after a stop; who was stopped by SIGSTOP was not asked before, and takes the terminal over anew.

        A program that ends has given the terminal back, and leaves it so.
        """
        if self._is_in_use:
            self.suspend_application_mode()
            self._must_signal_resume = True
        if self._must_signal_resume:
            super()._sigcont_application()

    def start_application_mode(self) -> None:
        """Begin with the alternate screen that is there already; where it is not, as ever."""
        attributes = first_light.take()
        if attributes is None:
            super().start_application_mode()  # type: ignore[no-untyped-call] # Textual's
            return
        self._already_there = ALTERNATE_SCREEN
        super().start_application_mode()  # type: ignore[no-untyped-call] # Textual's
        self.attrs_before = attributes

    def write(self, data: str) -> None:
        """Write, but do not begin the alternate screen a second time: that would clear it."""
        if data == self._already_there:
            self._already_there = ""
        elif not self._is_closed:  # the thread that writes has ended, and its queue would fill up
            super().write(data)

    def run_input_thread(self) -> None:
        """Hand on what is typed until the terminal is given back, or is closed: then end, as SIGHUP says.

        A terminal that is not the program's own closes without that signal. A byte that is not UTF-8 is a letter that
        nobody knows, and a sequence that is none of any key is passed over.
        """
        if not READING.applies:
            super().run_input_thread()
            return
        self._parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        while not self.exit_event.is_set():
            text = ""
            if select.select([self.fileno], [], [], _TICK)[0]:
                data = self._read()
                if not data:
                    self._is_closed = True
                    os.kill(os.getpid(), signal.SIGHUP)
                    return
                text = decode(data)
            for letter in text:  # each alone, so that a sequence that is none takes no other with it
                self._hand_on(self._parser.feed(letter))
            self._hand_on(self._parser.tick())

    def _hand_on(self, read: Iterable[Message]) -> None:
        """Hand on what was read; a line that loses bytes makes sequences that end Textual's parser."""
        try:
            for message in read:
                self.process_message(message)
        except (ValueError, OverflowError):
            self._parser = XTermParser(self._debug)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        super().stop_application_mode()
        first_light.given_back()
