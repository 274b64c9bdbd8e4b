"""``a360tui doctor``: check every step from the configuration to the permission, one after the other."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from a360tui.cli.options import SIDE_BY_SIDE, Command, CommonOptions
from a360tui.cli.output import put, speaking_for, terminal_width
from a360tui.cli.progress_line import ProgressLine
from a360tui.cli.secret_input import NobodyToAsk
from a360tui.cli.side_by_side import Report as SideBySide
from a360tui.cli.side_by_side import show
from a360tui.errors import A360Error
from a360tui.text import harmless

if TYPE_CHECKING:
    from a360tui.api import ControlRoom
    from a360tui.cli.connection import Session
    from a360tui.cli.credential import Chosen
    from a360tui.workflow.destination import Destination
    from a360tui.workflow.doctor import Finding, Report, Setting
    from a360tui.workflow.rotation import Safekeeping


@click.command(cls=Command, takes=SIDE_BY_SIDE)
@click.option(
    "--full", is_flag=True, help="Include host, user name, addresses, paths and the Control Room's own words."
)
@click.pass_obj
def doctor(options: CommonOptions, *, full: bool) -> None:
    """Check every step from the host name to the permission.

    Nothing is changed, and no call is tried that the vendor does not publish. It signs in once, with what is sent,
    remembered or typed; without any of it, it stops before the sign-in. What it prints can be shown to others: it holds
    no secret, and without --full neither host nor user name. It ends with 0 where no step failed, else with the exit
    code of the first that did.
    """
    show(
        options,
        SideBySide(
            _examine,
            lambda report: _shown(report, full=full).document(),
            lambda report: put("\n".join(_shown(report, full=full).lines(terminal_width(sys.stdout)))),
            lambda report: report.exit_code,
        ),
    )


def _shown(report: Report, *, full: bool) -> Report:
    return report if full else report.shareable()


async def _examine(options: CommonOptions) -> Report:
    from a360tui.cli.safekeeping import open_safekeeping
    from a360tui.tui.terminal_facts import look_at_terminal
    from a360tui.workflow.doctor import Subject, examine

    keeping = await open_safekeeping(options)
    is_one_of_several = bool(speaking_for.get())
    line = ProgressLine()
    signing = _SignIn(options, keeping, line)
    try:
        return await examine(
            Subject(
                settings=lambda: _settings(options),
                destination=lambda: _destination(options),
                username=_username(options),
                keeping=keeping,
                open_room=_opened,
                credential=signing.credential,
                sign_in=signing.sign_in,
                without_credential="Send one, as with --password-stdin, or remember one: a360tui login",
                terminal=look_at_terminal,
            ),
            (lambda _finding: None) if is_one_of_several else partial(_show_progress, line),
        )
    finally:
        line.clear()


@asynccontextmanager
async def _opened(destination: Destination) -> AsyncIterator[ControlRoom]:
    """A connection for the examination; it is signed out at the end."""
    async with destination.open() as room:
        try:
            yield room
        finally:
            if room.signed_in is not None:
                with suppress(A360Error):  # the token ends by itself
                    await room.sign_out()


class _SignIn:
    """A credential that is given, stored or typed; found once and used once."""

    def __init__(self, options: CommonOptions, keeping: Safekeeping, line: ProgressLine) -> None:
        """``line`` is cleared before a question is asked."""
        self._line = line
        self._options = options
        self._keeping = keeping
        self._found: tuple[Session, Chosen] | None = None

    async def credential(self, room: ControlRoom) -> str:
        """A description of the credential; empty where there is none and nobody to ask."""
        from a360tui.cli.connection import Session, book_of, chosen_credential, username_of

        options = self._options
        sent = options.password_stdin or options.api_key_stdin
        if options.settings.username.value is None and not sent:
            return ""
        destination = _destination(options)
        binding = destination.binding(username_of(options))
        session = Session(options, destination, binding, room, self._keeping, book_of(options, room.address))
        self._line.clear()
        try:
            self._found = session, await chosen_credential(session)
        except NobodyToAsk:
            return ""
        return self._found[1].words or ("what was sent" if sent else "what was typed")

    async def sign_in(self, _room: ControlRoom) -> None:
        """Sign in with it; a stored one that is refused is noted, and not sent again automatically."""
        if self._found is not None:
            session, choice = self._found
            await session.sign_in(choice)


def _destination(options: CommonOptions) -> Destination:
    from a360tui.cli.connection import book_of, destination_of

    destination = destination_of(options)
    return replace(destination, book=book_of(options, destination.address))


def _username(options: CommonOptions) -> str | None:
    try:
        return options.settings.username.value or None
    except A360Error:
        return None  # the configuration cannot be read, which is a step of its own


def _settings(options: CommonOptions) -> tuple[Setting, ...]:
    from a360tui.workflow.doctor import Setting

    settings = options.settings.all()
    return tuple(Setting(name, harmless(_words(each.value)), each.source) for name, each in settings.items())


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _show_progress(line: ProgressLine, finding: Finding) -> None:
    from a360tui.workflow.doctor import Outcome

    if finding.outcome is Outcome.LOOKING:
        line.show(f"{finding.step} …")
    else:
        line.clear()
