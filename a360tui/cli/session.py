"""``a360tui login``, ``logout``, ``whoami`` and ``token``: the sign-in itself, and what is stored of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from a360tui.cli.connection import (
    Session,
    binding_of,
    connected,
    run,
    session_of,
    signed_in,
    typed_credential,
)
from a360tui.cli.consent import ask, refuse_read_only
from a360tui.cli.credential import Chosen, asked_key, given
from a360tui.cli.options import STORED, Command, CommonOptions
from a360tui.cli.output import is_terminal, put, put_facts, put_json, say, say_trouble
from a360tui.cli.safekeeping import open_safekeeping, require_store
from a360tui.errors import A360Error, InvalidInput
from a360tui.workflow.dates import moment_json

if TYPE_CHECKING:
    from a360tui.api import ControlRoom
    from a360tui.storage import Binding, Remembered
    from a360tui.workflow.rotation import Safekeeping

_MAY = {
    "generateApiKey": "May generate a key",
    "viewRoles": "May view roles",
    "manageRoles": "May manage roles",
    "viewUsers": "May view users",
    "viewSettings": "May view settings",
    "manageSettings": "May manage settings",
}
"""The permissions of the workflow: the name in JSON → the words for people."""


@click.command(cls=Command)
@click.option("--with-api-key", is_flag=True, help="Ask for an API key instead of the password.")
@click.pass_obj
def login(options: CommonOptions, *, with_api_key: bool) -> None:
    """Sign in, and remember the password or the API key.

    It is kept in an age file, which your keyring or, where there is none, a passphrase unlocks. It is used only for
    this user of this Control Room, when no credential is given.
    """
    from a360tui.storage import SecretKind

    refuse_read_only(options, only_here=True)
    if with_api_key and options.password_stdin:
        raise InvalidInput("--with-api-key and --password-stdin are both given.", "Remember a key or a password.")
    known = run(_log_in(options, with_api_key=with_api_key))
    if options.json:
        put_json(known)
    else:
        put_facts(
            [
                ("User", known["username"]),
                ("Control Room", known["controlRoom"]),
                ("Remembered", SecretKind(known["remembered"]).words),
                ("Kept in", known["keptIn"]),
            ]
        )


@click.command(cls=Command, takes=STORED)
@click.pass_obj
def logout(options: CommonOptions) -> None:
    """Forget the password and the API key of a user.

    Nothing is sent. A Control Room never shows a key again, so this asks first if one is stored.
    """
    from a360tui.storage import SecretKind

    refuse_read_only(options, only_here=True)
    binding = binding_of(options)
    forgotten = run(_log_out(options, binding))
    if options.json:
        put_json({"username": binding.username, "controlRoom": binding.control_room, "forgotten": forgotten})
    elif forgotten:
        put(f"Forgotten: {', '.join(SecretKind(kind).words for kind in forgotten)} of {binding}")
    else:
        put(f"Nothing is remembered for {binding}.")


@click.command(cls=Command)
@click.pass_obj
def whoami(options: CommonOptions) -> None:
    """Show who you are, what you may do, and what is remembered."""
    from a360tui.storage import SecretKind
    from a360tui.workflow.release import V1_ALONE

    known, clocks = signed_in(options, _look_around)
    if clocks:
        say(clocks)
    if options.json:
        put_json(known)
        return
    names = f"{known['firstName']} {known['lastName']}".strip()
    put_facts(
        [
            ("User", known["username"] + (f" ({names})" if names else "")),
            ("Control Room", known["controlRoom"]),
            *([("Proxy", known["proxy"])] if known["proxy"] else []),
            ("Version", _version_words(known["version"])),
            ("API", known["api"]),
            *([("", V1_ALONE)] if known["api"] == "v1" else []),
            *(("Roles" if not index else "", role) for index, role in enumerate(known["roles"])),
            *((_MAY[name], "yes" if may else "no") for name, may in known["may"].items()),
            ("Remembered", ", ".join(SecretKind(each["kind"]).words for each in known["remembered"]) or "nothing"),
            *([("Kept in", known["keptIn"])] if known["keptIn"] else []),
        ]
    )


@click.command(cls=Command)
@click.pass_obj
def token(options: CommonOptions) -> None:
    """Print a token for calls of your own (header X-Authorization).

    It lasts as long as the Control Room says, usually 20 minutes, and nothing renews it.
    """
    if is_terminal(sys.stdout):
        ask(options, "Show the token on this terminal?")
    text, seconds = connected(options, _token, keep_token=True)
    if options.json:
        put_json({"token": text, "tokenLifetimeSeconds": seconds})
    else:
        put(text)


async def _log_in(options: CommonOptions, *, with_api_key: bool) -> dict[str, Any]:
    """Sign in first, so that a credential that does not work is not stored."""
    from a360tui.api import ApiKey
    from a360tui.storage import SecretKind

    async with session_of(options, await open_safekeeping(options, make=True)) as session:
        store, binding = session.keeping.store, session.binding
        credential = given(options)
        if credential is None:
            credential = asked_key(options, binding.username) if with_api_key else await typed_credential(session)
        await session.sign_in(Chosen(credential))
        await require_store(session.keeping)
        kind = SecretKind.API_KEY if isinstance(credential, ApiKey) else SecretKind.PASSWORD
        await store.put(binding, kind, credential.secret)
        if store.trouble is not None and options.passphrase.is_given:  # who types a new one was told why
            say(str(store.trouble))
        return {
            "username": binding.username,
            "controlRoom": session.destination.address.url,
            "remembered": kind.value,
            "keptIn": store.place,
        }


async def _log_out(options: CommonOptions, binding: Binding) -> list[str]:
    """Delete it all; gives what it was."""
    from a360tui.storage import SecretKind
    from a360tui.workflow.forgetting import forgettable

    keeping = await open_safekeeping(options)
    kinds = await forgettable(keeping, binding)
    if not kinds:
        return []
    if set(kinds) - {SecretKind.PASSWORD}:
        question = f"Forget the API key of {binding}? A Control Room never shows it again."
        ask(options, question, irreversible=True)
    await keeping.store.forget(binding)
    return [kind.value for kind in kinds]


async def _look_around(session: Session) -> tuple[dict[str, Any], str]:
    """What the Control Room and this machine know, and the message about the clocks."""
    from a360tui.workflow.clocks import skew_words

    known = await _known_there(session.room)
    remembered = await _known_here(session.keeping, session.binding)
    return {
        **known,
        "remembered": [{"kind": each.kind.value, "since": moment_json(each.saved_on)} for each in remembered],
        "keptIn": session.keeping.store.place if remembered else None,
    }, skew_words(session.room)


async def _known_here(keeping: Safekeeping, binding: Binding) -> list[Remembered]:
    """The stored credentials in the order in which they are used; opens none."""
    from a360tui.storage import SecretKind

    try:
        found = {each.kind: each for each in await keeping.store.bindings() if each.binding == binding}
        return [found[kind] for kind in (SecretKind.API_KEY, SecretKind.PASSWORD) if kind in found]
    except A360Error as trouble:
        say_trouble(trouble)
        return []


async def _known_there(room: ControlRoom) -> dict[str, Any]:
    from a360tui.api import GENERATE_API_KEY
    from a360tui.workflow.permissions import MANAGE_ROLES, MANAGE_SETTINGS, VIEW_ROLES, VIEW_SETTINGS, VIEW_USERS

    signed_in = room.require_signed_in()
    version = await room.version()
    user = signed_in.user
    permissions = (GENERATE_API_KEY, VIEW_ROLES, MANAGE_ROLES, VIEW_USERS, VIEW_SETTINGS, MANAGE_SETTINGS)
    return {
        "username": user.username,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "roles": [role.name for role in user.roles],
        "controlRoom": room.address.url,
        "proxy": room.proxy or None,
        "clockAheadSeconds": None if room.skew is None else round(-room.skew.total_seconds()),
        "api": room.release,
        "version": version
        and {"number": version.version_number, "release": version.version_release, "build": version.build_number},
        "may": dict(zip(_MAY, (signed_in.may(permission) for permission in permissions), strict=True)),
    }


def _version_words(version: dict[str, str] | None) -> str:
    from a360tui.api import Version
    from a360tui.workflow.release import version_words

    if version is None:
        return version_words(None)
    return version_words(Version(version["number"], version["release"], version["build"]))


async def _token(room: ControlRoom) -> tuple[str, int | None]:
    left = room.token_left()
    return room.token.reveal(), None if left is None else round(left.total_seconds())
