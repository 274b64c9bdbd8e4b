"""glibc's allocator made frugal: one heap for all threads, and freed memory given back; saves a session about 8 MB."""

import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_PIECE = 64 * 1024
"""Bytes; an allocation of this size or more is mapped on its own, and returned to the system when it is freed."""


def keep_memory_lean() -> None:
    """Set the allocator up; call it before the first thread is started.

    Does nothing where the C library is not glibc.
    """
    if sys.platform != "linux":
        return
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return  # another C library
    for what, value in ((_M_ARENA_MAX, 1), (_M_TRIM_THRESHOLD, _PIECE), (_M_MMAP_THRESHOLD, _PIECE)):
        mallopt(what, value)
