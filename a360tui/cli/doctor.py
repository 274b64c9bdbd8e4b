"""``a360tui doctor``: every step from the configuration to the permission, looked at one after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from a360tui.cli.consent import can_ask
from a360tui.cli.options import SIDE_BY_SIDE, Command, CommonOptions
from a360tui.cli.output import put
from a360tui.cli.side_by_side import Report as SideBySide
from a360tui.cli.side_by_side import show
from a360tui.errors import A360Error
from a360tui.text import harmless

if TYPE_CHECKING:
    from a360tui.api import ControlRoom
    from a360tui.workflow.destination import Destination
    from a360tui.workflow.doctor import Report, Setting


@click.command(cls=Command, takes=SIDE_BY_SIDE)
@click.option("--full", is_flag=True, help="With host, user name, addresses, paths and the Control Room's own words.")
@click.pass_obj
def doctor(options: CommonOptions, *, full: bool) -> None:
    """Look at every step from the name to the permission, with times.

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
            lambda report: put("\n".join(_shown(report, full=full).lines())),
            lambda report: report.exit_code,
        ),
    )


def _shown(report: Report, *, full: bool) -> Report:
    return report if full else report.shareable()


async def _examine(options: CommonOptions) -> Report:
    from a360tui.cli.connection import destination_of
    from a360tui.cli.keeping import open_keeping
    from a360tui.tui.terminal_facts import look_at_terminal
    from a360tui.workflow.doctor import Subject, examine

    keeping = await open_keeping(options)

    @asynccontextmanager
    async def open_room(destination: Destination) -> AsyncIterator[ControlRoom]:
        async with destination.open() as room:
            try:
                yield room
            finally:
                if room.signed_in is not None:
                    with suppress(A360Error):  # the token ends by itself
                        await room.sign_out()

    async def sign_in(room: ControlRoom) -> str:
        return await _sign_in(options, room)

    return await examine(
        Subject(
            settings=lambda: _settings(options),
            destination=lambda: destination_of(options),
            username=_username(options),
            keeping=keeping,
            open_room=open_room,
            sign_in=sign_in,
            terminal=look_at_terminal,
        )
    )


def _username(options: CommonOptions) -> str | None:
    try:
        return options.username_text or None
    except A360Error:
        return None  # the configuration cannot be read, which is a step of its own


def _settings(options: CommonOptions) -> tuple[Setting, ...]:
    from a360tui.workflow.doctor import Setting

    return tuple(
        Setting(name, harmless(_words(each.value)), each.source) for name, each in options.settings.all().items()
    )


def _words(value: Any) -> str:
    if value is None or value == "":
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


async def _sign_in(options: CommonOptions, room: ControlRoom) -> str:
    """Sign in with what is sent, remembered or typed; empty where there is none of it and nobody to ask."""
    from a360tui.cli.connection import Session, chosen_credential, destination_of, username_of
    from a360tui.cli.keeping import open_keeping
    from a360tui.cli.secret_input import NobodyToAsk

    if options.username_text is None and not (options.password_stdin or options.api_key_stdin):
        return ""
    destination = destination_of(options)
    binding = destination.binding(username_of(options))
    session = Session(options, destination, binding, room, await open_keeping(options))
    try:
        choice = await chosen_credential(session)
    except NobodyToAsk:
        return ""
    await session.sign_in(choice)
    sent = options.password_stdin or options.api_key_stdin
    how = choice.words or ("what was sent" if sent else "what was typed")
    return f"Signed in with {how}"
