"""One run of the program: from the arguments to the exit code; every failure is reported in a sentence."""

from __future__ import annotations

import gc
import sys

from a360tui import __version__, crash
from a360tui.cli.output import OutputClosed, discard_unwritten, help_width, prepare_streams, put, say, say_error
from a360tui.errors import A360Error, ExitCode
from a360tui.tui import first_light

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "a360tui"
LONGEST_MESSAGE = 500
"""Characters of a message that repeats what was typed."""


def run(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name and return the exit code; failures are reported on stderr."""
    # What a start loads stays loaded, and scanning it takes a tenth of the start. So garbage is collected only from
    # the moment a command runs (`a360tui.cli.options.Command`), or the screens are loaded (`a360tui.tui.import_ahead`).
    gc.disable()
    prepare_streams()
    try:
        if list(arguments) == ["--version"]:
            put(f"{NAME} {__version__}")
            return ExitCode.DONE
        return _run_command(arguments)
    except OutputClosed:
        return ExitCode.REFUSED
    except A360Error as error:
        say_error(error.message, error.hint)
        return error.exit_code
    except KeyboardInterrupt:
        say_error("interrupted")
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last stop before a traceback, which could show anything
        say(crash.report(error))
        return ExitCode.REFUSED
    finally:
        for stream in (sys.stdout, sys.stderr):
            discard_unwritten(stream)
        if not gc.isenabled():
            gc.freeze()  # otherwise Python scans all of it when it exits


def _run_command(arguments: Sequence[str]) -> int:
    import click

    from a360tui.cli.commands import a360tui

    try:
        try:
            outcome = a360tui.main(list(arguments), prog_name=NAME, standalone_mode=False, terminal_width=help_width())
        finally:
            first_light.end()  # before anything is said
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
        return ExitCode.USAGE
    except click.ClickException as error:
        from a360tui.text import harmless, shortened

        context = error.ctx if isinstance(error, click.UsageError) else None
        where = f"See: {context.command_path} --help" if context is not None else ""
        say_error(shortened(harmless(" ".join(error.format_message().split())), LONGEST_MESSAGE), where)
        return ExitCode.USAGE
    return outcome if isinstance(outcome, int) else ExitCode.DONE
