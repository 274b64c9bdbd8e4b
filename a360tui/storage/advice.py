"""Hints for secrets that cannot be opened: the command that helps."""

from collections.abc import Iterator
from contextlib import contextmanager

from a360tui.storage.errors import Damaged, IdentityMissing

RESTORE = "To put the previous generation in its place: a360tui secrets restore"
START_OVER = "To start with an empty store and set this one aside: a360tui secrets start-over"

REINDEX = "It is made anew once your secrets are opened."


@contextmanager
def advising(advice: str) -> Iterator[None]:
    """Add a hint to every `Damaged` and `IdentityMissing` that is raised inside."""
    try:
        yield
    except (Damaged, IdentityMissing) as trouble:
        trouble.hint = f"{trouble.hint} {advice}".lstrip()
        raise
