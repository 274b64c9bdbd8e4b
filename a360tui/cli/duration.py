"""``a360tui duration``: how long API keys last that are made from now on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from a360tui.cli.call_consent import agree_to_calls
from a360tui.cli.connection import Session, signed_in, work_signed_in
from a360tui.cli.consent import refuse_read_only
from a360tui.cli.options import SIDE_BY_SIDE, CommonOptions, Group
from a360tui.cli.output import put, put_json
from a360tui.cli.planned import carry_out, put_plan
from a360tui.cli.side_by_side import Report
from a360tui.cli.side_by_side import show as show_report

if TYPE_CHECKING:
    from a360tui.workflow.duration import DurationChange


@click.group(cls=Group)
def duration() -> None:
    """How long new API keys last.

    The vendor does not publish the calls for this. Where nothing better is known, GET and PUT /v2/settings/security are
    assumed by analogy with the published ones; a Control Room may not have them. See a360tui calls --help.
    """


@duration.command(takes=SIDE_BY_SIDE)
@click.pass_obj
def show(options: CommonOptions) -> None:
    """Show the duration.

    The call may be assumed: see a360tui duration --help.
    """
    show_report(options, Report(lambda each: work_signed_in(each, _read), _document, _put_words))


@duration.command("set")
@click.argument("duration")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and change nothing.")
@click.pass_obj
def set_duration(options: CommonOptions, duration: str, *, dry_run: bool) -> None:
    """Set the duration: 90m, 12h, 45d; 1 minute to 9999 days.

    It applies to the whole Control Room. A second run changes nothing. The call may be assumed: see a360tui duration
    --help.
    """
    from a360tui.workflow.duration import duration_code, parse_duration

    if not dry_run:
        refuse_read_only(options)
    wanted = parse_duration(duration)
    change = signed_in(options, lambda session: _set(session, wanted, dry_run=dry_run))
    if dry_run:
        put_plan(change.plan, as_json=options.json)
    elif options.json:
        codes = {"duration": duration_code(change.wanted), "before": duration_code(change.before)}
        put_json({**codes, "changed": change.plan.changes})
    else:
        put(duration_code(change.wanted))


async def _read(session: Session) -> timedelta:
    agree_to_calls(session, "read_duration")
    return await session.room.key_duration()


def _document(now: timedelta) -> dict[str, Any]:
    from a360tui.workflow.duration import duration_code

    minutes, rest = divmod(now, timedelta(minutes=1))
    return {"duration": duration_code(now), "minutes": now / timedelta(minutes=1) if rest else minutes}


def _put_words(now: timedelta) -> None:
    from a360tui.workflow.duration import duration_words

    put(duration_words(now))


async def _set(session: Session, wanted: timedelta, *, dry_run: bool) -> DurationChange:
    from a360tui.workflow.duration import plan_duration

    agree_to_calls(session, "read_duration", *(() if dry_run else ("write_duration",)))
    change = await plan_duration(session.room, wanted)
    if not dry_run:
        place = f"For everybody on {session.room.address.display}"
        await carry_out(session.options, change.plan, place=place, irreversible=True)
    return change
