"""``a360tui secrets restore`` and ``start-over``: for secrets that cannot be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from a360tui.cli.connection import run
from a360tui.cli.consent import ask, refuse_read_only, require_answer
from a360tui.cli.options import Command, CommonOptions
from a360tui.cli.output import put, put_facts, put_json, say
from a360tui.cli.remembered import documents, listed, remembered_in
from a360tui.cli.safekeeping import is_in_memory, open_safekeeping
from a360tui.errors import InvalidInput
from a360tui.text import harmless

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from a360tui.storage import Remembered, Store
    from a360tui.workflow.rotation import Safekeeping, Unfinished

OPENS = ("--passphrase-file", "--passphrase-fd", "--json", "--no-input", "--read-only")
"""The options of a command that is about all secrets of this machine."""


@click.command(cls=Command, takes=(*OPENS, "--yes"))
@click.pass_obj
def restore(options: CommonOptions) -> None:
    """Replace a damaged file of secrets with its previous generation.

    It says what that one holds, and what is lost. The damaged file is kept beside it.
    """
    refuse_read_only(options, only_here=True)
    run(_restore(options))


@click.command("start-over", cls=Command, takes=(*OPENS, "--yes"))
@click.pass_obj
def start_over(options: CommonOptions) -> None:
    """Set all secrets aside and start with none, when they can no longer be opened.

    Every remembered password and key is forgotten; the folder is kept under another name. A rotation that was left
    halfway is sealed for what is set aside: where that can still be opened, finish it first. Where it cannot, --yes
    goes on without it.
    """
    refuse_read_only(options, only_here=True)
    run(_start_over(options))


async def _restore(options: CommonOptions) -> None:
    from a360tui.storage.errors import Damaged

    keeping = await open_safekeeping(options, make=True)
    store, locations = keeping.store, keeping.locations
    if locations is None or not _is_on_disk(keeping):
        raise InvalidInput("Nothing is kept yet, so there is nothing to restore.")
    await store.unlock()
    try:
        await store.verify()
    except Damaged as damage:
        say(damage.message)
    else:
        raise InvalidInput("Your secrets can be opened: nothing is damaged.", "Nothing was changed.")
    remembered = await store.previous()
    known = await remembered_in(store)
    lost = None if known is None else [each for each in known if each not in remembered]
    _say_which("The previous generation has", remembered)
    _say_which("Lost with the damaged file", lost)
    ask(options, "Put the previous generation in its place?")
    name = await store.restore_previous()
    aside = None if name is None else locations.secrets.path / name
    if options.json:
        restored = {"remembered": documents(remembered), "lost": documents(lost)}
        put_json({**restored, "aside": None if aside is None else str(aside)})
        return
    put_facts(
        [
            *(("" if index else "Restored", line) for index, line in enumerate(listed(remembered))),
            *([("Set aside", harmless(str(aside)))] if aside is not None else []),
        ]
    )


async def _start_over(options: CommonOptions) -> None:
    from a360tui.workflow.starting_over import needing_the_store
    from a360tui.workflow.starting_over import start_over as set_aside

    keeping = await open_safekeeping(options, make=True)
    store = keeping.store
    given_up, aside = [], None
    if _is_on_disk(keeping):
        given_up = needing_the_store(keeping)
        await _require_given_up(options, store, given_up)
        require_answer(options)
        _say_which("Remembered, and forgotten by this", await remembered_in(store))
        ask(options, "Start with no secrets? The folder is set aside.")
        aside = await set_aside(keeping, given_up)
    if given_up:
        say("What was left halfway can be finished only once that folder is back in its place.")
    if any(not each.set_aside for each in given_up):
        say("Until then no new key is made there. To allow one: a360tui key recover --set-aside")
    if options.json:
        put_json({"aside": None if aside is None else str(aside), "givenUpRotations": len(given_up)})
    else:
        put("Nothing was kept yet." if aside is None else f"Set aside: {aside}")


def _is_on_disk(keeping: Safekeeping) -> bool:
    """Whether there are secrets, in whatever condition; raises `MemoryOnly` where there can be none."""
    from a360tui.storage.errors import MemoryOnly

    trouble = keeping.store.trouble
    if is_in_memory(keeping):
        raise MemoryOnly("Nothing can be kept on this disk.", str(trouble or ""))
    return keeping.store.guard is not None or trouble is not None


async def _require_given_up(options: CommonOptions, store: Store, found: Collection[Unfinished]) -> None:
    """Report each rotation that needs the store.

    Refuse where it can still be finished, or nobody has agreed to lose it.
    """
    from a360tui.workflow.errors import UnfinishedRotation

    for each in found:
        whose = "" if each.binding is None else f"{each.binding}: "
        say(f"{whose}{each.happened} {each.known}")
    halfway = [each for each in found if not each.set_aside]
    if halfway and await _opens(options, store):
        raise UnfinishedRotation(
            "What was left halfway can still be opened, but not without these secrets.",
            "Finish it first, or set it aside with --set-aside: a360tui key recover",
        )
    if found and not options.yes:
        raise UnfinishedRotation(
            "What was left halfway may hold a key, sealed for the secrets that would be set aside.",
            f"Finish it first: a360tui key recover{'' if halfway else ' --put-back'}. "
            "Where that cannot open it: a360tui secrets start-over --yes",
        )


async def _opens(options: CommonOptions, store: Store) -> bool:
    """Whether the secrets can be opened; asks nobody for a passphrase, which may be what was lost."""
    from a360tui.storage import Guard
    from a360tui.storage.errors import StorageError

    if store.guard is Guard.PASSPHRASE and not options.passphrase.is_given:
        return False
    try:
        await store.unlock()
    except StorageError:
        return False
    return True


def _say_which(what: str, remembered: Sequence[Remembered] | None) -> None:
    for line in listed(remembered):
        say(f"{what}: {line}")
