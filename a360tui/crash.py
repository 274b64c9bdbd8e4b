"""What is printed when the program itself fails: where it failed, never with which values."""

SHORTAGE = "a360tui ended: the system gives it no more memory or threads."
_NO_THREAD = "can't start new thread"
"""CPython's words for it."""


def failure_place(error: BaseException | None) -> str:
    """``RuntimeError at workflow/key.py:42``: the kind of error, and the last place in our code.

    The text of an unexpected error may hold anything, a password too, so only its type is named.
    """
    import traceback  # few runs need it, and it takes a fifth of the time of --version

    kind = type(error).__name__ if error is not None else "unknown error"
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    ours = [frame for frame in frames if "a360tui" in frame.filename] or frames
    place = f"{ours[-1].filename.rpartition('a360tui')[2].lstrip('/')}:{ours[-1].lineno}" if ours else "unknown place"
    return f"{kind} at {place}"


def is_shortage(error: BaseException | None) -> bool:
    """Whether the system gives no more memory or threads, which is no mistake in the program."""
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and error.args == (_NO_THREAD,))


def report(error: BaseException | None) -> str:
    """Three lines: where it failed, what has become of its work, and what to do; no message, no local variables."""
    if is_shortage(error):
        return (
            f"{SHORTAGE}\n"
            "Nothing of what it knew was written down. What was sent before this, the Control Room has.\n"
            "Free some of either, or raise the limits that ulimit -a shows; then look before doing it again."
        )
    return (
        f"a360tui failed: {failure_place(error)}\n"
        "Nothing of what it knew was written down. What was sent before this, the Control Room has.\n"
        "Please report the first line, and what you did before it."
    )
