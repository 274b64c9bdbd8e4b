"""A `Place` that is an entry of the operating system's keyring which another program reads.

The keyring is used as for our own secrets (`a360tui.storage.os_keyring`): only a back-end of the operating system, in a
daemon thread, for 3 s at most, with every write read back.
"""

from collections.abc import Callable

from a360tui.secret import Secret
from a360tui.storage.errors import KeyringUnusable
from a360tui.storage.os_keyring import OSKeyring
from a360tui.workflow.references.findings import Condition, Outcome, Preflight, Result, State
from a360tui.workflow.references.fingerprint import Fingerprint, Fingerprints
from a360tui.workflow.references.kinds import KeyringEntry
from a360tui.workflow.references.place import Place
from a360tui.workflow.uncancelled import to_the_end

_OWN_SERVICE = "a360tui check"
"""The service name of the dummy entry with which a preflight tries the keyring; never the other program's."""


class KeyringPlace(Place):
    """One entry, which is created where it does not exist yet."""

    def __init__(
        self, reference: KeyringEntry, fingerprints: Fingerprints, keyring: Callable[[str], OSKeyring] = OSKeyring
    ) -> None:
        self._label = reference.label
        self._keyring = keyring(reference.service)
        self._own = keyring(_OWN_SERVICE)
        self._username = reference.username
        self._fingerprints = fingerprints

    async def preflight(self, current: Fingerprint | None) -> Preflight:
        """Read the entry, and try with one of our own whether the keyring gives back what is written."""
        try:
            value = await self._keyring.get(self._username)
            seen = None if value is None else self._fingerprints.of(value)
            if current is not None and seen != current:
                clause = "is not in the keyring" if value is None else "holds another value"
                return Preflight(False, f"{self._label} {clause}.", self._label, seen)
            await to_the_end(self._rehearse())
        except KeyringUnusable as error:
            return Preflight(False, f"{self._label}: {error}", self._label)
        return Preflight(True, "", self._label, seen)

    async def check(self, current: Fingerprint | None) -> State:
        """Read the entry and compare it."""
        try:
            value = await self._keyring.get(self._username)
        except KeyringUnusable as error:
            return State(Condition.UNREADABLE, f"{self._label}: {error}")
        if value is None:
            return State(Condition.MISSING, f"{self._label} is not in the keyring.")
        if self._fingerprints.match(value, current):
            return State(Condition.HOLDS_CURRENT, f"{self._label} holds this key.")
        return State(Condition.HOLDS_ANOTHER, f"{self._label} holds another value.")

    async def _replace(self, expected: Fingerprint | None, new: Secret) -> Outcome:
        try:
            return await to_the_end(self._compare_and_set(expected, new))
        except KeyringUnusable as error:
            return Outcome(Result.FAILED, f"{self._label}: {error}")

    async def _compare_and_set(self, expected: Fingerprint | None, new: Secret) -> Outcome:
        value = await self._keyring.get(self._username)
        if value == new:
            return Outcome(Result.UPDATED, f"{self._label} held the new key already.", read_back=True)
        if not self._fingerprints.match(value, expected):
            sentence = f"{self._label} holds another value than expected, so it was left alone."
            return Outcome(Result.CONFLICT, sentence)
        await self._keyring.put(self._username, new)
        return Outcome(Result.UPDATED, f"{self._label} holds the new key.", read_back=True)

    async def _rehearse(self) -> None:
        await self._own.check()
