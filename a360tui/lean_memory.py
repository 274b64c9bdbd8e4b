"""One heap instead of one a thread, and freed memory given back: a session with its threads needs some 8 MB less."""

import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_PIECE = 64 * 1024
"""Bytes from which on a piece of memory is asked of the system, and given back to it, by itself."""


def keep_memory_lean() -> None:
    """Tell glibc so, before the first thread is started; elsewhere this does nothing."""
    if sys.platform != "linux":
        return
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return  # another C library
    for what, value in ((_M_ARENA_MAX, 1), (_M_TRIM_THRESHOLD, _PIECE), (_M_MMAP_THRESHOLD, _PIECE)):
        mallopt(what, value)
