"""What is said when the program itself fails: where, not with which values."""

import traceback


def report(error: BaseException | None) -> str:
    """Three lines: the kind of error, the place in our code, and what to do; no message and no local variables.

    The text of an unexpected error may hold anything, a password too, so only its type is named.
    """
    kind = type(error).__name__ if error is not None else "unknown error"
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    ours = [frame for frame in frames if "a360tui" in frame.filename] or frames
    place = f"{ours[-1].filename.rpartition('a360tui')[2].lstrip('/')}:{ours[-1].lineno}" if ours else "unknown place"
    return (
        f"a360tui failed: {kind} at {place}\n"
        "Nothing of what it knew was written down. What was sent before this, the Control Room has.\n"
        "Please report the first line, and what you did before it."
    )
