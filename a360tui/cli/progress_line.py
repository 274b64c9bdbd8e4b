"""`ProgressLine`: one line on the terminal that shows the progress of something."""

from __future__ import annotations

import sys
from contextlib import suppress

from a360tui.cli.output import is_terminal


class ProgressLine:
    """A line on stderr that replaces the one before; writes nothing where stderr is no terminal."""

    def __init__(self) -> None:
        self._shown = ""

    def show(self, text: str) -> None:
        """Replace the line."""
        self._write(f"\r{text:<{len(self._shown)}}")
        self._shown = text

    def clear(self) -> None:
        """Clear the line, and leave the cursor at its beginning."""
        if self._shown:
            self._write(f"\r{'':<{len(self._shown)}}\r")
            self._shown = ""

    @staticmethod
    def _write(text: str) -> None:
        if is_terminal(sys.stderr):
            with suppress(OSError):  # that nobody can read it must not stop what is being done
                sys.stderr.write(text)
                sys.stderr.flush()
