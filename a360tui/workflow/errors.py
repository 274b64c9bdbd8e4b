"""What a workflow itself refuses or finds, beyond what the Control Room says.

::

    A360Error
    ├── KeyExists          2  generate, where there is a key that would die
    ├── NoKey              2  regenerate or test, where there is none
    ├── MayNotGenerate     1  the permission is missing
    ├── MayNotLook         1  the roles cannot be viewed, and they say who may generate
    ├── FileExists         2  an export would replace a file
    ├── RoleConflict       1  a role has been made or changed meanwhile and is not the one that was meant
    ├── NotAsWritten       1  reading back shows something else than was written
    ├── NotReady           2  a reference could not take a new key
    ├── KeyChanged         1  the key was made anew by somebody else since it was looked at
    ├── UnfinishedRotation 6  an earlier rotation has to be finished first
    ├── NothingUnfinished  1  there is no rotation to go on with
    ├── RotationPending    1  the new key works; a reference or the store has not got it yet
    ├── KeyNotVerified     6  whether the new key works is not known
    ├── KeyReplaced        1  somebody else made another key since; this one is dead
    └── KeyMadeButLost     6  the new key exists, the old one is dead, and its text never came

The number is the exit code. The last four say what a rotation came to (`RotationResult.error`).
"""

from a360tui.errors import A360Error, ExitCode


class KeyExists(A360Error):
    """There is a key already, or it cannot be seen whether there is one; nothing was changed."""

    exit_code = ExitCode.USAGE


class NoKey(A360Error):
    """There is no key to do that with; nothing was changed."""

    exit_code = ExitCode.USAGE


class MayNotGenerate(A360Error):
    """The signed-in user lacks *Generate API-Key*; nothing was changed."""


class MayNotLook(A360Error):
    """The signed-in user may not view what the question rests on; nothing was changed."""


class FileExists(A360Error):
    """An export would replace a file that is there; it was left as it is."""

    exit_code = ExitCode.USAGE


class RoleConflict(A360Error):
    """Somebody has made or changed a role meanwhile: it is not the one that was meant."""


class NotAsWritten(A360Error):
    """The Control Room accepted a change, and reading it back shows something else."""


class NotReady(A360Error):
    """A reference that is to get the new key could not take it; nothing was changed."""

    exit_code = ExitCode.USAGE


class KeyChanged(A360Error):
    """The key is not the one whose end was agreed to; nothing was changed."""


class UnfinishedRotation(A360Error):
    """An earlier rotation of this key has to be finished first; nothing was changed."""

    exit_code = ExitCode.OUTCOME_UNKNOWN


class NothingUnfinished(A360Error):
    """There is no rotation to go on with, or nothing in it to go on with."""


class RotationPending(A360Error):
    """The new key works, and something has not got it yet."""


class KeyNotVerified(A360Error):
    """There is a new key, and whether it works is not known."""

    exit_code = ExitCode.OUTCOME_UNKNOWN


class KeyReplaced(A360Error):
    """Someone else has made another key since; the one made here is dead."""


class KeyMadeButLost(A360Error):
    """A new key was made and the old one is dead, but its text never arrived; only making another one helps."""

    exit_code = ExitCode.OUTCOME_UNKNOWN
