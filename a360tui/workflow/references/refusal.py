"""Why a place cannot be used as it is.

::

    Refusal
    ├── Absent        the file, the value in it, or the keyring's entry is not there
    ├── Unreadable    it is there and cannot be read
    ├── Unsupported   it can be read, and a360tui would not change it without touching something else
    ├── Unwritable    it can be read and not be written
    └── Changed       somebody else wrote it meanwhile

None of them leaves this package, so they have no exit codes of their own: each becomes a `State`, a `Preflight` or an
`Outcome` here.
"""

from a360tui.errors import A360Error
from a360tui.text import harmless


class Refusal(A360Error):
    """A place is left alone; the message is a clause without the place's name: ``the value is there twice``."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(harmless(message), harmless(hint))


class Absent(Refusal):
    """There is nothing at the place."""


class Unreadable(Refusal):
    """The place cannot be read, or not by its format's own reader."""


class Unsupported(Refusal):
    """Changing the value could change something else, or could not hold the key."""


class Unwritable(Refusal):
    """The place cannot be written."""


class Changed(Refusal):
    """The place was written by somebody else between reading and writing."""
