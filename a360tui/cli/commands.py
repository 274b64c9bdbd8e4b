"""``a360tui``: the root of all commands, each loaded when it is run."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click

from a360tui import __version__
from a360tui.cli.options import CommonOptions, Group

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "demo": ("a360tui.cli.demo:demo", "Try it all on an embedded Control Room."),
    "login": ("a360tui.cli.session:login", "Sign in, and remember the password or the API key."),
    "logout": ("a360tui.cli.session:logout", "Forget the password and the API key of a user."),
    "whoami": ("a360tui.cli.session:whoami", "Show who you are, what you may do, and what is remembered."),
    "role": ("a360tui.cli.role:role", "The role that lets users generate an API key."),
    "key": ("a360tui.cli.key:key", "Your own API key, from none to in use; and when everyone's keys end."),
    "duration": ("a360tui.cli.duration:duration", "How long new API keys last."),
    "reference": ("a360tui.cli.reference:reference", "The places that use your key and get each new one."),
    "calls": ("a360tui.cli.calls:calls", "The calls the vendor does not publish, and learning them."),
    "profile": ("a360tui.cli.profile:profile", "Control Rooms and users by a short name."),
    "token": ("a360tui.cli.session:token", "Print a token for calls of your own (header X-Authorization)."),
    "secrets": ("a360tui.cli.secrets:secrets", "What guards the secrets on this machine, and how to repair them."),
    "doctor": ("a360tui.cli.doctor:doctor", "Check every step from the host name to the permission."),
    "completion": ("a360tui.cli.completion:completion", "Print the completion script of a shell."),
}
"""Command → its module, and what help and completion say about it without loading it; in the order of the help."""

_EPILOG = """\
\b
Exit codes
  0  done
  1  the Control Room or this machine refused, or something is left to do
  2  wrong use or configuration; nothing was changed
  3  not reachable
  4  too slow
  5  the sign-in failed
  6  the outcome of a write is unknown: look before anything else
  7  key inventory: keys have ended, or end within the given time
  130  interrupted
"""


class _LazyGroup(Group):
    """A group whose commands are imported by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as click calls it
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return [
            *(
                CompletionItem(name, help=sentence)
                for name, (_, sentence) in COMMANDS.items()
                if name.startswith(incomplete)
            ),
            *click.Command.shell_complete(self, ctx, incomplete),
        ]


@click.group(
    cls=_LazyGroup,
    epilog=_EPILOG,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def a360tui(context: click.Context) -> None:
    """Automation 360 API keys from the terminal: the role, the key, its duration.

    Without a command the screens open. A password comes with --password-stdin, is remembered by a360tui login, or is
    asked for on a terminal; it is never an argument, and never in the environment.
    """
    if context.invoked_subcommand is None:
        from a360tui.cli.screens import open_screens
        from a360tui.text import harmless

        options = context.ensure_object(CommonOptions)
        options.refuse_but(("--profile", "--control-room", "--username", "--ca-file", "--read-only"), context)
        if len(options.profiles) > 1:
            raise click.UsageError("The screens take one --profile.", context)
        settings = options.settings
        code = open_screens(
            address=harmless(settings.control_room.value or ""),
            username=settings.username.value or "",
            ca_file=options.ca_file,
            profile=settings.profile.value,
            read_only=options.read_only,
            **settings.of_the_screens,
        )
        raise click.exceptions.Exit(code)
