"""What helps where the secrets cannot be opened: the command that does it, in the words of a hint."""

from collections.abc import Iterator
from contextlib import contextmanager

from a360tui.storage.errors import Damaged, IdentityMissing

RESTORE = "To have the generation before in its place: a360tui secrets restore"
START_OVER = "To begin with an empty store, and keep this one aside: a360tui secrets start-over"


@contextmanager
def advising(advice: str) -> Iterator[None]:
    """Add it to what is said of damage, and of an identity that has gone."""
    try:
        yield
    except (Damaged, IdentityMissing) as trouble:
        trouble.hint = f"{trouble.hint} {advice}".lstrip()
        raise
