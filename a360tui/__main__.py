"""The console script ``a360tui``, and ``python -m a360tui``."""

import sys

from a360tui.tui import first_light


def main() -> int:
    """Run what the command line says and return the exit code."""
    try:
        first_light.begin(sys.argv[1:])
        from a360tui.cli.program import run

        return run(sys.argv[1:])
    finally:
        first_light.end()


if __name__ == "__main__":
    sys.exit(main())
