"""httpx without the command line that comes with it, for which it would load rich and Pygments at every start.

httpx does without its command line where that cannot be imported (``httpx/__init__.py``, checked with 0.28.1), and
``None`` in ``sys.modules`` is Python's way of saying so. Where httpx is loaded already, nothing is gained or lost.
"""

import sys

_COMMAND_LINE = "httpx._main"

if _COMMAND_LINE in sys.modules:
    import httpx
else:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]  # what the import system takes for "not there"
    try:
        import httpx
    finally:
        del sys.modules[_COMMAND_LINE]

__all__ = ["httpx"]
