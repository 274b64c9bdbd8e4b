"""What is printed when the screens fail: where, not with which values."""

from rich.text import Text

from a360tui import crash
from a360tui.crash import failure_place

__all__ = ["failure_place", "report"]


def report(error: BaseException | None) -> Text:
    """The three lines of `a360tui.crash`, with nothing in them taken for markup."""
    return Text(crash.report(error))
