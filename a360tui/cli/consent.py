"""Consent: ask before anything is changed, and refuse where nobody can answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from a360tui.cli.output import is_terminal, say, terminal_width
from a360tui.errors import A360Error, InvalidInput
from a360tui.text import folded, harmless

if TYPE_CHECKING:
    from a360tui.cli.options import CommonOptions


class Declined(A360Error):
    """The person said no; nothing was changed."""


def refuse_read_only(options: CommonOptions, *, only_here: bool = False) -> None:
    """Refuse a command that would change something, before anything is sent.

    ``--read-only`` and a read-only profile say so. A command that changes ``only_here``, this machine, is refused for
    the option alone: the profile is about the Control Room, and what signs in there has to be stored somehow.
    """
    if not (only_here and options.settings.read_only.source.startswith("profile ")) and (why := why_read_only(options)):
        raise InvalidInput(why, "Nothing was sent.")


def why_read_only(options: CommonOptions) -> str:
    """The reason why nothing may be changed, in a sentence; empty where changes are allowed."""
    read_only = options.settings.read_only
    if not read_only.value:
        return ""
    source = read_only.source
    why = f"the {source} is read-only" if source.startswith("profile ") else f"{source} is given"
    return f"This would change something, and {why}."


def require_answer(options: CommonOptions) -> None:
    """Refuse where a question can neither be asked nor has been answered by ``--yes``."""
    if not options.yes and (options.no_input or not (is_terminal(sys.stdin) and is_terminal(sys.stderr))):
        raise InvalidInput(
            "This asks before it goes on, and there is no one to ask here.", "Add --yes to go on; nothing was changed."
        )


def can_ask(options: CommonOptions) -> bool:
    """Whether a person can be asked for a secret here."""
    return not options.no_input and is_terminal(sys.stdin)


def ask(options: CommonOptions, question: str, *, irreversible: bool = False) -> None:
    """Return if the answer is yes; raise `Declined` for anything else.

    For what is ``irreversible`` under a production profile, the user name has to be typed instead of a yes.
    """
    require_answer(options)
    if options.yes:
        return
    settings = options.settings
    name = settings.username.value if irreversible and settings.production.value else None
    if name:
        say(f"PRODUCTION, says the {settings.production.source}.")
    wanted = f"Type the user name {harmless(name)} to go on:" if name else "[y/N]"
    answer = typed_line(f"{question} {wanted}") or ""
    if answer != name if name else answer.casefold() not in {"y", "yes"}:
        raise Declined("Nothing was changed.")


def typed_line(prompt: str) -> str | None:
    """What a person types at the prompt, without blanks around it; None where standard input has ended."""
    sys.stderr.write("\n".join(folded("", prompt, terminal_width(sys.stderr))) + " ")
    sys.stderr.flush()
    with interruptible():
        answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        say("")
    return answer.strip() if answer else None


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end a reading, which asyncio would only note; where it is ignored, it stays ignored."""
    import signal

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
