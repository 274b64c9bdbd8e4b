"""``a360tui key``: the signed-in user's API key, from none to in use."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from a360tui.cli.connection import Session, binding_of, destination_of, note_refusal, run, work_signed_in
from a360tui.cli.consent import ask
from a360tui.cli.credential import api_key, stored_key
from a360tui.cli.handover import put_key_text
from a360tui.cli.inventory import inventory
from a360tui.cli.key_making import generate, regenerate
from a360tui.cli.key_recovery import recover
from a360tui.cli.options import SIDE_BY_SIDE, STORED, CommonOptions, Group
from a360tui.cli.output import is_terminal, put, put_facts, put_json
from a360tui.cli.safekeeping import open_safekeeping
from a360tui.cli.side_by_side import Report
from a360tui.cli.side_by_side import show as show_report
from a360tui.workflow.dates import moment_json

if TYPE_CHECKING:
    from a360tui.secret import Secret
    from a360tui.storage import Binding
    from a360tui.workflow.key import KeySignIn, KeyStatus
    from a360tui.workflow.rotation import Unfinished

    _Found = tuple[KeyStatus, list[Unfinished]]


@click.group(cls=Group)
def key() -> None:
    """Your own API key, from none to in use; and when everyone's keys end.

    The vendor does not publish the call that makes a key. Where nothing better is known,
    POST /v2/usermanagement/users/self/apikey is assumed by analogy with the published ones; a Control Room may not
    have it. See a360tui calls --help.
    """


@key.command(takes=SIDE_BY_SIDE)
@click.pass_obj
def status(options: CommonOptions) -> None:
    """Show whether there is a key, since when and until when, and whether you may make one."""
    show_report(options, Report(lambda each: work_signed_in(each, _look), _document, _put_words))


key.add_command(generate)
key.add_command(regenerate)
key.add_command(recover)


@key.command()
@click.pass_obj
def test(options: CommonOptions) -> None:
    """Sign in with a key, once, and say how long its token lasts.

    The key is the one that is stored, unless another one is sent with --api-key-stdin.
    """
    from a360tui.workflow.dates import span_words

    tried = run(_try_key(options))
    lifetime = tried.token_lifetime
    if options.json:
        seconds = None if lifetime is None else round(lifetime.total_seconds())
        put_json({"username": tried.username, "valid": True, "tokenLifetimeSeconds": seconds})
    else:
        lasts = "" if lifetime is None else f"; its token lasts {span_words(lifetime)}"
        put(f"The key signs {tried.username} in{lasts}.")


@key.command(takes=STORED)
@click.pass_obj
def show(options: CommonOptions) -> None:
    """Print the stored key. Nothing is sent, so it is not known whether it still works."""
    if is_terminal(sys.stdout):
        ask(options, "Show the key on this terminal?")
    found = run(_stored(options, binding_of(options)))
    if options.json:
        put_json({"apiKey": found.reveal()})
    else:
        put_key_text(found.reveal())


key.add_command(inventory)


async def _look(session: Session) -> _Found:
    from a360tui.workflow.key import key_status
    from a360tui.workflow.rotation import unfinished

    return await key_status(session.room, session.options.settings.ending_within), unfinished(
        session.keeping, session.binding
    )


def _document(looked: _Found) -> dict[str, Any]:
    found, halfway = looked
    return {
        "username": found.username,
        "state": found.state.value,
        "apiKeyCreatedOn": moment_json(found.created_on),
        "apiKeyExpirationTime": moment_json(found.expiration_time),
        "mayGenerate": found.may_generate,
        "obstacle": found.obstacle or None,
        "unfinished": [{"happened": each.happened, "known": each.known, "next": each.next} for each in halfway],
    }


def _put_words(looked: _Found) -> None:
    from a360tui.workflow.dates import age_words, date_stamp

    found, halfway = looked
    dates = (("Created", found.created_on), ("Expires", found.expiration_time))
    put_facts(
        [
            ("User", found.username),
            ("API key", found.state.value),
            *((name, f"{date_stamp(at)} ({age_words(at, found.now)})") for name, at in dates if at is not None),
            ("Generate", found.obstacle or "you may make one"),
            *(fact for each in halfway for fact in _facts(each)),
        ]
    )


def _facts(found: Unfinished) -> list[tuple[str, str]]:
    next_step = found.next if found.superseded else f"{found.next}, with: a360tui key recover"
    return [("Unfinished", found.happened), ("", found.known), ("Next", next_step)]


async def _try_key(options: CommonOptions) -> KeySignIn:
    from a360tui.api.errors import SignInFailed
    from a360tui.workflow.key import sign_in_with_key

    destination, binding = destination_of(options), binding_of(options)
    keeping = await open_safekeeping(options)
    chosen = await api_key(options, keeping, binding)
    try:
        return await sign_in_with_key(destination, binding.username, chosen.credential.secret)
    except SignInFailed as failure:
        await note_refusal(keeping, chosen, failure)
        raise


async def _stored(options: CommonOptions, binding: Binding) -> Secret:
    from a360tui.workflow.errors import NoKey

    found = await stored_key(await open_safekeeping(options), binding)
    if found is None:
        raise NoKey(f"No API key of {binding} is stored here.", "A Control Room never shows a key again.")
    return found
