"""``a360tui role``: which roles grant *Generate API-Key*, and setting one up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from a360tui.cli.connection import connected
from a360tui.cli.consent import refuse_read_only
from a360tui.cli.options import CommonOptions, Group
from a360tui.cli.output import put_facts, put_json, put_table, say
from a360tui.cli.planned import carry_out, put_plan
from a360tui.errors import InvalidInput
from a360tui.text import harmless

if TYPE_CHECKING:
    from a360tui.api import ControlRoom, Permission, Role
    from a360tui.workflow.role_membership import Revocation
    from a360tui.workflow.role_overview import RoleGrant
    from a360tui.workflow.role_setup import RoleSetup, RoleSetupPlan

MOST_NAMED = 100
"""How many users of a role are read for their names, with one request each."""


@click.group(cls=Group)
def role() -> None:
    """The role that lets users generate an API key."""


@role.command("list")
@click.pass_obj
def list_roles(options: CommonOptions) -> None:
    """List the roles, and which of them let users generate a key."""
    grants = sorted(connected(options, _read_grants), key=lambda grant: grant.row.name.casefold())
    if options.json:
        put_json(
            [
                {
                    "id": grant.row.id,
                    "name": grant.row.name,
                    "systemRole": grant.row.system_role,
                    "users": grant.user_count,
                    "grantsApiKey": grant.grants_api_key,
                }
                for grant in grants
            ]
        )
        return
    rows = [
        (
            grant.row.name,
            "system" if grant.row.system_role else "custom",
            "?" if grant.user_count is None else str(grant.user_count),
            "yes" if grant.grants_api_key else "no",
        )
        for grant in grants
    ]
    put_table(("ROLE", "KIND", "USERS", "GENERATE API-KEY"), rows)


@role.command()
@click.argument("name")
@click.pass_obj
def show(options: CommonOptions, name: str) -> None:
    """Show what the role NAME grants, and to whom."""
    from a360tui.workflow.permissions import grants, permission_label

    found, usernames = connected(options, lambda room: _read_role(room, name))
    if options.json:
        put_json(
            {
                "id": found.id,
                "name": found.name,
                "description": found.description,
                "systemRole": found.system_role,
                "grantsApiKey": grants(found.permissions),
                "permissions": _permissions_json(found.permissions),
                "users": [{"id": user_id, "username": usernames.get(user_id)} for user_id in found.user_ids],
            }
        )
        return
    facts = [
        ("Role", found.name),
        ("Description", found.description),
        ("Kind", "system" if found.system_role else "custom"),
        ("Generate API-Key", "yes" if grants(found.permissions) else "no"),
        ("Permissions", str(len(found.permissions))),
        *(("", permission_label(permission)) for permission in found.permissions),
        ("Users", str(len(found.user_ids))),
        *(("", usernames[user_id]) for user_id in found.user_ids if user_id in usernames),
    ]
    put_facts(facts)


@role.command()
@click.argument("name")
@click.option("--user", "users", metavar="NAME", multiple=True, help="A user who gets the role; may be repeated.")
@click.option(
    "--description", default="", metavar="TEXT", help="What a new role is for; one that exists keeps its own."
)
@click.option("--dry-run", is_flag=True, help="Show what would be done, and change nothing.")
@click.pass_obj
def setup(options: CommonOptions, name: str, users: tuple[str, ...], description: str, *, dry_run: bool) -> None:
    """Create or complete a role that lets users generate a key.

    It creates the role NAME, or adds what that lacks: it will grant API › Generate API-Key, and the users will have it.
    Nothing is removed from an existing role. A second run changes nothing.
    """
    from a360tui.workflow.role_setup import RoleSetup, checked_description, checked_name

    if not dry_run:
        refuse_read_only(options)
    wanted = RoleSetup(checked_name(name), description=checked_description(description))
    planned = connected(options, lambda room: _set_up(room, options, wanted, users, dry_run=dry_run))
    if dry_run:
        put_plan(planned.plan, as_json=options.json)
    else:
        _show_outcome(options, planned)


@role.command()
@click.argument("name")
@click.option(
    "--user", "users", metavar="NAME", multiple=True, required=True, help="A user who loses the role; may be repeated."
)
@click.option("--dry-run", is_flag=True, help="Show what would be done, and change nothing.")
@click.pass_obj
def revoke(options: CommonOptions, name: str, users: tuple[str, ...], *, dry_run: bool) -> None:
    """Remove users from the role NAME.

    The role keeps its permissions and its other users. Whether a key they have made keeps working is not public; they
    cannot make a new one. A second run changes nothing.
    """
    if not dry_run:
        refuse_read_only(options)
    planned = connected(options, lambda room: _revoke(room, options, name, users, dry_run=dry_run))
    if dry_run:
        put_plan(planned.plan, as_json=options.json)
        return
    taken = [user.username for user in planned.users]
    if options.json:
        put_json(
            {
                "role": {"id": planned.existing.id, "name": planned.existing.name},
                "changed": planned.plan.changes,
                "revokedUsers": taken,
                "changedMeanwhile": planned.changed_meanwhile,
            }
        )
        return
    outcome = "revoked" if planned.plan.changes else "is as it was"
    put_facts(
        [("Role", f"{planned.existing.name} (id {planned.existing.id}): {outcome}"), *(("From", who) for who in taken)]
    )


async def _revoke(
    room: ControlRoom, options: CommonOptions, name: str, usernames: Sequence[str], *, dry_run: bool
) -> Revocation:
    from a360tui.workflow.role_lookup import find_users, read_role
    from a360tui.workflow.role_membership import plan_revocation

    found = await read_role(room, name.strip())
    if found is None:
        raise _unknown_role(name)
    planned = plan_revocation(room, found, await find_users(room, usernames, also_disabled=True))
    if not dry_run:
        await carry_out(options, planned.plan, place=f"On {room.address.display}", irreversible=True)
        if planned.changed_meanwhile:
            say("Someone else changed the role meanwhile; their change was kept.")
    return planned


def _unknown_role(name: str) -> InvalidInput:
    return InvalidInput(f"No role is called {harmless(name)}.", "See them all with: a360tui role list")


async def _read_grants(room: ControlRoom) -> list[RoleGrant]:
    from a360tui.workflow.role_overview import read_grants

    return [grant async for grant in read_grants(room)]


async def _read_role(room: ControlRoom, name: str) -> tuple[Role, dict[str, str]]:
    """The role, and the names of its users by id, as far as they can be read."""
    from a360tui.api.errors import Forbidden, Refused
    from a360tui.workflow.few_at_a_time import few_at_a_time
    from a360tui.workflow.role_lookup import find_role
    from a360tui.workflow.role_overview import AT_ONCE

    row = await find_role(room, name.strip())
    if row is None:
        raise _unknown_role(name)
    found = await room.role(row.id)
    usernames: dict[str, str] = {}
    if len(found.user_ids) <= MOST_NAMED:
        try:
            reads = (partial(room.user, user_id) for user_id in found.user_ids)
            usernames = {user.id: user.username async for user in few_at_a_time(reads, AT_ONCE)}
        except Forbidden:
            say("Who its users are is not visible to you.")
        except Refused as refusal:
            say(f"Who its users are is not known. {refusal.message}")
    return found, usernames


async def _set_up(
    room: ControlRoom, options: CommonOptions, wanted: RoleSetup, usernames: Sequence[str], *, dry_run: bool
) -> RoleSetupPlan:
    from a360tui.workflow.role_lookup import find_users_and_role
    from a360tui.workflow.role_setup import plan_role_setup

    users, existing = await find_users_and_role(room, usernames, wanted.name)
    planned = plan_role_setup(room, replace(wanted, users=users), existing)
    if not dry_run:
        await carry_out(options, planned.plan, place=f"On {room.address.display}")
    return planned


def _show_outcome(options: CommonOptions, planned: RoleSetupPlan) -> None:
    from a360tui.workflow.permissions import permission_label

    changed = planned.plan.changes and not planned.adopted
    permissions = planned.added_permissions if changed else ()
    users = planned.added_users if changed else ()
    role_id, name = (planned.role.id, planned.role.name) if planned.role is not None else ("", planned.wanted.name)
    if options.json:
        put_json(
            {
                "role": {"id": role_id, "name": name},
                "created": changed and planned.existing is None,
                "changed": changed,
                "adopted": planned.adopted,
                "addedPermissions": _permissions_json(permissions),
                "addedUsers": [user.username for user in users],
            }
        )
        return
    if planned.adopted:
        outcome = "was made by someone else meanwhile, as wanted"
    elif not changed:
        outcome = "is as it was"
    else:
        outcome = "created" if planned.existing is None else "extended"
    put_facts(
        [
            ("Role", f"{name} (id {role_id}): {outcome}"),
            *(("Granted", permission_label(permission)) for permission in permissions),
            *(("Added", user.username) for user in users),
        ]
    )


def _permissions_json(permissions: Iterable[Permission]) -> list[dict[str, str]]:
    return [{"action": one.action, "resourceType": one.resource_type} for one in permissions]
