"""The password or the API key: from standard input, or asked for with the echo off; from nowhere else."""

from __future__ import annotations

import sys
import unicodedata
from typing import TYPE_CHECKING

from a360tui.cli.output import is_terminal
from a360tui.errors import InvalidInput
from a360tui.secret import Secret
from a360tui.text import harmless

if TYPE_CHECKING:
    from a360tui.api import Credential
    from a360tui.cli.options import CommonOptions

LONGEST = 10_000
"""Bytes of a password or a key that are taken."""


def read_credential(options: CommonOptions, username: str) -> Credential:
    """What the user signs in with, as the options say, else a password that is asked for on the terminal."""
    from a360tui.api import ApiKey, Password

    if options.password_stdin and options.api_key_stdin:
        raise InvalidInput(
            "--password-stdin and --api-key-stdin are both given.", "Sign in with a password or with a key."
        )
    if options.api_key_stdin:
        return ApiKey(_from_stdin("API key", "--api-key-stdin"))
    if options.password_stdin:
        return Password(_from_stdin("password", "--password-stdin"))
    return Password(_asked(options, "password", f"Password of {harmless(username)}: ", "--password-stdin"))


def read_api_key(options: CommonOptions, username: str) -> Secret:
    """An API key alone: from standard input, else asked for on the terminal."""
    if options.password_stdin:
        raise InvalidInput("A password does not help here: this signs in with an API key.", "Give --api-key-stdin.")
    if options.api_key_stdin:
        return _from_stdin("API key", "--api-key-stdin")
    return _asked(options, "API key", f"API key of {harmless(username)}: ", "--api-key-stdin")


def _from_stdin(what: str, option: str) -> Secret:
    if sys.stdin is None:
        raise InvalidInput(f"{option} is given, and standard input is closed.", f"Send the {what} there.")
    if is_terminal(sys.stdin):
        raise InvalidInput(
            f"{option} reads a pipe or a file; on this terminal the {what} would be shown.",
            f"Leave {option} out to be asked for it.",
        )
    try:
        raw = sys.stdin.buffer.read(LONGEST + len("\r\n") + 1)
    except OSError as error:
        reason = error.strerror
    else:
        text = _decoded(raw, what)
        return _checked(text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text, what)
    raise InvalidInput(f"Standard input cannot be read: {reason}.", f"Send the {what} there.")


def _asked(options: CommonOptions, what: str, prompt: str, option: str) -> Secret:
    import getpass
    import warnings

    if options.no_input or not is_terminal(sys.stdin):
        raise InvalidInput(f"There is no {what}, and nobody can be asked for it here.", f"Send it with {option}.")
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return _checked(getpass.getpass(prompt), what)
        except getpass.GetPassWarning:
            pass
        except EOFError:
            raise InvalidInput(f"No {what} was given.") from None
    raise InvalidInput(f"On this terminal the {what} would be shown.", f"Send it with {option}.")


def _decoded(raw: bytes, what: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    # Outside of the handler: that error holds what was read.
    raise InvalidInput(f"The {what} is not UTF-8 text.", "Send the text itself.")


def _checked(text: str, what: str) -> Secret:
    if not text:
        raise InvalidInput(f"The {what} is empty.", "Nothing was sent.")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise InvalidInput(
            f"The {what} holds a line end or another control character.", f"Send the {what} alone; nothing was sent."
        )
    if len(text.encode()) > LONGEST:
        raise InvalidInput(f"The {what} has more than {LONGEST} bytes.", f"Send the {what} alone; nothing was sent.")
    return Secret(text)
