"""The embedded Control Room: a real HTTP server with a real database, for showing and for testing.

Starlette on uvicorn over SQLite. It speaks the published contract with its corners, and the three calls that are not
public as the product assumes them, or in another shape. It imports no other package of the product, so that a mistake
in the client is not hidden by the same mistake here; and importing this package loads no web server: that happens when
one starts.
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
