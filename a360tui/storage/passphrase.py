"""An identity under a passphrase: an age file with scrypt, the same that ``age -p`` makes and ``age -d -i`` reads.

scrypt takes a second and up to a GiB of memory on purpose, and pyrage holds the interpreter's lock meanwhile and aborts
where memory is short. So it runs in a process of its own: the screen goes on, and nobody's key goes down with it.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from a360tui.secret import Secret
from a360tui.storage import scrypt_child
from a360tui.storage.errors import Damaged, PassphraseFailed, WrongPassphrase, reason
from a360tui.text import harmless, shortened

_SECONDS = 120
"""Long past what scrypt takes on the slowest machine."""


class PassphrasePurpose(StrEnum):
    """Why a passphrase is asked for."""

    OPEN = "open"
    """The one that guards the secrets."""
    AGAIN = "again"
    """The same; the one before was wrong."""
    NEW = "new"
    """One to guard the secrets from now on: have it typed twice."""


@dataclass(frozen=True, slots=True)
class PassphraseRequest:
    """What a person is told who is asked for a passphrase."""

    purpose: PassphrasePurpose
    why: str = ""
    """For a new one, why it is a passphrase: what is wrong with the keyring. May be empty."""


AskPassphrase = Callable[[PassphraseRequest], Awaitable[Secret | None]]
"""Asks; None means that nothing was given, and ends it. The store waits meanwhile: do not use it to find an answer."""


def seal_with(passphrase: Secret, content: Secret) -> bytes:
    """The content as a binary age file under a passphrase. Takes a second or two; call it in a thread."""
    return _in_child(passphrase, content.reveal().encode(), "The identity", opening=False)


def open_with(passphrase: Secret, sealed: bytes, what: object) -> Secret:
    """The content of such a file. Takes a second or two; call it in a thread.

    Raises `WrongPassphrase`, `Damaged`, `PassphraseFailed`.
    """
    return Secret(_in_child(passphrase, sealed, what, opening=True).decode("utf-8", "replace"))


def _in_child(passphrase: Secret, content: bytes, what: object, *, opening: bool) -> bytes:
    done = _run(passphrase, content, opening=opening)
    if isinstance(done, str):
        raise PassphraseFailed(f"The passphrase could not be worked with: {done}.")
    if done.returncode == 0:
        return done.stdout
    if done.returncode == scrypt_child.WRONG:
        raise WrongPassphrase
    if done.returncode == scrypt_child.TOO_MUCH:
        raise PassphraseFailed("The passphrase was set on a far faster machine, and cannot be worked with on this one.")
    if done.returncode == scrypt_child.UNFIT:
        said = harmless(shortened(done.stdout.decode("utf-8", "replace"), 200))
        raise Damaged(what, f"does not open with a passphrase ({said})")
    raise PassphraseFailed("Working with the passphrase failed.", "It needs about a GiB of memory for a second.")


def _run(passphrase: Secret, content: bytes, *, opening: bool) -> "subprocess.CompletedProcess[bytes] | str":
    """The ended child, or why there is none: an error raised from in here would carry the order in its traceback."""
    order = {
        "passphrase": passphrase.reveal(),
        "content": base64.b64encode(content).decode(),
        "open": opening,
    }
    try:
        return subprocess.run(  # noqa: S603  # our own program
            [sys.executable, "-I", str(Path(scrypt_child.__file__)), *sys.path],
            input=json.dumps(order).encode() + b"\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except OSError as error:
        return reason(error)
    except subprocess.TimeoutExpired:
        return f"it took more than {_SECONDS} s"
