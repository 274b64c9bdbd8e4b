"""The HTTP library, httpx, without its command line, for which it would load rich and Pygments at every start.

httpx works without its command line where that cannot be imported (``httpx/__init__.py``, checked with 0.28.1), and
``None`` in ``sys.modules`` makes the import fail. Where httpx is loaded already, this changes nothing.
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
