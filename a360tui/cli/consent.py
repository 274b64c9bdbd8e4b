"""Consent: what writes asks first, and refuses where nobody can answer."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from a360tui.cli.output import is_terminal, say
from a360tui.errors import A360Error, InvalidInput

if TYPE_CHECKING:
    from a360tui.cli.options import CommonOptions


class Declined(A360Error):
    """The person said no; nothing was changed."""


def refuse_read_only(options: CommonOptions) -> None:
    """Refuse what would change something, before anything is sent."""
    if options.read_only:
        raise InvalidInput("This would change something, and --read-only is given.", "Nothing was sent.")


def require_answer(options: CommonOptions) -> None:
    """Refuse where a question can neither be asked nor is answered already."""
    if not options.yes and (options.no_input or not (is_terminal(sys.stdin) and is_terminal(sys.stderr))):
        raise InvalidInput(
            "This asks before it goes on, and nobody can be asked here.", "Add --yes to go on; nothing was changed."
        )


def can_ask(options: CommonOptions) -> bool:
    """Whether a person can be asked for a secret here."""
    return not options.no_input and is_terminal(sys.stdin)


def ask(options: CommonOptions, question: str) -> None:
    """Return where the answer is yes; `Declined` where it is anything else."""
    require_answer(options)
    if options.yes:
        return
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    with interruptible():
        answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        say("")
    if answer.strip().casefold() not in {"y", "yes"}:
        raise Declined("Nothing was changed.")


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end the reading of a line: asyncio would only note it and read on."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
