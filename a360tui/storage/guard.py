"""`Guard`: what keeps the identity of the secrets file, and how each of them does it."""

import asyncio
import hashlib
import secrets
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from a360tui.errors import InvalidInput
from a360tui.secret import Secret
from a360tui.storage.advice import START_OVER
from a360tui.storage.age import Identity
from a360tui.storage.checked import CheckedFile
from a360tui.storage.errors import (
    Damaged,
    IdentityMissing,
    KeyringUnusable,
    NoKeyring,
    PassphraseNeeded,
    StorageError,
    WrongPassphrase,
)
from a360tui.storage.os_keyring import OSKeyring
from a360tui.storage.passphrase import AskPassphrase, PassphrasePurpose, PassphraseRequest, open_with, seal_with

ATTEMPTS = 3
"""How often a passphrase may be wrong before it is an error."""


class Guard(StrEnum):
    """What keeps somebody who can read the disk from the secrets."""

    KEYRING = "keyring"
    """The identity is in the operating system's keyring."""
    PASSPHRASE = "passphrase"  # noqa: S105  # the name of a guard
    """The identity is in a file under a passphrase."""
    MEMORY = "memory"
    """Nothing is on disk; secrets end with the session."""


class GuardRecord(msgspec.Struct, frozen=True):
    """Which guard was chosen. If the record is missing or damaged, that is an error, never a reason to choose again."""

    guard: Guard
    since: datetime
    """UTC."""
    backend: str = ""
    """The keyring's name, for people."""
    identity_file: str = ""
    """The name of the identity file; each passphrase gets a new one, and this record says which one counts."""
    identity_sha256: str = ""
    """The digest of that file; it tells damage from a wrong passphrase."""


GUARD_RECORD = CheckedFile("a360tui guard", 1, GuardRecord)


class GuardedIdentity(msgspec.Struct, frozen=True):
    """An identity as its guard keeps it."""

    record: GuardRecord
    identity_file: bytes | None = None
    """The content of `GuardRecord.identity_file`, to be written before the record."""


class KeyringGuard:
    """Keeps the identity as an entry of the operating system's keyring, under the name of its recipient."""

    def __init__(self, keyring: OSKeyring) -> None:
        self._keyring = keyring

    async def keep(self, identity: Identity) -> GuardedIdentity:
        """Store the identity and check that it is there; raises `KeyringUnusable`."""
        backend = await self._keyring.backend()
        await self._keyring.put(identity.recipient.text, identity.text)
        return GuardedIdentity(GuardRecord(Guard.KEYRING, _now(), backend=backend))

    async def fetch(self, record: GuardRecord, recipient: str) -> Identity:
        """The identity as the keyring has it; raises `KeyringUnusable`, `IdentityMissing`, `Damaged`."""
        try:
            text = await self._keyring.get(recipient)
        except NoKeyring as none:
            raise NoKeyring(
                f"Your secrets are guarded by your keyring ({record.backend}). {none.message}",
                "Run this where it is, as in the session of your desktop. For a passphrase instead, run there: "
                f"a360tui secrets move passphrase. If it is lost: {START_OVER}",
            ) from None
        if text is None:
            raise IdentityMissing(
                f"The key to your secrets is not in your keyring ({record.backend}) any more.",
                "It was put there as the entry " + recipient + ". Bring it back, if you can.",
            )
        try:
            return Identity.from_text(text)
        except ValueError:
            pass
        raise Damaged(f"The entry {recipient} of your keyring", "is not an age identity")

    def discard(self, recipient: str) -> None:
        """Delete it; blocks for some seconds at most, and raises `KeyringUnusable`."""
        self._keyring.delete(recipient).wait()


class PassphraseGuard:
    """Keeps the identity in a file under a passphrase, which is asked for."""

    def __init__(self, ask: AskPassphrase | None) -> None:
        self._ask = ask

    async def new(self, why: str = "") -> Secret:
        """Ask for a new passphrase; raises `PassphraseNeeded`, `InvalidInput` for an empty one."""
        passphrase = await self._asked(PassphrasePurpose.NEW, why)
        if passphrase is None:
            raise PassphraseNeeded("No passphrase was given, so nothing was kept.")
        if not passphrase.reveal().strip():
            raise InvalidInput("A passphrase cannot be empty.", field="passphrase")
        return passphrase

    async def keep(self, identity: Identity, passphrase: Secret) -> GuardedIdentity:
        """Seal the identity with a passphrase; raises `PassphraseFailed`."""
        sealed = await asyncio.to_thread(seal_with, passphrase, identity.text)
        digest = hashlib.sha256(sealed).hexdigest()
        name = f"identity-{secrets.token_hex(4)}.age"
        return GuardedIdentity(
            GuardRecord(Guard.PASSPHRASE, _now(), identity_file=name, identity_sha256=digest), sealed
        )

    async def fetch(self, record: GuardRecord, sealed: bytes | None) -> Identity:
        """Ask for the passphrase, up to `ATTEMPTS` times, and open the identity file.

        Raises `PassphraseNeeded`, `WrongPassphrase`, `PassphraseFailed`, `IdentityMissing`, `Damaged`.
        """
        sealed = whole_identity_file(record, sealed)
        purpose = PassphrasePurpose.OPEN
        for _ in range(ATTEMPTS):
            passphrase = await self._asked(purpose)
            if passphrase is None:
                break
            try:
                return Identity.from_text(await asyncio.to_thread(open_with, passphrase, sealed, record.identity_file))
            except WrongPassphrase:
                purpose = PassphrasePurpose.AGAIN
            except ValueError:
                raise Damaged(record.identity_file, "holds no age identity") from None
        if purpose is PassphrasePurpose.AGAIN:
            raise WrongPassphrase
        raise PassphraseNeeded("Your secrets are guarded by a passphrase, and none was given.")

    async def _asked(self, purpose: PassphrasePurpose, why: str = "") -> Secret | None:
        if self._ask is None:
            raise PassphraseNeeded("Your secrets are guarded by a passphrase, and there is nobody to ask for it.")
        return await self._ask(PassphraseRequest(purpose, why))


def whole_identity_file(record: GuardRecord, sealed: bytes | None) -> bytes:
    """The content of the identity file as it was written; raises `IdentityMissing`, `Damaged`."""
    if sealed is None:
        raise IdentityMissing(f"The key to your secrets, the file {record.identity_file}, is not there any more.")
    if hashlib.sha256(sealed).hexdigest() != record.identity_sha256:
        raise Damaged(record.identity_file, "is damaged", "Your passphrase was not asked for.")
    return sealed


async def usable_keyring(keyring: OSKeyring | None) -> StorageError | None:
    """Why the keyring cannot be relied on; None where it can."""
    if keyring is None:
        return KeyringUnusable("The keyring is switched off.")
    try:
        await keyring.check()
    except KeyringUnusable as error:
        return error
    return None


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
