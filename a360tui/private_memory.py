"""The memory of a process that holds secrets: in no core file, and closed to the user's other processes."""

import sys

_PR_SET_DUMPABLE = 4


def keep_memory_private() -> None:
    """Have this process leave no core file; on Linux its ``environ``, ``maps`` and ``mem`` are closed too.

    Programs that it starts inherit the limit, not the rest. Root reads everything, and Windows has neither: there this
    does nothing.
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
