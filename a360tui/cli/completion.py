"""``a360tui completion``: the script that makes a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from a360tui.cli.options import Command
from a360tui.cli.output import put

NAME = "a360tui"


class _WholeFishComplete(FishComplete):
    """For fish, with sentences that are not cut off at their first comma, as click's script cuts them."""

    source_template = FishComplete.source_template.replace('string split ","', 'string split --max 1 ","')


_SCRIPTS = {"bash": BashComplete, "zsh": ZshComplete, "fish": _WholeFishComplete}
_INSTALL = """\
\b
bash   eval "$(a360tui completion bash)"   in ~/.bashrc
zsh    eval "$(a360tui completion zsh)"    in ~/.zshrc, after compinit
fish   a360tui completion fish | source    in ~/.config/fish/config.fish
"""


@click.command(cls=Command, takes=(), epilog=_INSTALL)
@click.argument("shell", type=click.Choice(list(_SCRIPTS)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell."""
    put(_SCRIPTS[shell](context.find_root().command, {}, NAME, "_A360TUI_COMPLETE").source())
