"""``a360tui key``: the signed-in user's API key, from none to in use."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from a360tui.cli.connection import connected, destination_of, run, username_of
from a360tui.cli.consent import ask, refuse_read_only, require_answer
from a360tui.cli.credential import read_api_key
from a360tui.cli.options import CommonOptions, Group
from a360tui.cli.output import (
    OutputFailed,
    is_terminal,
    moment_json,
    put,
    put_facts,
    put_json,
    require_stdout,
    say,
)
from a360tui.text import harmless

if TYPE_CHECKING:
    from a360tui.api import ControlRoom, GeneratedKey
    from a360tui.workflow.key import KeyStatus


@click.group(cls=Group)
def key() -> None:
    """Your own API key: look at it, make it, make it anew, test it.

    The vendor does not publish the call that makes a key. The one that is used,
    POST /v2/usermanagement/users/self/apikey, is assumed by analogy with the published ones; a Control Room may not
    have it.
    """


@key.command()
@click.pass_obj
def status(options: CommonOptions) -> None:
    """Show whether there is a key, since when and until when, and whether you may make one."""
    from a360tui.workflow.dates import age_words, date_stamp
    from a360tui.workflow.key import key_status

    found = connected(options, key_status)
    if options.json:
        put_json(
            {
                "username": found.username,
                "state": found.state.value,
                "apiKeyCreatedOn": moment_json(found.created_on),
                "apiKeyExpirationTime": moment_json(found.expiration_time),
                "mayGenerate": found.may_generate,
                "obstacle": found.obstacle or None,
            }
        )
        return
    dates = (("Created", found.created_on), ("Expires", found.expiration_time))
    put_facts(
        [
            ("User", found.username),
            ("API key", found.state.value),
            *((name, f"{date_stamp(at)} ({age_words(at, found.now)})") for name, at in dates if at is not None),
            ("Generate", found.obstacle or "you may make one"),
        ]
    )


@key.command()
@click.pass_obj
def generate(options: CommonOptions) -> None:
    """Make a key where there is none, and print it: this is the only time that it can be seen.

    The key alone goes to standard output. The call that makes it is assumed: see a360tui key --help.
    """
    _make(options, replace=False)


@key.command()
@click.pass_obj
def regenerate(options: CommonOptions) -> None:
    """Make a new key in place of the old one, and print it. The old key is dead at once, everywhere.

    The key alone goes to standard output. The call that makes it is assumed: see a360tui key --help.
    """
    _make(options, replace=True)


@key.command()
@click.pass_obj
def test(options: CommonOptions) -> None:
    """Sign in with a key, once, and say how long the token lasts that it gives."""
    from a360tui.workflow.dates import span_words
    from a360tui.workflow.key import sign_in_with_key

    destination, username = destination_of(options), username_of(options)
    signed_in = run(sign_in_with_key(destination, username, read_api_key(options, username)))
    lifetime = signed_in.token_lifetime
    if options.json:
        seconds = None if lifetime is None else round(lifetime.total_seconds())
        put_json({"username": signed_in.username, "valid": True, "tokenLifetimeSeconds": seconds})
    else:
        lasts = "" if lifetime is None else f"; its token lasts {span_words(lifetime)}"
        put(f"The key signs {signed_in.username} in{lasts}.")


def _make(options: CommonOptions, *, replace: bool) -> None:
    """Everything that can be refused is refused before the one POST; after it nothing comes before the key."""
    refuse_read_only(options)
    require_answer(options)
    require_stdout()
    connected(options, lambda room: _make_key(room, options, replace=replace))


async def _make_key(room: ControlRoom, options: CommonOptions, *, replace: bool) -> None:
    from a360tui.api.errors import OutcomeUnknown
    from a360tui.cli.signals import seen_through
    from a360tui.workflow.key import check_generate, key_status

    before = await key_status(room)
    check_generate(before, replace=replace)
    _say_consequences(room, options, before)
    ask(options, "End the old key and make a new one?" if replace else "Make the key?")
    require_stdout()
    await seen_through(
        _make_and_hand_over(room, options, before, replace=replace),
        on_signal=lambda: say(
            "a360tui: the key is being made; waiting for the answer, which may hold its only copy. "
            "Once more leaves without it."
        ),
        give_up=OutcomeUnknown(
            "The answer was not waited for: whether a key was made is not known.",
            "Look with: a360tui key status",
        ),
    )


def _say_consequences(room: ControlRoom, options: CommonOptions, before: KeyStatus) -> None:
    from a360tui.workflow.assumed_calls import generate_call_words
    from a360tui.workflow.dates import age_words, date_stamp

    place = room.address.display
    if not before.exists:
        say(f"{before.username} has no API key on {place}.")
    else:
        since = before.created_on
        used = "" if since is None else f", in use since {date_stamp(since)} ({age_words(since, before.now)}),"
        say(f"The API key of {before.username} on {place}{used} is dead the moment a new one is made, wherever it is.")
        if options.api_key_stdin:
            say("You signed in with it: if the answer is lost, only a password or an administrator gets you in again.")
    if room.calls.generate.source == "assumed":
        say(f"The call that makes it is assumed, the vendor does not publish it: {generate_call_words(room)}")
    if is_terminal(sys.stdout):
        say("The new key will be shown on this terminal.")


async def _make_and_hand_over(room: ControlRoom, options: CommonOptions, before: KeyStatus, *, replace: bool) -> None:
    import asyncio

    from a360tui.api.errors import OutcomeUnknown
    from a360tui.workflow.errors import KeyMadeButLost
    from a360tui.workflow.key import generate_key

    arrived = bytearray()
    try:
        made = await generate_key(room, before, replace=replace, on_chunk=arrived.extend)
    except (OutcomeUnknown, KeyMadeButLost, asyncio.CancelledError):
        if arrived:
            _hand_over_unread(options, arrived)
        raise
    _hand_over(options, made)


def _hand_over(options: CommonOptions, made: GeneratedKey) -> None:
    """Print the key; where standard output fails, show it on the terminal, else say loudly that it is lost."""
    from a360tui.workflow.errors import KeyMadeButLost

    try:
        if options.json:
            put_json(
                {
                    "apiKey": made.key.reveal(),
                    "apiKeyCreatedOn": moment_json(made.created_on),
                    "apiKeyExpirationTime": moment_json(made.expiration_time),
                }
            )
        else:
            # Into a file or a pipe as it is; a terminal must not act on what a Control Room sends.
            put(harmless(made.key.reveal()) if is_terminal(sys.stdout) else made.key.reveal())
    except OutputFailed as failure:
        problem = failure.message
    else:
        return
    if is_terminal(sys.stderr):
        say(f"a360tui: {problem} The new key is shown here instead, this once:")
        say(harmless(made.key.reveal()))
        raise OutputFailed("The new key was made, and was shown on the terminal only.", "Keep it now.")
    raise KeyMadeButLost(
        f"The new key was made and is lost. {problem}",
        "Any older key no longer works. Make another one with: a360tui key regenerate",
    )


def _hand_over_unread(options: CommonOptions, arrived: bytearray) -> None:
    """Print an answer in which no key was found, as it came: it may hold the only copy of one."""
    text = "\n".join(harmless(line) for line in arrived.decode("utf-8", "backslashreplace").splitlines())
    with suppress(OutputFailed):
        if options.json:
            put_json({"answer": text})
        else:
            put(text)
        say("a360tui: no key was found in the answer; as it came, it is on standard output.")
