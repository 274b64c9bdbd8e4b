"""`Place`: the protocol of all places: preflight, check, and compare-and-set."""

import re
from abc import ABC, abstractmethod

from a360tui.secret import Secret
from a360tui.workflow.references.findings import Outcome, Preflight, Result, State
from a360tui.workflow.references.fingerprint import Fingerprint

_KEY = re.compile(r"[\x20-\x7e]{1,1024}")


class Place(ABC):
    """One place that holds a key. No method raises for what it finds there; the results say it."""

    @abstractmethod
    async def preflight(self, current: Fingerprint | None) -> Preflight:
        """Whether `replace` would work, tried as far as possible without changing the place.

        With ``current`` the place has to hold that key now; with ``None``, where there is no key yet, any value will
        do.
        """

    @abstractmethod
    async def check(self, current: Fingerprint | None) -> State:
        """What the place holds now, compared with the current key, if there is one."""

    async def replace(self, expected: Fingerprint | None, new: Secret) -> Outcome:
        """Put ``new`` there if the place holds what is ``expected``, and read it back.

        ``expected`` is `Preflight.seen`; ``None`` stands for a place that held nothing. A place that already holds
        ``new`` counts as updated, so this can be repeated after any interruption. A cancellation waits until a file or
        an entry is whole; a command is killed by it.
        """
        if not _KEY.fullmatch(new.reveal()):
            return Outcome(
                Result.FAILED, "The new key is not 1 to 1024 printable ASCII characters; nothing was written."
            )
        return await self._replace(expected, new)

    @abstractmethod
    async def _replace(self, expected: Fingerprint | None, new: Secret) -> Outcome: ...
