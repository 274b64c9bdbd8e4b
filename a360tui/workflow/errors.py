"""What a workflow itself refuses or finds, beyond what the Control Room says.

::

    A360Error
    ├── KeyExists          generate, where there is a key that would die
    ├── NoKey              regenerate or test, where there is none
    ├── MayNotGenerate     the permission is missing
    ├── RoleConflict       a role of that name appeared meanwhile and is another one
    ├── NotAsWritten       reading back shows something else than was written
    └── KeyMadeButLost     the new key exists, the old one is dead, and the answer never came (exit 6)
"""

from a360tui.errors import A360Error, ExitCode


class KeyExists(A360Error):
    """There is a key already, or it cannot be seen whether there is one; nothing was sent."""

    exit_code = ExitCode.USAGE


class NoKey(A360Error):
    """There is no key to do that with; nothing was sent."""

    exit_code = ExitCode.USAGE


class MayNotGenerate(A360Error):
    """The signed-in user lacks *Generate API-Key*; nothing was sent."""


class RoleConflict(A360Error):
    """A role of the wanted name exists now and is not the one that was wanted."""


class NotAsWritten(A360Error):
    """The Control Room accepted a change, and reading it back shows something else."""


class KeyMadeButLost(A360Error):
    """A new key was made and the old one is dead, but its text never arrived; only making another one helps."""

    exit_code = ExitCode.OUTCOME_UNKNOWN
