"""A rotation as it runs: its lines are ticked off, the key comes when it has come, and it is not left by one slip."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.tui.dialogs.key import KeyDialog
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.marks_view import MarksView
from a360tui.tui.widgets.status import Status
from a360tui.workflow.dates import age_words, date_stamp
from a360tui.workflow.rotation import Ending, Kept, Mark, OnMark, RotationResult

if TYPE_CHECKING:
    from a360tui.tui.session import Session

_SLIP = "You have neither revealed nor copied the key, and it is in memory only. Press again to leave it there."
_ANSWER_SLIP = (
    "You have neither revealed nor copied the answer, which may hold the key, and nothing keeps it. "
    "Press again to leave without it."
)
_PENDING = "Waiting for the Control Room. This cannot be stopped halfway."


class NewKeyDialog(KeyDialog):
    """Runs a rotation, or finishes one; ``error`` is set where it was refused before anything was made."""

    def __init__(
        self,
        session: Session,
        title: str,
        run: Callable[[OnMark], Awaitable[RotationResult]],
        marks: tuple[Mark, ...] = (),
    ) -> None:
        super().__init__(session, title)
        self._run_rotation = run
        self._marks = marks
        self._rotating = True
        self._warned = False
        self._is_answer = False
        """What there is to reveal is an answer in which no key was found; a person may find one."""
        self.error: A360Error | None = None

    def compose_facts(self) -> ComposeResult:
        """The lines, and what came of it."""
        yield MarksView(id="marks")
        yield Status("", id="sign-in", markup=False)
        yield Static("", id="summary", markup=False)

    def on_mount(self) -> None:
        """Begin at once: the question was asked before."""
        self.query_one(MarksView).marks = self._marks
        self.query_one("#sign-in").display = False
        self.query_one("#key-keys").display = False
        self.query_one("#key", Static).update(_PENDING)
        self.query_one("#done", Button).disabled = True
        self._rotate()

    @work(exclusive=True, group="rotate", exit_on_error=False, description="carry out the rotation")
    async def _rotate(self) -> None:
        try:
            result = await self.a360.writes.run(self._carry_out())
        except Exception as error:  # noqa: BLE001 - whatever failed, nobody could leave a dialog that still waits
            self._rotating = False
            if isinstance(error, A360Error):
                self.error = error
            else:
                self.a360.show_failure(error)
            self.dismiss(None)
            return
        self._rotating = False
        self._show(result)

    async def _carry_out(self) -> RotationResult:
        """The rotation itself; the session has the key before anything is drawn, whatever became of this dialog."""
        result = await self._run_rotation(self._follow)
        self._session.take(result)
        return result

    def _follow(self, mark: Mark) -> None:
        if self.is_attached:
            self.query_one(MarksView).follow(mark)

    def _show(self, result: RotationResult) -> None:
        self._key = result.key
        if result.key is None and result.answer is not None:
            self._is_answer = True
            self._key = Secret(result.answer.reveal().decode("utf-8", "replace"))
        self.query_one("#key-keys").display = self._key is not None
        if self._key is not None:
            self._hide()
        else:
            self.query_one("#key", Static).update("There is no key to show.")
        self.query_one("#summary", Static).update(_summary(self._session, result))
        if result.ending is not Ending.DONE:
            self.note(f"{result.sentence} {result.hint}".strip())
        for trouble in result.troubles:
            self.a360.show_error(trouble)
        done = self.query_one("#done", Button)
        done.disabled = False
        done.focus()

    def action_test(self) -> None:
        """Sign in with the key once more; what is no key would only count as a failed sign-in."""
        if self._is_answer:
            self.notify("No key was found in the answer, so there is none to sign in with.", markup=False)
            return
        self.query_one("#sign-in").display = True
        super().action_test()

    def action_back(self) -> None:
        """Leave; not while it runs, and a key that is only in memory and was not taken only at the second time."""
        if self._rotating:
            return
        if self._session.key_at_risk and not self._warned:
            self._warned = True
            self.note(_ANSWER_SLIP if self._is_answer else _SLIP)
            return
        self._session.key_at_risk = False
        super().action_back()


def _summary(session: Session, result: RotationResult) -> Content:
    lines: list[str] = []
    if result.expiration_time is not None and result.ending is not Ending.CONFLICT:
        now = session.room.now()
        lines.append(f"Ends {date_stamp(result.expiration_time)}, {age_words(result.expiration_time, now)}.")
    if result.ending is Ending.CONFLICT:
        lines.append("This key is of no use any more.")
    elif result.key is not None and result.kept is Kept.MEMORY:
        lines.append("The Control Room never shows it again: take it to where it is used.")
    elif result.key is not None:
        lines.append("It is kept here. Take it to any other place that uses it.")
    return Content("\n".join(lines))
