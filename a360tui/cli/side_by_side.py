"""Run one command for several profiles concurrently, with one report in the order asked for.

A command supplies how it reads and how it shows the result; whether for one profile or for several is decided here. In
JSON, several are one document::

    {"profiles": [{"profile": "test", …}, {"profile": "live", "error": {"message": …, "hint": …, "exitCode": 3}}]}

The exit code is that of the first profile, in the order asked for, that did not end with 0. With several profiles
nobody is asked for a password, since it would not be clear for which one.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import click

from a360tui.cli.output import put, put_json, say_error, speaking_for
from a360tui.cli.secret_input import NobodyToAsk
from a360tui.errors import A360Error, ExitCode, InvalidInput

if TYPE_CHECKING:
    from a360tui.cli.options import CommonOptions

Found = TypeVar("Found")

AT_ONCE = 8
"""How many profiles are read at a time."""


class Report(NamedTuple, Generic[Found]):
    """A command that can run for several profiles."""

    look: Callable[[CommonOptions], Coroutine[Any, Any, Found]]
    """Reads the result for one profile; raises `A360Error`."""
    document: Callable[[Found], dict[str, Any]]
    """The result as JSON."""
    put_text: Callable[[Found], None]
    """Prints the result for people."""
    exit_code: Callable[[Found], int] = lambda _found: ExitCode.DONE
    """The exit code of the result."""


def show(options: CommonOptions, report: Report[Found]) -> None:
    """Run a command for the profile in force, or for each that was asked for, and exit with its exit code."""
    from a360tui.cli.connection import run

    if not (options.all_profiles or len(options.profiles) > 1):
        found = run(report.look(options))
        if options.json:
            put_json(report.document(found))
        else:
            report.put_text(found)
        code = report.exit_code(found)
    else:
        names = _names(options)
        code = _put_all(options, report, names, run(_look_at_all(options, report, names)))
    if code:
        raise click.exceptions.Exit(code)


def _names(options: CommonOptions) -> list[str]:
    """The profiles that were asked for; contradictions are refused before anything is sent."""
    for option in ("--control-room", "--password-stdin", "--api-key-stdin"):
        if option in options.given:
            raise InvalidInput(f"{option} is for one profile, and several are meant.", "Name one profile.")
    configuration = options.settings.configuration
    if options.all_profiles:
        if options.profiles:
            raise InvalidInput("--profile and --all-profiles are both given.", "Give one of them.")
        if not configuration.profiles:
            raise InvalidInput("There are no profiles.", "Make one: a360tui profile add NAME URL")
        return list(configuration.names)
    names = list(dict.fromkeys(options.profiles))
    for name in names:
        configuration.find(name)
    return names


async def _look_at_all(options: CommonOptions, report: Report[Found], names: list[str]) -> list[Found | A360Error]:
    import asyncio

    from a360tui.cli.safekeeping import open_safekeeping
    from a360tui.storage import Guard

    # One store for all: its passphrase is asked for once, and before any answer is waited for.
    keeping = await open_safekeeping(options)
    if keeping.store.guard is Guard.PASSPHRASE and await keeping.store.bindings():
        await keeping.store.unlock()
    turn = asyncio.Semaphore(AT_ONCE)

    async def look(name: str) -> Found | A360Error:
        speaking_for.set(name)
        async with turn:
            try:
                return await report.look(
                    replace(options, profiles=(name,), all_profiles=False, no_input=True, keeping=keeping)
                )
            except NobodyToAsk as error:
                return InvalidInput(error.message, f"Remember it first: a360tui --profile {name} login")
            except A360Error as error:
                return error

    return await asyncio.gather(*(asyncio.create_task(look(name)) for name in names))


def _put_all(options: CommonOptions, report: Report[Found], names: list[str], outcomes: list[Found | A360Error]) -> int:
    documents, codes, shown = [], [], False
    for name, outcome in zip(names, outcomes, strict=True):
        token = speaking_for.set(name)
        if isinstance(outcome, A360Error):
            say_error(outcome.message, outcome.hint)
            error = {"message": outcome.message, "hint": outcome.hint, "exitCode": int(outcome.exit_code)}
            documents.append({"profile": name, "error": error})
            codes.append(int(outcome.exit_code))
        else:
            if options.json:
                documents.append({"profile": name, **report.document(outcome)})
            else:
                put(f"\n[{name}]" if shown else f"[{name}]")
                shown = True
                report.put_text(outcome)
            codes.append(report.exit_code(outcome))
        speaking_for.reset(token)
    if options.json:
        put_json({"profiles": documents})
    return next(filter(None, codes), 0)
