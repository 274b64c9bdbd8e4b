"""The calls that the vendor does not publish: where each comes from, learning them from a browser, forgetting them."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Label, Static

from a360tui.api import CALL_NAMES, CallName
from a360tui.errors import A360Error
from a360tui.tui.dialogs.confirm import ConfirmDialog
from a360tui.tui.screen import A360Screen
from a360tui.tui.widgets.menu import Choice, Menu
from a360tui.tui.widgets.status import Status
from a360tui.workflow.call_book import KnownCalls
from a360tui.workflow.call_words import PURPOSES, source_words


class CallsScreen(A360Screen):
    """Each call with its source in words, and what can be done about it."""

    NAME: ClassVar[str] = "Calls"
    HEADING: ClassVar[str] = "Calls that the vendor does not publish"
    CSS_PATH = "calls.tcss"

    def compose_body(self) -> ComposeResult:
        """The calls, and the menu."""
        for name in CALL_NAMES:
            yield from _line(PURPOSES[name].capitalize(), name)
        with Vertical(id="kept"):
            yield from _line("Kept in", "kept")
        yield Menu(
            (
                Choice("learn", "Learn them …", "from a file that a browser saved"),
                Choice("steps", "How to record it", "in Chrome, Edge and Firefox"),
                Choice("forget", "Forget them …", "the learned ones, and your consent"),
            ),
            id="choices",
            label_width=20,
        )
        yield Status(id="status", markup=False)

    def on_mount(self) -> None:
        """Begin on learning."""
        self.query_one(Menu).focus()

    def on_screen_resume(self) -> None:
        """Look again: they may have been learned."""
        self._show()

    def on_screen_suspend(self) -> None:
        """Leave nothing said that another screen may make untrue."""
        if self.query(Status):  # in a screen that closes it may be gone
            self.say("")

    def _show(self) -> None:
        try:
            known = self.session.known_calls()
        except A360Error as error:
            for name in CALL_NAMES:
                self.query_one(f"#call-{name}", Static).update("not read")
            self.query_one("#kept").display = False
            self.say(str(error), warning=True)
            return
        for name in CALL_NAMES:
            self.query_one(f"#call-{name}", Static).update(Content(self._described(known, name)))
        self.query_one("#call-kept", Static).update(Content(", ".join(dict.fromkeys(known.places.values()))))
        self.query_one("#kept").display = bool(known.places)

    def _described(self, known: KnownCalls, name: CallName) -> str:
        call = known.calls.of(name)
        source = source_words(known, name)
        if self.session.is_demo and call.source == "assumed":
            source = "assumed by a360tui; the demo answers it"
        return f"{call.method} {self.session.room.path_of(call)}\n{source}"

    def say(self, words: str, *, warning: bool = False) -> None:
        """Say what came of something."""
        line = self.query_one(Status)
        line.set_class(warning, "warning")
        line.update(Content(words))

    @on(Menu.Chosen, "#choices")
    async def _chosen(self, message: Menu.Chosen) -> None:
        await self.run_action(message.choice.name)

    def action_learn(self) -> None:
        """Learn the calls from a file."""
        from a360tui.tui.screens.learn_calls import LearnCallsScreen

        self.a360.push_screen(LearnCallsScreen())

    def action_steps(self) -> None:
        """Show how a browser records the calls."""
        from a360tui.tui.screens.capture_steps import CaptureStepsScreen

        self.a360.push_screen(CaptureStepsScreen())

    @work(exclusive=True, group="forget", exit_on_error=False, description="forget the calls")
    async def action_forget(self) -> None:
        """Forget what was learned, what has worked, and the consent, after a question."""
        question = ConfirmDialog(
            "Forget the calls?",
            "The calls that were learned or have worked here are forgotten, and your consent to assumed ones. "
            "Nothing is sent.",
            "Keep them",
            "Forget them",
        )
        if not await self.a360.push_screen_wait(question):
            return
        try:
            forgotten = self.session.book.forget()
        except A360Error as error:
            self.say(str(error), warning=True)
            return
        self._show()
        self.say("Forgotten." if forgotten else "Nothing was kept for this Control Room.")


def _line(word: str, name: str) -> ComposeResult:
    with Horizontal(classes="call"):
        yield Label(word, classes="call--word", markup=False)
        yield Static("", id=f"call-{name}", classes="call--value", markup=False)
