"""How a browser records the calls that the vendor does not publish."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Label, Static

from a360tui.tui.screen import A360Screen
from a360tui.workflow.capture.instructions import AFTERWARDS, BROWSERS, BUTTONS


class CaptureStepsScreen(A360Screen):
    """The steps for each browser, and what to do with the file."""

    NAME: ClassVar[str] = "Recording"
    HEADING: ClassVar[str] = "Recording the calls in a browser"
    CSS_PATH = "capture_steps.tcss"

    def compose_body(self) -> ComposeResult:
        """A browser after the other, the buttons, and the end."""
        for browser, steps in BROWSERS.items():
            yield Label(browser, classes="title", markup=False)
            with Vertical(classes="steps"):
                for number, step in enumerate(steps, 1):
                    with Horizontal():
                        yield Label(f"{number}.", classes="number", markup=False)
                        yield Static(Content(step), markup=False)
        for what, where in BUTTONS.items():
            yield Label(what, classes="title", markup=False)
            yield Static(Content(where), classes="steps", markup=False)
        yield Label("Afterwards", classes="title", markup=False)
        yield Static(Content(AFTERWARDS), classes="steps", markup=False)

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        body = self.query_one("#body")
        body.can_focus = True
        body.focus()
