"""`Progress`: a rotation as lines for people, each with its state; screens and command line show the same lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from a360tui.workflow.plan import StepState
from a360tui.workflow.references import Reference

GENERATE = "generate"
SIGN_IN = "sign-in"
KEEP = "keep"


@dataclass
class Mark:
    """One line of a rotation: what is to be done, its state, and what came of it."""

    id: str
    """`GENERATE`, `SIGN_IN`, `KEEP`, or the id of a reference."""
    words: str
    """What is to be done: ``sign in with it``."""
    state: StepState = StepState.PLANNED
    note: str = ""
    """What came of it, one sentence; empty until then."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The words in the form in which a plan's `Step` has them."""
        return (self.words,)


OnMark = Callable[[Mark], None]


class Progress:
    """The lines of one rotation, in the order in which they are done."""

    def __init__(self, marks: Iterable[Mark], on_mark: OnMark) -> None:
        self.marks = tuple(marks)
        self._by_id = {mark.id: mark for mark in self.marks}
        self._on_mark = on_mark

    def set(self, mark_id: str, state: StepState, note: str = "") -> None:
        """Change a line and report it."""
        mark = self._by_id[mark_id]
        mark.state, mark.note = state, note
        with suppress(Exception):  # a screen that fails to draw must not cost a key
            self._on_mark(mark)

    def end(self, note: str = "") -> None:
        """Mark every line that has not begun as not run, and every one still running as failed."""
        for mark in self.marks:
            if mark.state is StepState.PLANNED:
                self.set(mark.id, StepState.NOT_RUN, note)
            elif mark.state is StepState.RUNNING:
                self.set(mark.id, StepState.FAILED)


def marks_of(references: Iterable[Reference], *, place: str, replaces: bool) -> list[Mark]:
    """The lines of a rotation; ``place`` is where the key will be kept, for people."""
    return [
        Mark(GENERATE, "make a new key, which ends the old one" if replaces else "make the key"),
        Mark(SIGN_IN, "sign in with it"),
        Mark(KEEP, f"keep it: {place}"),
        *(Mark(each.id, f"update {each.label}") for each in references),
    ]
