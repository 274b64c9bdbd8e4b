"""The passphrase of the stored secrets: from a file or a file descriptor, or typed; from nowhere else."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from a360tui.cli.consent import can_ask, interruptible
from a360tui.cli.output import say
from a360tui.cli.secret_input import MOST_READ, asked, from_bytes
from a360tui.errors import InvalidInput
from a360tui.text import harmless

if TYPE_CHECKING:
    from pathlib import Path

    from a360tui.cli.options import CommonOptions
    from a360tui.secret import Secret
    from a360tui.storage import PassphraseRequest

_WHAT = "passphrase"

_NOT_OPEN_TO = stat.S_IWGRP | stat.S_IRWXO
"""Permission bits that the file must not have; its group may read it, as with secrets mounted into a container."""


@dataclass(frozen=True)
class PassphraseSource:
    """Where the command line says that the passphrase is."""

    file: Path | None
    descriptor: int | None
    name: str = "passphrase"
    """The beginning of the two options' names."""

    @property
    def options(self) -> str:
        """The two options, worded for a hint."""
        return f"--{self.name}-file FILE or --{self.name}-fd N"

    def read(self) -> Secret | None:
        """The passphrase; None where neither option is given. Raises `InvalidInput`."""
        if self.file is not None and self.descriptor is not None:
            raise InvalidInput(f"--{self.name}-file and --{self.name}-fd are both given.", "Give one of them.")
        if self.file is not None:
            return _of_file(self.file)
        return None if self.descriptor is None else _of_descriptor(self.descriptor, f"--{self.name}-fd")


class Passphrase:
    """Gives the passphrase to the store when it asks (`a360tui.storage.AskPassphrase`); a given one is read once.

    ``new`` is the source of a new passphrase; without it, the given one serves as both the present and the new one.
    """

    def __init__(self, options: CommonOptions, new: PassphraseSource | None = None) -> None:
        self._options = options
        source = PassphraseSource(options.passphrase_file, options.passphrase_fd)
        if options.passphrase_fd == 0 and (options.password_stdin or options.api_key_stdin):
            raise InvalidInput(
                "--passphrase-fd 0 is standard input, which holds another secret already.",
                "Give another descriptor, or --passphrase-file FILE.",
            )
        if new is not None and new.descriptor is not None and new.descriptor == source.descriptor:
            raise InvalidInput(
                f"--passphrase-fd and --new-passphrase-fd are both {new.descriptor}, which is read once.",
                "Give another descriptor, or a file.",
            )
        # Now, not when it is needed: a file that others can read is refused at its first use, not at its tenth.
        self._given = source.read()
        self._new = self._given if new is None else new.read()
        self._sources = source.options
        self._new_sources = (new or source).options

    @property
    def is_given(self) -> bool:
        """Whether it was given by an option, so that nobody has to be asked."""
        return self._given is not None

    async def __call__(self, request: PassphraseRequest) -> Secret | None:
        """The passphrase; None ends the asking. A new one is typed twice."""
        from a360tui.storage import PassphrasePurpose
        from a360tui.storage.errors import PassphraseNeeded

        is_new = request.purpose is PassphrasePurpose.NEW
        given, sources = (self._new, self._new_sources) if is_new else (self._given, self._sources)
        if given is not None:
            return None if request.purpose is PassphrasePurpose.AGAIN else given
        if not can_ask(self._options):
            what = "A passphrase has to guard your secrets" if is_new else "Your secrets are guarded by a passphrase"
            raise PassphraseNeeded(
                f"{what}, and nobody can be asked for it here. {request.why}".strip(), f"Give {sources}."
            )
        if request.purpose is PassphrasePurpose.AGAIN:
            say("That did not open it.")
        if not is_new:
            return asked(self._options, _WHAT, "Passphrase of your stored secrets: ", sources)
        if request.why:
            say(request.why)
        say("A passphrase will guard your secrets. It cannot be recovered.")
        passphrase = asked(self._options, _WHAT, "New passphrase: ", sources)
        if asked(self._options, _WHAT, "Once more: ", sources) != passphrase:
            raise InvalidInput("The two passphrases are not the same.", "Nothing was kept.")
        return passphrase


def _of_file(path: Path) -> Secret:
    shown = harmless(str(path))
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        reason = error.strerror
    else:
        try:
            found = os.fstat(descriptor)
            if stat.S_ISDIR(found.st_mode):
                raise InvalidInput(f"{shown} is a folder.", "Give the file that the passphrase is in.")
            if found.st_uid not in {os.geteuid(), 0}:
                raise InvalidInput(
                    f"{shown} belongs to user {found.st_uid}.", "A passphrase is read from a file of yours."
                )
            if found.st_mode & _NOT_OPEN_TO:
                raise InvalidInput(
                    f"{shown} is open to others (mode {stat.S_IMODE(found.st_mode):04o}).", "Run chmod 600 on it."
                )
            return from_bytes(_read(descriptor), _WHAT)
        except OSError as error:
            reason = error.strerror
        finally:
            os.close(descriptor)
    raise InvalidInput(f"{shown} cannot be read: {reason}.", "Nothing was sent.")


def _of_descriptor(number: int, option: str) -> Secret:
    try:
        if os.isatty(number):
            raise InvalidInput(
                f"File descriptor {number} is a terminal, which would show the passphrase.",
                f"Leave {option} out to be asked for it.",
            )
        return from_bytes(_read(number), _WHAT)
    except OSError as error:
        reason = error.strerror
    except OverflowError:
        reason = "No descriptor has such a number"
    raise InvalidInput(f"File descriptor {number} cannot be read: {reason}.", "Open it for the program, as in 3<FILE.")


def _read(descriptor: int) -> bytes:
    content = b""
    with interruptible():
        while len(content) < MOST_READ and (piece := os.read(descriptor, MOST_READ - len(content))):
            content += piece
    return content
