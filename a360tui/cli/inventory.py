"""``a360tui key inventory``: whose keys end when, for people, spreadsheets and monitoring."""

from __future__ import annotations

from contextlib import aclosing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from a360tui.cli.connection import Session, connected, work_signed_in
from a360tui.cli.consent import ask
from a360tui.cli.options import SIDE_BY_SIDE, Command, CommonOptions, FilePath, WholeNumber
from a360tui.cli.output import put, put_json, put_table, say
from a360tui.cli.progress_line import ProgressLine
from a360tui.cli.side_by_side import Report, show
from a360tui.errors import A360Error, ExitCode
from a360tui.text import harmless

if TYPE_CHECKING:
    from pathlib import Path

    from a360tui.api import ControlRoom
    from a360tui.workflow.inventory import Entry, Inventory, InventoryReading

MOST_AT_ONCE = 64


@click.command(cls=Command, takes=SIDE_BY_SIDE)
@click.option(
    "--expiring",
    metavar="DURATION",
    help="A key that ends within this time counts as ending.  [default: ending_within of config.toml, which is 14d]",
)
@click.option(
    "--concurrency",
    type=WholeNumber(1, MOST_AT_ONCE),
    default=8,
    metavar="N",
    show_default=True,
    help="How many users are read at the same time.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV instead of a table.")
@click.option(
    "--output",
    type=FilePath(),
    metavar="FILE",
    help="Write it to this file, which only you can read; its name may give the format: .csv or .json. "
    "- is standard output.",
)
@click.pass_obj
def inventory(
    options: CommonOptions, expiring: str | None, concurrency: int, output: Path | None, *, as_csv: bool
) -> None:
    """Show who may generate a key, who has one, and when it ends; what ends first is first.

    The exit code is 0 if no key ends within the time of --expiring, and 7 if one does or has ended; only users who can
    sign in and may still generate a key count. A key that is no longer needed stops counting when its user loses the
    role. It is 1 if none is known to end, but some could not be read. For several profiles it is the first code that is
    not 0.

    It reads the roles and then the users who have one that grants the permission, and no one else. Ctrl-C ends it: what
    is known so far is printed, but no --output is written. In CSV, a text that a spreadsheet would take for a formula
    has an apostrophe before it.
    """
    from a360tui.workflow.duration import parse_duration

    within = options.settings.ending_within if expiring is None else parse_duration(expiring)
    if options.all_profiles or len(options.profiles) > 1:
        if as_csv or output is not None:
            raise click.UsageError("--csv and --output are for one profile; --json makes one document of several.")
        _show_several(options, within, concurrency)
        return
    if output is not None and str(output) == "-":
        output = None
    style = _format(options, output, as_csv=as_csv)
    replace = output is not None and _may_replace(options, output)
    reader = _Reader(within, concurrency)
    try:
        connected(options, reader.read)
    except (A360Error, KeyboardInterrupt):
        if output is None and reader.inventory is not None:
            _put(reader.inventory, reader.control_room, style)
            _say_rest(reader.inventory)
        raise
    found = reader.inventory
    if found is None:
        raise RuntimeError("a reading that ended has an inventory")
    if output is None:
        _put(found, reader.control_room, style)
    else:
        _write(found, reader.control_room, style, output, replace=replace)
    raise click.exceptions.Exit(_outcome(found))


def _show_several(options: CommonOptions, within: timedelta, at_once: int) -> None:
    """The inventories of several profiles, side by side, without progress, which would not fit on one line."""

    async def look(each: CommonOptions) -> tuple[Inventory, str]:
        async def read(session: Session) -> tuple[Inventory, str]:
            from a360tui.workflow.inventory import InventoryReading

            reading = InventoryReading(session.room, within=within, at_once=at_once)
            return await reading.read_all(), session.room.address.url

        return await work_signed_in(each, read)

    def document(found: tuple[Inventory, str]) -> dict[str, Any]:
        from a360tui.workflow.inventory import json_document

        return json_document(*found)

    show(options, Report(look, document, lambda found: _put(*found, "table"), lambda found: _outcome(found[0])))


class _Reader:
    """Reads on one connection, shows the progress, and keeps what is known when it is interrupted."""

    def __init__(self, within: timedelta, at_once: int) -> None:
        self._within = within
        self._at_once = at_once
        self._reading: InventoryReading | None = None
        self.control_room = ""

    @property
    def inventory(self) -> Inventory | None:
        """What is known; None where nothing has been read."""
        return None if self._reading is None else self._reading.inventory

    async def read(self, room: ControlRoom) -> None:
        from a360tui.workflow.inventory import InventoryReading

        self.control_room = room.address.url
        reading = InventoryReading(room, within=self._within, at_once=self._at_once)
        line = ProgressLine()
        try:
            async with aclosing(reading.progress()) as steps:
                async for progress in steps:
                    self._reading = reading
                    line.show(f"{progress.read:,} of {progress.expected:,} read")
        finally:
            line.clear()


def _format(options: CommonOptions, output: Path | None, *, as_csv: bool) -> str:
    """``csv``, ``json`` or ``table``."""
    if as_csv and options.json:
        raise click.UsageError("--csv and --json exclude each other.")
    asked = "csv" if as_csv else "json" if options.json else ""
    ending = "" if output is None else output.suffix.casefold().removeprefix(".")
    named = ending if ending in {"csv", "json"} else ""
    if asked and named and asked != named:
        raise click.UsageError(f"--{asked} and a name that ends in .{named} exclude each other.")
    if output is not None and not (asked or named):
        raise click.UsageError("--output needs --csv or --json, or a name that ends in .csv or .json.")
    return asked or named or "table"


def _may_replace(options: CommonOptions, output: Path) -> bool:
    """Whether the file may be replaced; asks if it exists."""
    from a360tui.workflow.errors import FileExists
    from a360tui.workflow.inventory import check_export

    try:
        check_export(output)
    except FileExists as there:
        say(there.message)
        ask(options, "Replace it?")
        return True
    return False


def _put(found: Inventory, control_room: str, style: str) -> None:
    from a360tui.workflow.inventory import csv_text, json_document

    if style == "json":
        put_json(json_document(found, control_room))
    elif style == "csv":
        put(csv_text(found).rstrip("\n"))
    elif found.entries:
        put_table(("USER", "CREATED", "ENDS", "UTC", "STATE"), [_row(entry, found) for entry in found.entries])


def _write(found: Inventory, control_room: str, style: str, output: Path, *, replace: bool) -> None:
    from a360tui.workflow.inventory import csv_text, json_text, write_export

    text = csv_text(found) if style == "csv" else json_text(found, control_room)
    write_export(output, text, replace=replace)
    say(f"Written: {harmless(str(output))}")


def _row(entry: Entry, found: Inventory) -> tuple[str, ...]:
    from a360tui.workflow.dates import age_words, date_stamp

    made, ends = entry.created_on, entry.ends_on
    return (
        entry.username,
        "–" if made is None else age_words(made, found.now),
        "–" if ends is None else age_words(ends, found.now),
        "" if ends is None else date_stamp(ends).removesuffix(" UTC"),
        f"{entry.words}: {entry.problem}" if entry.problem else entry.words,
    )


def _outcome(found: Inventory) -> ExitCode:
    """Print the summary, and give the exit code."""
    from a360tui.workflow.dates import span_words
    from a360tui.workflow.key import KeyState

    ended, ending = found.count(KeyState.ENDED), found.count(KeyState.ENDING)
    say(f"{found.keys_words}; {ended:,} ended, {ending:,} within {span_words(found.within)}.".capitalize())
    _say_rest(found)
    if ended or ending:
        return ExitCode.KEYS_ENDING
    return ExitCode.REFUSED if found.unknown else ExitCode.DONE


def _say_rest(found: Inventory) -> None:
    """Report what the inventory lacks."""
    if not found.complete:
        read = len(found.entries) + found.deleted
        say(f"Not complete: {read:,} of {found.expected:,} were read.")
    elif found.unknown:
        say(f"Of {found.unknown:,} it is not known whether they have a key; the list says why.")
    if found.deleted:
        say(f"{found.deleted:,} were deleted meanwhile.")
