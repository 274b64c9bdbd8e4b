"""What every thread beside the main one does first."""

import signal


def leave_signals_alone() -> None:
    """Have no signal handled in this thread.

    Python answers signals in the main thread. If another thread receives one, a main thread that waits in a read, as
    for a secret that is typed, is not woken, and goes on waiting without the answer.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
