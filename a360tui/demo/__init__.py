"""The embedded Control Room: a real HTTP server with a real database, for showing and for testing.

Starlette on uvicorn over SQLite. It implements the published contract with its edge cases, and the three calls that are
not public, either as the product assumes them or in another shape. It imports no other package of the product, so that
a mistake in the client is not hidden by the same mistake here. Importing this package loads no web server; starting one
does.
"""

from a360tui.demo.account import Account
from a360tui.demo.auth_type import AuthType
from a360tui.demo.errors import DataFileRefused, DemoError, PortInUse, PortRefused
from a360tui.demo.release import Release
from a360tui.demo.server import DemoServer, Running

__all__ = [
    "Account",
    "AuthType",
    "DataFileRefused",
    "DemoError",
    "DemoServer",
    "PortInUse",
    "PortRefused",
    "Release",
    "Running",
]
