"""What this machine can refuse, in words for people.

::

    StorageError              1
    ├── FolderRefused         2  a folder is no safe place: no HOME, relative, a link, another's, open to others
    ├── FileRefused           2  a file is a link, no plain file, another's, or open to others
    ├── DiskFailed            1  reading or writing failed: full, read-only, an input/output error
    ├── Damaged               1  a file is there, and is not what was written; it is left as it is
    │   └── NotOurs           1  an age message that does not open: damaged, or sealed for another identity
    ├── ConfigurationRefused  2  config.toml says something that means nothing; says where
    ├── FutureVersion         2  a file was written by a newer release
    ├── LockHeld              1  another process is at it; says which
    ├── KeyringUnusable       1  the keyring of the operating system cannot be used…
    │   ├── NoKeyring         1  …there is none, or none that is trusted
    │   ├── KeyringLocked     1  …it is locked
    │   ├── KeyringSilent     1  …it gave no answer in time, which is not "not there"
    │   ├── KeyringFailed     1  …it failed
    │   └── KeyringUntrue     1  …it gives back something else than was put in, or keeps what it should delete
    ├── IdentityMissing       1  the keyring answers, and the identity is not in it
    ├── PassphraseNeeded      2  nobody to ask, or nothing given
    ├── PassphraseFailed      1  the passphrase could not be worked with, right or wrong
    ├── WrongPassphrase       2  the passphrase does not open the identity
    └── MemoryOnly            1  there is no place on disk for this

The number is the exit code.
"""

from datetime import datetime

from a360tui.errors import A360Error, ExitCode
from a360tui.text import harmless


class StorageError(A360Error):
    """Something cannot be read from this machine, or stored on it, just now."""


class FolderRefused(StorageError):
    """A folder is no safe place for our files; nothing was written, there or elsewhere."""

    exit_code = ExitCode.USAGE


class FileRefused(StorageError):
    """A file in our folder is not as a360tui makes them; it was not followed, read or changed."""

    exit_code = ExitCode.USAGE


class DiskFailed(StorageError):
    """The operating system refused to read or write; what was there before is still there."""

    def __init__(self, doing: str, error: OSError, hint: str = "") -> None:
        super().__init__(f"{doing} failed: {reason(error)}.", hint)


class Damaged(StorageError):
    """A file is not what was written into it; it is kept, and never taken for an empty one."""

    def __init__(self, path: object, what: str, hint: str = "") -> None:
        super().__init__(f"{harmless(str(path))} {what}.", hint or "It was left as it is.")
        self.path = str(path)
        """The file, or what the message names instead of one."""


class NotOurs(Damaged):
    """An age message does not open with this identity: damaged, cut short, or sealed for another."""


class ConfigurationRefused(StorageError):
    """The configuration cannot be understood; nothing of it was used, and it was left as it is."""

    exit_code = ExitCode.USAGE

    def __init__(self, path: object, line: int | None, what: str, hint: str = "") -> None:
        """``line`` counts from 1; None where it is not known, or ``what`` says it."""
        where = harmless(str(path)) + (f", line {line}:" if line is not None else ":")
        super().__init__(f"{where} {what}.", hint or "Correct it in the file; nothing was changed.")


class FutureVersion(StorageError):
    """A file was written by a newer release; this one leaves it alone."""

    exit_code = ExitCode.USAGE

    def __init__(self, path: object) -> None:
        super().__init__(
            f"{harmless(str(path))} was written by a newer a360tui.", "Update a360tui; this one leaves the file alone."
        )


class LockHeld(StorageError):
    """Another process holds the lock."""

    def __init__(self, what: str, *, pid: int | None = None, host: str = "", since: datetime | None = None) -> None:
        if pid is None or since is None:
            who = "another process"
        else:
            who = f"process {pid} on {harmless(host)} since {since:%Y-%m-%d %H:%M:%S} UTC"
        super().__init__(f"{what} is held by {who}.", "Wait until it has finished, then try again.")
        self.pid = pid
        """The holder's process id on `host`; None where the holder has not written it yet."""
        self.host = host
        self.since = since


class KeyringUnusable(StorageError):
    """The operating system's keyring cannot be used now; work that needs no stored secret goes on."""


class NoKeyring(KeyringUnusable):
    """There is no keyring here, or none of those that are trusted."""


class KeyringLocked(KeyringUnusable):
    """The keyring is there, and is locked."""

    def __init__(self) -> None:
        super().__init__("Your keyring is locked.", "Unlock it (on a desktop: sign in to it), then try again.")


class KeyringSilent(KeyringUnusable):
    """The keyring gave no answer in time: it may wait for somebody to unlock it, on a screen that is elsewhere."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"Your keyring gave no answer within {seconds:g} s.",
            "It may be waiting for you to unlock it on the desktop; then try again.",
        )


class KeyringFailed(KeyringUnusable):
    """The keyring raised something of its own."""


class KeyringUntrue(KeyringUnusable):
    """The keyring said yes and did otherwise."""


class IdentityMissing(StorageError):
    """The keyring works, and the identity of the secrets file is not in it."""


class PassphraseNeeded(StorageError):
    """The secrets file is guarded by a passphrase, and none was given."""

    exit_code = ExitCode.USAGE


class PassphraseFailed(StorageError):
    """Working with the passphrase failed for another reason than a wrong one, such as too little memory."""


class WrongPassphrase(StorageError):
    """The passphrase does not open the identity of the secrets file."""

    exit_code = ExitCode.USAGE

    def __init__(self) -> None:
        super().__init__("That passphrase does not open your secrets.", "Nothing was changed.")


class MemoryOnly(StorageError):
    """This would have to be stored on disk, and in this session nothing is."""


def reason(error: OSError) -> str:
    """The operating system's words for an error, without the path (messages name it themselves)."""
    return harmless(error.strerror or type(error).__name__)
