"""Learning the calls from a file that a browser saved: the file, the questions that it leaves open, what was found."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from a360tui.errors import A360Error, InvalidInput
from a360tui.tui.screen import A360Screen
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.field import Field, FieldInput
from a360tui.tui.widgets.menu import Choice, Menu
from a360tui.tui.widgets.status import Status
from a360tui.workflow.capture.har import HarFile
from a360tui.workflow.capture.instructions import AFTERWARDS
from a360tui.workflow.capture.learning import Learned, advance, learn
from a360tui.workflow.capture.questions import Answer, AskDuration, Question
from a360tui.workflow.dates import today
from a360tui.workflow.duration import parse_duration

_EXPLANATION = (
    "The file that your browser saved while you pressed the button there; to see how: esc, then h. a360tui keeps the "
    "calls and nothing else, and sends nothing."
)
_ASKED = ("#question", "#options", "#field-duration")


class LearnCallsScreen(A360Screen):
    """One thing is asked at a time; nothing is kept before a last yes."""

    NAME: ClassVar[str] = "Learn calls"
    HEADING: ClassVar[str] = "Learn the calls from a browser"
    CSS_PATH = "learn_calls.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._learned: Learned | None = None
        self._answer: asyncio.Future[Answer] | None = None

    def compose_body(self) -> ComposeResult:
        """The file, a question, what was found, and the buttons."""
        yield Field("File", FieldInput(placeholder="~/Downloads/control-room.har"), name="har")
        yield Static(_EXPLANATION, id="explanation", classes="dim", markup=False)
        yield Static("", id="question", markup=False)
        yield Menu(id="options")
        yield Field("Duration", FieldInput(placeholder="45 days; if empty, not known"), name="duration")
        yield Static("", id="findings", markup=False)
        with Horizontal(id="buttons"):
            yield Button("Cancel", id="cancel")
            yield Button("Read it", id="go-on", variant="primary")
        yield Status(id="status", markup=False)

    def on_mount(self) -> None:
        """Begin at the file."""
        self._hide_questions()
        self._har.input.focus()

    @property
    def _har(self) -> Field:
        return self.query_one("#field-har", Field)

    @property
    def _duration(self) -> Field:
        return self.query_one("#field-duration", Field)

    @property
    def unsaved(self) -> str:
        """What was found."""
        return "What was learned is not kept yet." if self._learned is not None else ""

    # The lesson -------------------------------------------------------------------------------------------------------

    @on(Input.Submitted, "#field-har FieldInput")
    def _file_named(self) -> None:
        self._learned = None
        self.action_go_on()

    @on(Button.Pressed, "#go-on")
    def _go_on_pressed(self) -> None:
        self.action_go_on()

    def action_go_on(self) -> None:
        """Take the next step: read the file, give the answer to the question, keep what was learned."""
        if self._learned is not None:
            self._keep(self._learned)
        elif self._duration.display:
            self._duration_typed()
        elif (menu := self.query_one(Menu)).display:
            menu.action_choose()
        else:
            self._read()

    def _read(self) -> None:
        text = self._har.value.strip()
        if text:
            self._learn(Path(os.path.expanduser(text)))  # noqa: PTH111  # Path fails where nobody has that name
        else:
            self._har.complain("Name the file that your browser saved. To see how: esc, then h.")

    @work(exclusive=True, group="learn", exit_on_error=False, description="learn the calls")
    async def _learn(self, path: Path) -> None:
        self._begin()
        address = self.session.destination.address
        lesson = learn(HarFile(path, address), address, today())
        answer: Answer = None
        try:
            while not isinstance(step := await asyncio.to_thread(advance, lesson, answer), Learned):
                answer = await self._ask(step)
        except InvalidInput as error:
            self._start_over()
            self._har.complain(str(error))
            return
        self._show(step)

    def _begin(self) -> None:
        self._start_over()
        self.query_one("#explanation").display = False
        self._say("reading …")

    def _start_over(self) -> None:
        self._learned = None
        self._har.explain()
        self.query_one("#findings", Static).update("")
        self._hide_questions()
        self.relabel("go-on", "Read it")
        self._say("")

    def _hide_questions(self) -> None:
        for each in _ASKED:
            self.query_one(each).display = False

    async def _ask(self, question: Question) -> Answer:
        """Show a question and wait for its answer."""
        self._answer = answer = asyncio.get_running_loop().create_future()
        self._say("")
        self.relabel("go-on", "Go on")
        line = self.query_one("#question", Static)
        line.display = True
        line.update(Content(question.question))
        if isinstance(question, AskDuration):
            self._duration.display = True
            self._duration.input.focus()
        else:
            menu = self.query_one(Menu)
            menu.choices = tuple(Choice(str(index), option) for index, option in enumerate(question.options))
            menu.cursor = 0
            menu.display = True
            menu.focus()
        given: Answer = await answer
        self._hide_questions()
        self._say("reading …")
        return given

    def _give(self, answer: Answer) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    @on(Menu.Chosen, "#options")
    def _chosen(self, message: Menu.Chosen) -> None:
        self._give(int(message.choice.name))

    @on(Input.Submitted, "#field-duration FieldInput")
    def _duration_typed(self) -> None:
        text = self._duration.value.strip()
        try:
            self._give(parse_duration(text) if text else None)
        except InvalidInput as error:
            self._duration.complain(str(error))

    @on(Input.Changed)
    def _typed(self) -> None:
        self._har.explain()
        self._duration.explain()

    @on(Input.Changed, "#field-har FieldInput")
    def _named_anew(self) -> None:
        """Drop what is of the file that was named before: nobody is to keep it for the calls of another."""
        if self._learned is not None or self.is_working("learn"):
            self.workers.cancel_group(self, "learn")
            self._start_over()

    # Its end ----------------------------------------------------------------------------------------------------------

    def _show(self, learned: Learned) -> None:
        self._learned = learned
        self._say("")
        self.query_one("#findings", Static).update(Content("\n\n".join((*learned.findings, *learned.missing))))
        button = self.relabel("go-on", "Keep them").focus()
        self.call_after_refresh(button.scroll_visible, animate=False)

    def _keep(self, learned: Learned) -> None:
        try:
            self.session.book.learn(learned.calls)
        except A360Error as error:
            self._say(str(error), warning=True)
            return
        self.notify(AFTERWARDS, title="Learned.", timeout=20, markup=False)
        self.dismiss()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_back()

    def _say(self, words: str, *, warning: bool = False) -> None:
        line = self.query_one(Status)
        line.set_class(warning, "warning")
        line.update(Content(words))
