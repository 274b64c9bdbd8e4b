"""The passphrase that guards the secrets on this machine: asked once a session, or chosen at the first time."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from a360tui.secret import Secret
from a360tui.storage import PassphrasePurpose, PassphraseRequest
from a360tui.tui.screen import A360Dialog
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.field import Field, SecretInput

_SENTENCES = {
    PassphrasePurpose.OPEN: "It opens the file with your secrets, once for this session.",
    PassphrasePurpose.AGAIN: "That did not open it. Try again:",
    PassphrasePurpose.NEW: "It will guard the file with your secrets. It cannot be recovered, so keep it safe.",
}


class PassphraseDialog(A360Dialog[Secret | None]):
    """Asks for a passphrase; a new one is typed twice. ``None`` means that nothing was given."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "back")]

    def __init__(self, request: PassphraseRequest) -> None:
        super().__init__()
        self._request = request
        self._is_new = request.purpose is PassphrasePurpose.NEW
        self.declines_disk = False
        """The answer was to keep nothing on disk; Esc alone is no answer."""

    def compose(self) -> ComposeResult:
        """The sentence, one field or two, the buttons."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content("A passphrase for your secrets" if self._is_new else "Your passphrase")
            yield Static(Content(_SENTENCES[self._request.purpose]), markup=False)
            if self._request.why:
                yield Static(Content(f"\n{self._request.why}"), classes="dim", markup=False)
            yield Static("", markup=False)
            yield Field("Passphrase", SecretInput(), name="passphrase")
            if self._is_new:
                yield Field("Once more", SecretInput(), name="again")
            with Horizontal(id="buttons"):
                yield Button("Keep nothing on disk" if self._is_new else "Cancel", id="cancel")
                yield Button("Use it", id="answer", variant="primary")

    def on_mount(self) -> None:
        """Begin in the field."""
        self._field("passphrase").input.focus()

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    def action_back(self) -> None:
        """Give none."""
        self.dismiss(None)

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.declines_disk = self._is_new
        self.dismiss(None)

    @on(Input.Submitted, "#field-passphrase SecretInput")
    def _first_typed(self) -> None:
        if self._is_new:
            self._field("again").input.focus()
        else:
            self._answered()

    @on(Button.Pressed, "#answer")
    @on(Input.Submitted, "#field-again SecretInput")
    def _answered(self) -> None:
        field = self._field("passphrase")
        if not field.value:
            field.complain("This field is empty.")
            return
        if self._is_new and self._field("again").value != field.value:
            self._field("again").empty()
            self._field("again").complain("The two differ.")
            return
        secret = Secret(field.value)
        for each in self.query(Field):
            each.empty()
        self.dismiss(secret)
