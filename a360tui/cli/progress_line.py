"""One line on the terminal that says how far something is."""

from __future__ import annotations

import sys
from contextlib import suppress

from a360tui.cli.output import is_terminal


class ProgressLine:
    """A line on stderr that takes the place of the one before; where stderr is no terminal, nothing is written."""

    def __init__(self) -> None:
        self._shown = ""

    def show(self, text: str) -> None:
        """Put a text in the place of what stands there."""
        self._write(f"\r{text:<{len(self._shown)}}")
        self._shown = text

    def clear(self) -> None:
        """Leave an empty line, with the cursor at its beginning."""
        if self._shown:
            self._write(f"\r{'':<{len(self._shown)}}\r")
            self._shown = ""

    @staticmethod
    def _write(text: str) -> None:
        if is_terminal(sys.stderr):
            with suppress(OSError):  # that nobody can read it must not stop what is being done
                sys.stderr.write(text)
                sys.stderr.flush()
