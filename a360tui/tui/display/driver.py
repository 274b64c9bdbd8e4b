"""Textual's driver for Linux and macOS, which goes on from the first frame and ends with the terminal."""

import os
import select
import signal
from codecs import getincrementaldecoder

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

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

    def start_application_mode(self) -> None:
        """Begin with the alternate screen that is there already; where it is not, as ever."""
        handover = first_light.take()
        if handover is None:
            super().start_application_mode()  # type: ignore[no-untyped-call] # Textual's
            return
        self._already_there = ALTERNATE_SCREEN
        super().start_application_mode()  # type: ignore[no-untyped-call] # Textual's
        self.attrs_before = handover.attributes

    def write(self, data: str) -> None:
        """Write, but do not begin the alternate screen a second time: that would clear it."""
        if data == self._already_there:
            self._already_there = ""
        elif not self._is_closed:  # the thread that writes has ended, and its queue would fill up
            super().write(data)

    def run_input_thread(self) -> None:
        """Hand on what is typed until the terminal is given back, or is closed: then end, as SIGHUP says.

        A terminal that is not the program's own closes without that signal. A byte that is not UTF-8 is a letter that
        nobody knows.
        """
        if not READING.applies:
            super().run_input_thread()
            return
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        while not self.exit_event.is_set():
            if select.select([self.fileno], [], [], _TICK)[0]:
                data = self._read()
                if not data:
                    self._is_closed = True
                    os.kill(os.getpid(), signal.SIGHUP)
                    return
                for event in parser.feed(decode(data)):
                    self.process_message(event)
            for event in parser.tick():
                self.process_message(event)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        super().stop_application_mode()
        first_light.given_back()
