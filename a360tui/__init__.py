"""Automation 360 API keys from the terminal.

The house: ``cli`` is the front door, ``tui`` what people see, ``workflow`` what they come to do, ``storage`` what stays
on this machine, ``api`` everything that speaks HTTP to a Control Room, and ``demo`` an embedded Control Room that
shares nothing with the rest. Imports point down only; import-linter holds them to it (``pyproject.toml``).
"""

__version__ = "0.1.0"
