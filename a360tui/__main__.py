"""The console script ``a360tui``, and ``python -m a360tui``."""

import sys

from a360tui.cli.program import run


def main() -> int:
    """Run what the command line says and return the exit code."""
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
