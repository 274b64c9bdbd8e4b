"""``a360tui whoami`` and ``a360tui token``: the sign-in itself."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from a360tui.cli.connection import connected
from a360tui.cli.consent import ask
from a360tui.cli.options import Command, CommonOptions
from a360tui.cli.output import is_terminal, put, put_facts, put_json

if TYPE_CHECKING:
    from a360tui.api import ControlRoom

_MAY = {
    "generateApiKey": "May generate a key",
    "viewRoles": "May view roles",
    "manageRoles": "May manage roles",
    "viewUsers": "May view users",
    "viewSettings": "May view settings",
    "manageSettings": "May manage settings",
}
"""A permission of the workflow as JSON names it → as people read it."""


@click.command(cls=Command)
@click.pass_obj
def whoami(options: CommonOptions) -> None:
    """Show who you are, and what of the workflow you may do."""
    known = connected(options, _look_around)
    if options.json:
        put_json(known)
        return
    version = known["version"]
    names = f"{known['firstName']} {known['lastName']}".strip()
    put_facts(
        [
            ("User", known["username"] + (f" ({names})" if names else "")),
            ("Control Room", known["controlRoom"]),
            (
                "Version",
                f"{version['number']} {version['release']}, build {version['build']}" if version else "unknown",
            ),
            ("API", known["api"]),
            *(("Roles" if not index else "", role) for index, role in enumerate(known["roles"])),
            *((_MAY[name], "yes" if may else "no") for name, may in known["may"].items()),
        ]
    )


@click.command(cls=Command)
@click.pass_obj
def token(options: CommonOptions) -> None:
    """Print a token for calls of your own, as the header X-Authorization.

    It lasts as long as the Control Room says, 20 minutes as a rule, and nothing renews it.
    """
    if is_terminal(sys.stdout):
        ask(options, "Show the token on this terminal?")
    text, seconds = connected(options, _token, keep_token=True)
    if options.json:
        put_json({"token": text, "tokenLifetimeSeconds": seconds})
    else:
        put(text)


async def _look_around(room: ControlRoom) -> dict[str, Any]:
    from a360tui.api import GENERATE_API_KEY
    from a360tui.api.errors import SessionEnded
    from a360tui.workflow.permissions import MANAGE_ROLES, MANAGE_SETTINGS, VIEW_ROLES, VIEW_SETTINGS, VIEW_USERS

    signed_in = room.signed_in
    if signed_in is None:
        raise SessionEnded("Nobody is signed in.", "Sign in first.")
    version = await room.version()
    user = signed_in.user
    permissions = (GENERATE_API_KEY, VIEW_ROLES, MANAGE_ROLES, VIEW_USERS, VIEW_SETTINGS, MANAGE_SETTINGS)
    return {
        "username": user.username,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "roles": [role.name for role in user.roles],
        "controlRoom": room.address.url,
        "api": room.release,
        "version": version
        and {"number": version.version_number, "release": version.version_release, "build": version.build_number},
        "may": dict(zip(_MAY, (signed_in.may(permission) for permission in permissions), strict=True)),
    }


async def _token(room: ControlRoom) -> tuple[str, int | None]:
    left = room.token_left()
    return room.token.reveal(), None if left is None else round(left.total_seconds())
