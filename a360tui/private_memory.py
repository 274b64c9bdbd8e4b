"""Keep the memory of a process that holds secrets out of core files and away from the user's other processes."""

import sys

_PR_SET_DUMPABLE = 4


def keep_memory_private() -> None:
    """Forbid core files for this process and, on Linux, close its ``environ``, ``maps`` and ``mem`` in ``/proc``.

    Programs that it starts inherit the limit on core files only. Root can still read everything; on Windows this does
    nothing.
    """
    if sys.platform == "win32":
        return
    import resource
    from contextlib import suppress

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":
        import ctypes

        # A limit of 0 does not keep a core from a program that the kernel pipes it to, such as systemd-coredump.
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
