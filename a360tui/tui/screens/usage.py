"""How a program signs in with the key, in three languages, the key left out."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Label, Static

from a360tui.tui.screen import A360Screen
from a360tui.workflow.key_usage import usage_examples


class UsageScreen(A360Screen):
    """Examples that read the key from the environment variable ``A360_API_KEY``."""

    NAME: ClassVar[str] = "How to use it"
    HEADING: ClassVar[str] = "How to use the key"
    CSS_PATH = "usage.tcss"

    def compose_body(self) -> ComposeResult:
        """One example a language."""
        yield Static(
            "The key gives a token at the authentication API, and the token goes into the header X-Authorization. "
            "The key itself never does. All three read it from the environment variable A360_API_KEY.",
            classes="dim",
            markup=False,
        )
        examples = usage_examples(
            self.session.destination.address, self.session.binding.username, self.session.room.release
        )
        for language, code in examples.items():
            yield Label(language, classes="language", markup=False)
            yield Static(Content(code), classes="code", markup=False)

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        body = self.query_one("#body")
        body.can_focus = True
        body.focus()
