"""An identity under a passphrase: an age file with scrypt, as ``age -p`` makes it and ``age -d -i`` reads it.

scrypt deliberately takes a second and up to a GiB of memory; meanwhile pyrage holds the GIL, and it aborts where memory
is short. So it runs in a process of its own: the screen stays responsive, and no key is lost to an abort.
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
"""Seconds; far longer than scrypt takes on the slowest machine."""


class PassphrasePurpose(StrEnum):
    """Why a passphrase is asked for."""

    OPEN = "open"
    """The one that guards the secrets."""
    AGAIN = "again"
    """The same again, since the last one was wrong."""
    NEW = "new"
    """One to guard the secrets from now on: have it typed twice."""


@dataclass(frozen=True, slots=True)
class PassphraseRequest:
    """What to tell the person who is asked for a passphrase."""

    purpose: PassphrasePurpose
    why: str = ""
    """For a new one, why a passphrase is needed: what is wrong with the keyring. May be empty."""


AskPassphrase = Callable[[PassphraseRequest], Awaitable[Secret | None]]
"""Asks a person; None means that nothing was given. The store waits meanwhile, so the answer must not come from it."""


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
    """The child process after it ended, or the error that kept it from starting.

    The error is returned, not raised: a traceback of this frame would carry the secrets in ``order``.
    """
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
