"""The common options, which are accepted before and after the command; the last one counts."""

from __future__ import annotations

import gc
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from a360tui.cli.output import put
from a360tui.cli.variables import CONTROL_ROOM_VARIABLE, PROFILE_VARIABLE, USERNAME_VARIABLE
from a360tui.errors import A360Error

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from a360tui.cli.passphrase import Passphrase
    from a360tui.cli.settings import Settings
    from a360tui.workflow.rotation import Safekeeping


@dataclass(eq=False, repr=False)
class CommonOptions:
    """The values of the common options, wherever they stood on the command line."""

    profiles: tuple[str, ...] = ()
    all_profiles: bool = False
    control_room: str | None = None
    username: str | None = None
    password_stdin: bool = False
    api_key_stdin: bool = False
    passphrase_file: Path | None = None
    passphrase_fd: int | None = None
    ca_file: Path | None = None
    multiple_login: bool | None = None
    json: bool = False
    yes: bool = False
    no_input: bool = False
    read_only: bool = False
    trace: bool = False
    given: list[str] = field(default_factory=list)
    """The options that were on the command line, as they are typed."""
    keeping: Safekeeping | None = None
    """The store of secrets, where it was opened for several profiles at once."""

    @cached_property
    def settings(self) -> Settings:
        """The settings in force, from options, environment and profile."""
        from a360tui.cli.settings import Settings

        return Settings(self)

    @cached_property
    def passphrase(self) -> Passphrase:
        """The source of the store's passphrase; raises `InvalidInput` where one was given that cannot be read."""
        from a360tui.cli.passphrase import Passphrase

        return Passphrase(self)

    def refuse_but(self, taken: Collection[str], context: click.Context) -> None:
        """Refuse an option that was given and would do nothing; ``taken`` are those that the command uses."""
        names = {name for each in taken for name in each.split("/")}
        for option in self.given:
            if option not in names:
                raise click.UsageError(f"{context.command_path} takes no {option}.", context)


class CommonOption(click.Option):
    """A common option, whose value goes to the command line's `CommonOptions`."""

    def __init__(self, typed: str, **attributes: Any) -> None:
        names = [typed, _STORED_AS[typed]] if typed in _STORED_AS else [typed]
        super().__init__(names, expose_value=False, callback=_note, **attributes)


def _note(context: click.Context, option: click.Parameter, value: Any) -> None:
    options = context.ensure_object(CommonOptions)
    if context.get_parameter_source(str(option.name)) is ParameterSource.COMMANDLINE:
        setattr(options, str(option.name), value)
        options.given.append(option.opts[0])


class WholeNumber(click.IntRange):
    """A whole number from one to another."""

    name = "whole number"

    def _describe_range(self) -> str:
        """The range in words, for help and errors; click would write a formula."""
        if self.min is None:
            return f"up to {self.max}"
        return f"from {self.min}" if self.max is None else f"{self.min} to {self.max}"


class FilePath(click.Path):
    """The path of a file, as a `Path`: what that needs is imported where one is given."""

    def coerce_path_result(self, value: str | os.PathLike[str]) -> Path:
        """The path as commands take it."""
        from pathlib import Path

        return Path(value)


def complete_profile(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The names of profiles that begin so, for shell completion; empty where the configuration cannot be read."""
    try:
        return [name for name in CommonOptions().settings.configuration.names if name.startswith(incomplete)]
    except A360Error:
        return []


_STORED_AS = {"--profile": "profiles"}
_TEXTS: dict[str, dict[str, Any]] = {
    "--profile": {
        "metavar": "NAME",
        "multiple": True,
        "shell_complete": complete_profile,
        "help": f"The profile to use, instead of the one in use.  [{PROFILE_VARIABLE}]",
    },
    "--all-profiles": {"is_flag": True, "help": "For every profile, side by side; --profile may be repeated, too."},
    "--control-room": {"metavar": "URL", "help": f"The Control Room's address.  [{CONTROL_ROOM_VARIABLE}]"},
    "--username": {"metavar": "NAME", "help": f"Who signs in.  [{USERNAME_VARIABLE}]"},
    "--password-stdin": {"is_flag": True, "help": "Read the password from standard input."},
    "--api-key-stdin": {"is_flag": True, "help": "Sign in with an API key, read from standard input."},
    "--passphrase-file": {
        "metavar": "FILE",
        "type": FilePath(),
        "help": "The passphrase of the stored secrets is in this file, which only you can read.",
    },
    "--passphrase-fd": {
        "metavar": "N",
        "type": WholeNumber(min=0),
        "help": "The same, read from this file descriptor.",
    },
    "--ca-file": {
        "metavar": "FILE",
        "type": FilePath(exists=True, dir_okay=False),
        "help": "Certificates to trust in addition to the operating system's.",
    },
    "--multiple-login/--no-multiple-login": {
        "default": None,
        "help": "Ask to keep the user's other sessions, as in a browser, or to end them; else it is as set there.",
    },
    "--json": {"is_flag": True, "help": "Print one JSON document."},
    "--yes": {"is_flag": True, "help": "Answer every question with yes."},
    "--no-input": {"is_flag": True, "help": "Ask no questions, even on a terminal."},
    "--read-only": {"is_flag": True, "help": "Refuse anything that would change something."},
    "--trace": {"is_flag": True, "help": "Report each request on standard error: call, status and time."},
}
_COMMON = {typed: CommonOption(typed, **attributes) for typed, attributes in _TEXTS.items()}
"""Each of the common options, shared by all commands."""
SIDE_BY_SIDE = tuple(_COMMON)
"""The options of a command that can run for several profiles at once."""
ALL = tuple(typed for typed in _COMMON if typed != "--all-profiles")
STORED = (
    *("--profile", "--control-room", "--username", "--passphrase-file", "--passphrase-fd"),
    *("--json", "--yes", "--no-input", "--read-only"),
)
"""The options of a command that opens secrets and sends nothing."""
HERE = ("--profile", "--control-room", "--username", "--json", "--read-only")
"""The options of a command that sends nothing and opens no secret."""


_LONGEST_SENTENCE = 200

_COLLECTED_AFTER = 50_000
"""Objects more from which on Python looks for cycles of them: what a command imports is fewer."""


def _put_help(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        put(context.get_help())
        context.exit()


class _WithCommonOptions(click.Command):
    """A command that takes common options, and shows them in its help after its own."""

    takes: Sequence[str] = ALL
    """The common options that it uses."""

    def __init__(
        self,
        name: str | None = None,
        *,
        params: Sequence[click.Parameter] | None = None,
        takes: Sequence[str] | None = None,
        **attributes: Any,
    ) -> None:
        self.takes = self.takes if takes is None else takes
        common = [_COMMON[typed] for typed in self.takes]
        super().__init__(name, params=[*(params or ()), *common], **attributes)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Give the option for help, which is printed as everything else is."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.callback = _put_help  # click's own takes a full disk for a failure of the program
        return option

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write its own options, then the common ones."""
        own: list[tuple[str, str]] = []
        common: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
            if record is not None:
                (common if isinstance(parameter, CommonOption) else own).append(record)
        for title, records in (("Options", own), ("Common options", common)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class Command(_WithCommonOptions):
    """One command; a common option that it does not use is refused."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it."""
        gc.freeze()
        gc.set_threshold(_COLLECTED_AFTER)
        gc.enable()
        options = ctx.ensure_object(CommonOptions)
        options.refuse_but(self.takes, ctx)
        if len(options.profiles) > 1 and "--all-profiles" not in self.takes:
            raise click.UsageError(f"{ctx.command_path} takes one --profile.", ctx)
        return super().invoke(ctx)


class Group(_WithCommonOptions, click.Group):
    """A group of such commands."""

    command_class = Command
    takes = SIDE_BY_SIDE

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """The names in the order in which one needs them, not in alphabetical order."""
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with its first sentence, whole."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, command.get_short_help_str(_LONGEST_SENTENCE)) for name, command in commands if command]
            )
