"""Write an export to a file of the user's: private, whole or not at all, and never over another file unasked."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from a360tui.errors import InvalidInput
from a360tui.storage.errors import DiskFailed, reason
from a360tui.storage.files import sync, write_all
from a360tui.text import harmless
from a360tui.workflow.errors import FileExists


def check_export(path: Path, *, replace: bool = False) -> None:
    """Check whether an export could be written there, before anything is read for it.

    Raises `InvalidInput` on the field ``path`` for a missing folder or a path that is no file, and `FileExists` for a
    file that exists, unless it may be replaced.
    """
    shown = harmless(str(path))
    try:
        _refuse_unfit(path, shown, replace=replace)
    except OSError as error:
        # Such as a name that is too long: pathlib asks the system and passes on what that says.
        raise InvalidInput(f"{shown} cannot be a file: {reason(error)}.", "Give another name.", field="path") from None


def _refuse_unfit(path: Path, shown: str, *, replace: bool) -> None:
    if path.is_dir():
        raise InvalidInput(f"{shown} is a folder.", "Give the name of a file.", field="path")
    if not path.parent.is_dir():
        raise InvalidInput(
            f"{harmless(str(path.parent))} is not a folder.", "Make it first, or give another.", field="path"
        )
    if os.path.lexists(path):
        if not path.is_file() or path.is_symlink():
            raise InvalidInput(f"{shown} is not a plain file.", "Give another name.", field="path")
        if not replace:
            raise FileExists(f"{shown} is there already.", "Give another name, or let it be replaced.")


def write_export(path: Path, text: str, *, replace: bool = False) -> None:
    """Write the text to the file, with mode 0600; raises as `check_export` does, and `DiskFailed`.

    A file that it replaces is replaced as a whole; a new one that fails is removed.
    """
    check_export(path, replace=replace)
    written = path.with_name(f".{secrets.token_hex(8)}.tmp") if replace else path
    try:
        fd = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise FileExists(f"{harmless(str(path))} is there already.", "Give another name.") from None
    except OSError as error:
        raise DiskFailed(f"Writing {harmless(str(path))}", error) from None
    try:
        try:
            write_all(fd, text.encode())
            sync(fd)
        finally:
            os.close(fd)
        if written != path:
            written.replace(path)
    except OSError as error:
        with suppress(OSError):
            written.unlink()
        raise DiskFailed(f"Writing {harmless(str(path))}", error) from None
