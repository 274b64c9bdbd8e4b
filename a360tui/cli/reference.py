"""``a360tui reference``: the places that hold a key and are given each new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from a360tui.cli.connection import binding_of, run
from a360tui.cli.consent import ask, refuse_read_only, require_answer
from a360tui.cli.credential import api_key
from a360tui.cli.options import HERE, STORED, CommonOptions, Group
from a360tui.cli.output import camel_case, put, put_json, put_table, say
from a360tui.cli.reference_add import add
from a360tui.cli.safekeeping import open_safekeeping
from a360tui.errors import ExitCode, InvalidInput
from a360tui.text import harmless

if TYPE_CHECKING:
    from a360tui.storage import Binding
    from a360tui.workflow.references import CheckedReference, Outcome, Reference
    from a360tui.workflow.references.registration import Registration
    from a360tui.workflow.references.registry import Registry

_UNKNOWN_IS_WELL = frozenset({"HOLDS_CURRENT", "CANNOT_BE_READ_BACK"})
"""The conditions that are no failure; a command cannot be asked what it holds, so *ready* is the best it can be."""


@click.group(cls=Group)
def reference() -> None:
    """The places that use your key and get each new one.

    A new key is put into them, and read back. A place is compared first, and left alone where it holds something
    else than the old key.
    """


reference.add_command(add)


@reference.command("list", takes=HERE)
@click.pass_obj
def list_references(options: CommonOptions) -> None:
    """List the places: those of one user if --control-room and --username are given, else all."""
    found = _wanted(options)
    if options.json:
        put_json(
            [
                {"controlRoom": each.control_room, "username": each.username, **_described(each.reference)}
                for each in found
            ]
        )
    elif found:
        put_table(
            ("ID", "KIND", "PLACE", "USERNAME", "CONTROL ROOM"),
            [
                (
                    each.reference.id,
                    each.reference.kind,
                    each.reference.label,
                    harmless(each.username),
                    harmless(each.control_room),
                )
                for each in found
            ],
        )
    else:
        say("No place is registered. See: a360tui reference add --help")


@reference.command(takes=(*HERE, "--yes", "--no-input"))
@click.argument("reference_id", metavar="ID")
@click.pass_obj
def remove(options: CommonOptions, reference_id: str) -> None:
    """Remove a place, by the ID that the list shows. The place itself is left as it is.

    An unfinished rotation leaves it, too.
    """
    refuse_read_only(options)
    binding = binding_of(options)
    forgotten = _of_id(binding, reference_id)
    ask(options, f"Forget {forgotten.label}? It stays as it is, but a new key is not put there any more.")
    _registry().remove(binding, forgotten.id)
    if options.json:
        put_json({"id": reference_id, "removed": True})
    else:
        put(f"Removed: {reference_id}")


@reference.command(takes=(*STORED, "--api-key-stdin"))
@click.pass_obj
def check(options: CommonOptions) -> None:
    """Check what each place holds: this key, another value, nothing, or something unreadable.

    It is compared with the stored key, or with one that is sent with --api-key-stdin; nothing goes to the Control
    Room. The exit code is 0 where every place that can be read holds the key, else 1.
    """
    checked = run(_check(options, binding_of(options)))
    if options.json:
        put_json([{**_described(each.reference), **_found(each)} for each in checked])
    elif checked:
        put_table(
            ("ID", "KIND", "PLACE", "STATE"),
            [
                (each.reference.id, each.reference.kind, each.reference.label, each.state.condition.value)
                for each in checked
            ],
        )
    else:
        say("No place is registered.")
    failing = [each for each in checked if each.state.condition.name not in _UNKNOWN_IS_WELL]
    for each in failing:
        say(each.state.sentence)
    if failing:
        raise click.exceptions.Exit(ExitCode.REFUSED)


@reference.command("put", takes=(*STORED, "--api-key-stdin"))
@click.argument("reference_id", metavar="ID")
@click.pass_obj
def put_into(options: CommonOptions, reference_id: str) -> None:
    """Put your key into a place, whatever it holds now.

    It is the stored key, or one that is sent with --api-key-stdin; nothing goes to the Control Room.
    """
    from a360tui.workflow.references import Result

    refuse_read_only(options)
    binding = binding_of(options)
    wanted = _of_id(binding, reference_id)
    require_answer(options)
    say(f"It will be put into: {wanted.label}")
    ask(options, "Put the key there, in the place of what it holds?")
    outcome = run(_put(options, binding, wanted))
    if options.json:
        put_json({"id": wanted.id, "result": outcome.result.value, "sentence": outcome.sentence})
    else:
        put(outcome.sentence)
    if outcome.result is not Result.UPDATED:
        raise click.exceptions.Exit(ExitCode.REFUSED)


async def _put(options: CommonOptions, binding: Binding, wanted: Reference) -> Outcome:
    from a360tui.workflow.references import put_key

    chosen = await api_key(options, await open_safekeeping(options), binding)
    return await put_key(wanted, chosen.credential.secret)


async def _check(options: CommonOptions, binding: Binding) -> tuple[CheckedReference, ...]:
    from a360tui.workflow.references import check_references

    references = _registry().references_of(binding)
    if not references:
        return ()
    chosen = await api_key(options, await open_safekeeping(options), binding)
    return await check_references(references, chosen.credential.secret)


def _registry() -> Registry:
    from a360tui.storage import find_locations
    from a360tui.workflow.references.registry import Registry

    return Registry(find_locations())


def _of_id(binding: Binding, reference_id: str) -> Reference:
    for each in _registry().references_of(binding):
        if each.id == reference_id:
            return each
    raise InvalidInput(
        f"No place of {binding} has the ID {harmless(reference_id)}.",
        "See them with: a360tui reference list",
    )


def _wanted(options: CommonOptions) -> list[Registration]:
    from a360tui.api import parse_address
    from a360tui.storage import is_same_user

    text, username = options.settings.narrowed_to
    address = None if text is None else parse_address(text)
    return [
        each
        for each in _registry().all()
        if (address is None or each.control_room == address.url)
        and (username is None or is_same_user(each.username, username))
    ]


def _described(reference: Reference) -> dict[str, Any]:
    import msgspec

    described: dict[str, Any] = msgspec.to_builtins(reference)
    fields = {camel_case(name): value for name, value in described.items()}
    return {"id": reference.id, **fields, "label": reference.label}


def _found(checked: CheckedReference) -> dict[str, str]:
    return {"state": checked.state.condition.value, "sentence": checked.state.sentence}
