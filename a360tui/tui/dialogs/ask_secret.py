"""A dialog with one hidden field, for the key to try."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from a360tui.secret import Secret
from a360tui.tui.screen import A360Dialog
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.field import Field, SecretInput


class AskSecretDialog(A360Dialog[Secret | None]):
    """Asks for one secret; Esc gives ``None``."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "back")]

    def __init__(self, title: str, sentence: str, label: str, answer: str) -> None:
        super().__init__()
        self._title = title
        self._sentence = sentence
        self._label = label
        self._answer = answer

    def compose(self) -> ComposeResult:
        """The sentence, the field, the buttons."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(self._title)
            yield Static(Content(f"{self._sentence}\n"), markup=False)
            yield Field(self._label, SecretInput(), name="secret")
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="cancel")
                yield Button(Content(self._answer), id="answer", variant="primary")

    def on_mount(self) -> None:
        """Begin in the field."""
        self.query_one(Field).input.focus()

    def action_back(self) -> None:
        """Give no secret."""
        self.dismiss(None)

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#answer")
    @on(Input.Submitted)
    def _answered(self) -> None:
        field = self.query_one(Field)
        text = field.value.strip()
        field.empty()
        if not text:
            field.complain("This field is empty.")
        else:
            self.dismiss(Secret(text))


def ask_for_key(*, refused: bool) -> AskSecretDialog:
    """Asks for the text of the key in force; ``refused`` says that one is known here and did not sign in."""
    return AskSecretDialog(
        "Sign in with your API key",
        f"{'The key that is known here was refused. ' if refused else ''}"
        "A Control Room never shows a key again, so paste yours. A wrong one counts as a failed sign-in, and the third "
        "may disable your account.",
        "API key",
        "Sign in",
    )
