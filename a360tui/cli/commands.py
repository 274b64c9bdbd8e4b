"""``a360tui``: the root of all commands, each loaded when it is asked for."""

from importlib import import_module

import click

from a360tui import __version__
from a360tui.cli.options import CommonOptions, Group

_HOMES = {
    "demo": "a360tui.cli.demo:demo",
    "login": "a360tui.cli.session:login",
    "logout": "a360tui.cli.session:logout",
    "whoami": "a360tui.cli.session:whoami",
    "role": "a360tui.cli.role:role",
    "key": "a360tui.cli.key:key",
    "duration": "a360tui.cli.duration:duration",
    "reference": "a360tui.cli.reference:reference",
    "calls": "a360tui.cli.calls:calls",
    "profile": "a360tui.cli.profile:profile",
    "token": "a360tui.cli.session:token",
    "doctor": "a360tui.cli.doctor:doctor",
    "completion": "a360tui.cli.completion:completion",
}
"""Command → where it is, in the order of the help."""

_EPILOG = """\
\b
Exit codes
  0  done
  1  the Control Room refused
  2  wrong use or configuration; nothing was sent
  3  not reachable
  4  too slow
  5  sign-in failed
  6  the outcome of a write is not known: look first
  7  key inventory: keys have ended, or end within the time asked for
  130  interrupted
"""


class _LazyGroup(Group):
    """A group whose commands are imported by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        return list(_HOMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as click calls it
        if cmd_name not in _HOMES:
            return None
        module, _, name = _HOMES[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(
    cls=_LazyGroup,
    epilog=_EPILOG,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def a360tui(context: click.Context) -> None:
    """Automation 360 API keys from the terminal: the role, the key, its duration.

    Without a command the screens open. A password comes with --password-stdin, is remembered by a360tui login, or is
    asked for on a terminal; it is never an argument, and never in the environment.
    """
    if context.invoked_subcommand is None:
        from a360tui.cli.tui import open_screens

        options = context.ensure_object(CommonOptions)
        options.refuse_but(("--profile", "--control-room", "--username", "--ca-file"), context)
        code = open_screens(
            address=options.address_text or "",
            username=options.username_text or "",
            ca_file=options.settings.ca_file.value,
        )
        raise click.exceptions.Exit(code)
