"""What a workflow itself refuses or finds, beyond what the Control Room says.

::

    A360Error
    ├── KeyExists          generate, where there is a key that would die
    ├── NoKey              regenerate or test, where there is none
    ├── MayNotGenerate     the permission is missing
    ├── MayNotLook         the roles cannot be viewed, and they say who may generate
    ├── FileExists         an export would replace a file
    ├── RoleConflict       a role of that name appeared meanwhile and is another one
    ├── NotAsWritten       reading back shows something else than was written
    ├── NotReady           a reference could not take a new key
    ├── KeyChanged         the key was made anew by somebody else since it was looked at
    ├── UnfinishedRotation an earlier rotation has to be finished first (exit 6)
    ├── NothingUnfinished  there is none to go on with
    └── …what a rotation comes to, from `RotationResult.error`:
        ├── RotationPending    the new key works; a reference or the store has not got it yet
        ├── KeyNotVerified     whether the new key works is not known (exit 6)
        ├── KeyReplaced        somebody else made another key since; this one is dead
        └── KeyMadeButLost     the new key exists, the old one is dead, and its text never came (exit 6)
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
    """A role of the wanted name exists now and is not the one that was wanted."""


class NotAsWritten(A360Error):
    """The Control Room accepted a change, and reading it back shows something else."""


class KeyMadeButLost(A360Error):
    """A new key was made and the old one is dead, but its text never arrived; only making another one helps."""

    exit_code = ExitCode.OUTCOME_UNKNOWN


class NotReady(A360Error):
    """A place that is to get the new key could not take it; nothing was changed."""

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
    """Somebody else has made another key since; the one that was made here is dead."""
