"""Textual's driver for Linux and macOS, which goes on from the first frame instead of clearing the terminal."""

from textual.drivers.linux_driver import LinuxDriver

from a360tui.tui import first_light

ALTERNATE_SCREEN = "\x1b[?1049h"


class ContinuingDriver(LinuxDriver):
    """Takes the terminal over as `first_light` left it, and gives it back as it was before that."""

    _already_there = ""

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
        else:
            super().write(data)

    def stop_application_mode(self) -> None:
        """Give the terminal back."""
        super().stop_application_mode()
        first_light.given_back()
