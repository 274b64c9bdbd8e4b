"""``a360tui secrets``: what guards the secrets of this machine, and what changes that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from a360tui.cli.connection import run
from a360tui.cli.consent import refuse_read_only
from a360tui.cli.options import CommonOptions, FilePath, Group, WholeNumber
from a360tui.cli.output import put_facts, put_json, say, say_trouble
from a360tui.cli.passphrase import Passphrase, PassphraseSource
from a360tui.cli.remembered import documents, listed, remembered_in
from a360tui.cli.safekeeping import is_in_memory, open_safekeeping
from a360tui.cli.secrets_repair import OPENS, restore, start_over
from a360tui.errors import A360Error
from a360tui.text import harmless
from a360tui.workflow.dates import date_stamp, moment_json

if TYPE_CHECKING:
    from pathlib import Path

    from a360tui.storage import Store
    from a360tui.workflow.rotation import Safekeeping, Unfinished


@click.group(cls=Group)
def secrets() -> None:
    """What guards the secrets on this machine, and how to repair them.

    They are in one age file, which your keyring or a passphrase unlocks. Nothing is sent. Under --read-only only show
    works; a read-only profile protects its Control Room, not this machine.
    """


@secrets.command(takes=OPENS)
@click.pass_obj
def show(options: CommonOptions) -> None:
    """Show where secrets are, what guards them since when, and whose they are.

    None of them is unlocked, unless the list of them is damaged and has to be made anew.
    """
    run(_show(options))


@secrets.command(takes=OPENS)
@click.option(
    "--new-passphrase-file",
    type=FilePath(),
    metavar="FILE",
    help="The new one is in this file, which only you can read.",
)
@click.option(
    "--new-passphrase-fd", type=WholeNumber(min=0), metavar="N", help="The same, read from this file descriptor."
)
@click.pass_obj
def passphrase(options: CommonOptions, new_passphrase_file: Path | None, new_passphrase_fd: int | None) -> None:
    """Change the passphrase: it is asked for, then the new one twice.

    The secrets stay sealed as they are, so a copy of the folder from before is opened by the passphrase of then.
    """
    refuse_read_only(options, only_here=True)
    source = PassphraseSource(new_passphrase_file, new_passphrase_fd, "new-passphrase")
    options.passphrase = Passphrase(options, source)
    store = run(_change_passphrase(options))
    _tell_guard(options, store, changed=True)


@secrets.command(takes=OPENS)
@click.argument("guard", type=click.Choice(["keyring", "passphrase"]))
@click.pass_obj
def move(options: CommonOptions, guard: str) -> None:
    """Let the keyring guard the secrets, or a passphrase.

    --passphrase-file and --passphrase-fd give the passphrase there is, or the one to come. A second run changes
    nothing.
    """
    refuse_read_only(options, only_here=True)
    store, changed, left = run(_move(options, guard))
    if left is not None:
        say_trouble(left)
        say("Its entry is still there, and opens your secrets: delete it with the keyring's own program.")
    _tell_guard(options, store, changed=changed)


secrets.add_command(restore)
secrets.add_command(start_over)


async def _show(options: CommonOptions) -> None:
    keeping = await open_safekeeping(options, make=True)
    store = keeping.store
    remembered, unfinished = await remembered_in(store), _unfinished(keeping)
    is_there = store.guard is not None and not is_in_memory(keeping)
    folder = keeping.locations.secrets.path if keeping.locations is not None and is_there else None
    trouble = store.trouble or await _damage(store)
    if options.json:
        put_json(
            {
                "keptIn": store.place,
                "guard": store.guard and store.guard.value,
                "since": moment_json(store.since),
                "folder": None if folder is None else str(folder),
                "remembered": documents(remembered),
                "unfinishedRotations": None if unfinished is None else len(unfinished),
                "trouble": trouble and str(trouble),
            }
        )
        return
    if trouble is not None:
        say_trouble(trouble)
    put_facts(
        [
            ("Kept in", store.place),
            *([("Since", date_stamp(store.since))] if store.since is not None else []),
            *([("Folder", harmless(str(folder)))] if folder is not None else []),
            *(("" if index else "Remembered", line) for index, line in enumerate(listed(remembered))),
            *([] if unfinished == [] else [("Left halfway", _counted(unfinished))]),
        ]
    )


async def _change_passphrase(options: CommonOptions) -> Store:
    store = (await open_safekeeping(options, make=True)).store
    await store.change_passphrase()
    return store


async def _move(options: CommonOptions, guard: str) -> tuple[Store, bool, A360Error | None]:
    from a360tui.storage import Guard

    store = (await open_safekeeping(options, make=True)).store
    if store.guard == guard:
        return store, False, None
    left = await store.move_to(Guard(guard))
    return store, True, left


async def _damage(store: Store) -> A360Error | None:
    """What is damaged, as far as that is seen with nothing unlocked; None where all looks well."""
    try:
        await store.examine()
    except A360Error as damage:
        return damage
    return None


def _unfinished(keeping: Safekeeping) -> list[Unfinished] | None:
    """The rotations that were not finished; None where they cannot be read."""
    from a360tui.workflow.rotation import unfinished

    try:
        return unfinished(keeping)
    except A360Error:
        return None


def _counted(unfinished: list[Unfinished] | None) -> str:
    return "not known" if unfinished is None else f"{len(unfinished)}, to finish: a360tui key recover"


def _tell_guard(options: CommonOptions, store: Store, *, changed: bool) -> None:
    if options.json:
        put_json({"keptIn": store.place, "guard": store.guard and store.guard.value, "changed": changed})
    else:
        put_facts([("Kept in", store.place), ("Changed", "yes" if changed else "no: it is as it was")])
