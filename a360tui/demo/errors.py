"""The errors of starting the embedded Control Room.

::

    DemoError
    ├── DataFileRefused     the data file is not ours, is in use, or cannot be read or made
    └── PortRefused         the port cannot be had
        └── PortInUse       somebody else listens there
"""


class DemoError(Exception):
    """The embedded Control Room cannot start; the text is a sentence for a person."""


class DataFileRefused(DemoError):
    """The data file is not ours, in use, damaged, or not accessible; it was left as it was."""


class PortRefused(DemoError):
    """The port cannot be listened on."""


class PortInUse(PortRefused):
    """Another program listens on the port."""
