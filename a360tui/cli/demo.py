"""``a360tui demo``: the screens with the embedded Control Room, or that Control Room alone for other clients."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from a360tui.cli.options import CommonOptions, FilePath, Group, WholeNumber
from a360tui.cli.output import put, put_table, say
from a360tui.errors import A360Error, ExitCode
from a360tui.text import harmless, harmless_json

if TYPE_CHECKING:
    from pathlib import Path

    from a360tui.demo import DemoServer, Running
    from a360tui.storage import Locations
    from a360tui.tui.demo_story import StartedDemo

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

MOST_USERS = 1_000_000


class NotStarted(A360Error):
    """The embedded Control Room cannot start."""

    exit_code = ExitCode.USAGE


class EmbeddedControlRoom:
    """The embedded Control Room as the screens start and stop it (`a360tui.tui.demo_story.DemoStory`)."""

    def __init__(self, server: DemoServer, data: Path | None = None) -> None:
        self._server = server
        self._data = data
        self._running = ExitStack()
        self._started: StartedDemo | None = None

    @property
    def locations(self) -> Locations | None:
        """Folders for this data file alone, among the demo's, so that no secret is offered to another demo."""
        if self._data is None:
            return None
        import hashlib

        from a360tui.storage import find_locations

        name = hashlib.sha256(os.fsencode(self._data.resolve())).hexdigest()[:12]
        demo = find_locations(demo=True)
        return replace(
            demo,
            config=demo.config / name,
            data=demo.data / name,
            state=demo.state / name,
            runtime=demo.runtime / name if demo.runtime is not None else None,
        )

    def start(self) -> StartedDemo:
        """Listen on a Unix socket that only this user can reach, unless it does so already.

        Raises `NotStarted` where that is not possible.
        """
        from urllib.parse import urlsplit

        from a360tui.api import Address
        from a360tui.secret import Secret
        from a360tui.tui.demo_story import StartedDemo
        from a360tui.workflow.destination import Destination

        if self._started is not None:
            return self._started
        with _said_in_a_sentence():
            running = self._running.enter_context(self._server.on_unix_socket())
        address = Address("http", urlsplit(running.url).hostname or "", 80)
        passwords = {account.username: Secret(account.password) for account in running.accounts}
        self._started = StartedDemo(Destination(address, socket=running.socket), passwords)
        return self._started

    def stop(self) -> None:
        """Stop listening and remove the socket; does nothing where it is not listening."""
        self._running.close()
        self._started = None


def _server_options(decorated: Decorated) -> Decorated:
    for option in (
        click.option("--data", type=FilePath(), metavar="FILE", help="Keep the data in this file."),
        click.option(
            "--release",
            type=click.Choice(["v40", "v32", "11.3"]),
            default="v40",
            show_default=True,
            help="Which release's calls are served: v2 only, v2 and v1, v1 only.",
        ),
        click.option("--users", type=WholeNumber(max=MOST_USERS), metavar="N", help="How many users there are in all."),
        click.option(
            "--key-users",
            type=WholeNumber(min=1, max=MOST_USERS),
            metavar="N",
            help="How many users may generate a key from the start; most have one.",
        ),
    ):
        decorated = option(decorated)
    return decorated


@click.group(cls=Group, takes=(), invoke_without_command=True)
@_server_options
@click.pass_context
def demo(context: click.Context, users: int | None, key_users: int | None, release: str, data: Path | None) -> None:
    """Try it all on an embedded Control Room.

    There is nothing to install and nothing to sign up for. The data is gone when the screens close, unless --data keeps
    it.
    """
    if context.invoked_subcommand is not None:
        context.default_map = {"serve": {"users": users, "key_users": key_users, "release": release, "data": data}}
        return
    context.ensure_object(CommonOptions).refuse_but((), context)
    from a360tui.cli.screens import open_screens
    from a360tui.tui.terminal import require_terminal

    require_terminal()
    story = EmbeddedControlRoom(_server(users, key_users, release, data), data)
    try:
        if data is not None:
            story.start()  # a file that cannot be used is said before the screens cover the terminal
        code = open_screens(story=story)
    finally:
        story.stop()
    raise click.exceptions.Exit(code)


@demo.command(takes=("--json",))
@_server_options
@click.option(
    "--port",
    type=WholeNumber(0, 65535),
    default=0,
    metavar="N",
    help="The port to listen on; any free one if left out.",
)
@click.option("--tls", is_flag=True, help="Serve https, with a certificate of its own.")
@click.option(
    "--auth-type",
    type=click.Choice(["DATABASE", "ACTIVE_DIRECTORY", "SSO"]),
    default="DATABASE",
    show_default=True,
    help="How users sign in: by password, as DOMAIN\\name, or elsewhere, so that only API keys are accepted here.",
)
@click.option(
    "--unpublished",
    type=click.Choice(["assumed", "other"]),
    default="assumed",
    show_default=True,
    help="The shape of the calls that the vendor does not publish. With the other one a web page at / makes them, so "
    "that a browser can record them.",
)
@click.pass_obj
def serve(
    options: CommonOptions,
    users: int | None,
    release: str,
    data: Path | None,
    port: int,
    *,
    key_users: int | None,
    tls: bool,
    auth_type: str,
    unpublished: str,
) -> None:
    """Serve the embedded Control Room on 127.0.0.1, for other clients.

    The passwords, or with SSO the API keys, are made at each start and printed once. With --json the first line on
    standard output is a JSON document: url, caFile, accounts.
    """
    from a360tui.private_memory import keep_memory_private

    keep_memory_private()
    show = _put_json_line if options.json else _put_accounts
    with _said_in_a_sentence():
        server = _server(users, key_users, release, data, auth_type=auth_type, unpublished=unpublished)
        server.serve(port, tls, on_listening=show)


def _server(
    users: int | None,
    key_users: int | None,
    release: str,
    data: Path | None,
    *,
    auth_type: str = "DATABASE",
    unpublished: str = "assumed",
) -> DemoServer:
    from a360tui.demo import DemoServer

    try:
        return DemoServer(users, release, data, key_users=key_users, auth_type=auth_type, unpublished=unpublished)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--users") from None


@contextmanager
def _said_in_a_sentence() -> Iterator[None]:
    from a360tui.demo import DataFileRefused, DemoError, PortRefused

    hints = {
        DataFileRefused: "Give another --data FILE; one that does not exist yet is made.",
        PortRefused: "Give another --port N, or leave it out for any free one.",
    }
    try:
        yield
    except DemoError as error:
        hint = next((hint for kind, hint in hints.items() if isinstance(error, kind)), "")
        raise NotStarted(harmless(str(error)), hint) from None


def _put_json_line(running: Running) -> None:
    import json

    accounts = [
        {
            "username": account.username,
            "password": account.password or None,
            "apiKey": account.api_key,
            "roles": list(account.roles),
        }
        for account in running.accounts
    ]
    ca_file = None if running.ca_file is None else str(running.ca_file)
    put(harmless_json(json.dumps({"url": running.url, "caFile": ca_file, "accounts": accounts})))


def _put_accounts(running: Running) -> None:
    put(f"The embedded Control Room listens at {running.url}")
    if running.ca_file is not None:
        put(f"Its certificate is signed by {harmless(str(running.ca_file))}")
    put("")
    put_table(
        ("USERNAME", "API KEY" if running.accounts[0].api_key else "PASSWORD", "ROLES"),
        [
            (account.username, account.api_key or account.password, harmless(", ".join(account.roles)))
            for account in running.accounts
        ],
    )
    say("Ctrl-C ends it.")
