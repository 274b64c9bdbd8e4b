"""``a360tui reference add``: a command for each kind of place."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import click

from a360tui.cli.connection import binding_of, run
from a360tui.cli.consent import refuse_read_only
from a360tui.cli.options import HERE, Command, CommonOptions, Group, WholeNumber
from a360tui.cli.output import put, put_json
from a360tui.errors import InvalidInput

if TYPE_CHECKING:
    from a360tui.workflow.references import Reference

_KEY_PATH = "a360.api_key, servers[0].key, or with a name in quotes: '\"a.b\".key'"


@click.group(cls=Group, takes=HERE)
def add() -> None:
    """Register a place that holds the key of --username at --control-room.

    It is tested first, without changing anything; one that could not take a new key is refused. A place already
    registered stays so.
    """


@add.command(takes=HERE)
@click.argument("path")
@click.argument("variable")
@click.pass_obj
def dotenv(options: CommonOptions, path: str, variable: str) -> None:
    """A variable in a dotenv file, such as ~/bots/.env A360_API_KEY."""
    _add_file(options, "dotenv", path, variable)


def _of_file_kind(kind: str, what: str) -> click.Command:
    @click.command(kind, cls=Command, takes=HERE, help=f"{what}: PATH and KEYPATH, such as {_KEY_PATH}.")
    @click.argument("path")
    @click.argument("key_path", metavar="KEYPATH")
    @click.pass_obj
    def command(options: CommonOptions, path: str, key_path: str) -> None:
        _add_file(options, kind, path, key_path)

    return command


for _kind, _what in (
    ("toml", "A string in a TOML file"),
    ("json", "A string in a JSON file"),
    ("yaml", "A string in a YAML file"),
):
    add.add_command(_of_file_kind(_kind, _what))


@add.command(takes=HERE)
@click.argument("path")
@click.argument("key_path", metavar="KEYPATH")
@click.option("--no-interpolation", is_flag=True, help="Write % as it is: the program reads the file without it.")
@click.pass_obj
def ini(options: CommonOptions, path: str, key_path: str, *, no_interpolation: bool) -> None:
    """An option in an INI file: PATH and SECTION.OPTION."""
    _add_file(options, "ini", path, key_path, interpolation=not no_interpolation)


@add.command(takes=HERE)
@click.argument("service")
@click.argument("user", default="")
@click.pass_obj
def keyring(options: CommonOptions, service: str, user: str) -> None:
    """An entry of this machine's keyring that another program reads."""
    from a360tui.workflow.references import KeyringEntry

    _add(options, KeyringEntry(service, user))


@add.command(takes=HERE)
@click.argument("arguments", nargs=-1, required=True, metavar="-- PROGRAM [ARGUMENT]...")
@click.option(
    "--check", default="", metavar="COMMAND", help='A command that ends with 0 if this one can run: "gh auth status".'
)
@click.option("--newline", is_flag=True, help="End the key with a line end.")
@click.option("--folder", default="", metavar="PATH", help="Where it runs, instead of the home folder.")
@click.option(
    "--seconds",
    type=WholeNumber(1, 600),
    default=30,
    show_default=True,
    metavar="N",
    help="How long it may take.",
)
@click.pass_obj
def command(
    options: CommonOptions, arguments: tuple[str, ...], check: str, *, newline: bool, folder: str, seconds: int
) -> None:
    """A program that takes the key on its standard input, such as -- gh secret set A360_API_KEY.

    No shell is used. It may run more than once for one key.
    """
    from a360tui.workflow.references import Command as CommandReference

    where = os.path.abspath(os.path.expanduser(folder)) if folder else ""  # noqa: PTH100, PTH111  # as a file's path
    _add(
        options,
        CommandReference(arguments, _split(check), newline=newline, folder=where, seconds=seconds),
    )


def _split(line: str) -> tuple[str, ...]:
    """The words of a command; quotes keep blanks together, and no other shell syntax is known."""
    try:
        return tuple(shlex.split(line))
    except ValueError:
        raise InvalidInput("A quote in --check is not closed.", "Close it, or put a backslash before it.") from None


def _add_file(options: CommonOptions, kind: str, path: str, key_path: str, *, interpolation: bool = True) -> None:
    from a360tui.workflow.references import Ini, file_reference

    reference = file_reference(kind, path, key_path)
    if isinstance(reference, Ini):
        reference = Ini(reference.path, reference.key_path, interpolation=interpolation)
    _add(options, reference)


def _add(options: CommonOptions, reference: Reference) -> None:
    from a360tui.storage import find_locations
    from a360tui.workflow.references.registry import Registry

    refuse_read_only(options)
    binding = binding_of(options)
    run(_require_ready(reference))
    added = Registry(find_locations()).add(binding, reference)
    if options.json:
        put_json({"id": reference.id, "kind": reference.kind, "label": reference.label, "added": added})
    else:
        put(f"{'Added' if added else 'Registered already'}: {reference.label} (id {reference.id})")


async def _require_ready(reference: Reference) -> None:
    from a360tui.workflow.errors import NotReady
    from a360tui.workflow.references import Fingerprints, place_of

    preflight = await place_of(reference, Fingerprints(Fingerprints.new_pepper())).preflight(None)
    if not preflight.ready:
        raise NotReady(preflight.sentence, "It was not registered.")
