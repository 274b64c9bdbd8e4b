"""What is printed when the program fails: where, not with which values."""

import traceback

from rich.text import Text


def report(error: BaseException | None) -> Text:
    """Three lines: the kind of error, the place in our code, and what to do; no message and no local variables.

    The text of an unexpected error may hold anything, a password too, so only its type is named.
    """
    return Text(
        f"a360tui failed: {failure_place(error)}\n"
        "Nothing of what it knew was written down. What was sent before this, the Control Room has.\n"
        "Please report the first line, and what you did before it."
    )


def failure_place(error: BaseException | None) -> str:
    """The kind of error and the place in our code: ``KeyError at workflow/key.py:12``."""
    kind = type(error).__name__ if error is not None else "unknown error"
    frames = traceback.extract_tb(error.__traceback__) if error is not None else []
    ours = [frame for frame in frames if "a360tui" in frame.filename] or frames
    place = f"{ours[-1].filename.rpartition('a360tui')[2].lstrip('/')}:{ours[-1].lineno}" if ours else "unknown place"
    return f"{kind} at {place}"
