"""A question with a safe answer, which has the focus, and another one."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, Static

from a360tui.tui.screen import A360Dialog
from a360tui.tui.widgets.button import Button
from a360tui.tui.widgets.field import Field, FieldInput


class ConfirmDialog(A360Dialog[bool]):
    """Says what will happen; Esc and Enter are the safe answer."""

    BEGINS_ON: ClassVar[str] = "safe"
    """Which answer has the focus: ``safe`` or ``other``."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back"),
        Binding("left", "app.focus_previous", "previous", show=False),
        Binding("right", "app.focus_next", "next", show=False),
    ]

    def __init__(
        self,
        title: str,
        sentence: str,
        safe: str,
        other: str,
        *,
        irreversible: bool = False,
        destructive: bool = False,
    ) -> None:
        """``irreversible`` has the warning colour; what is ``destructive`` wants the user name typed in production."""
        super().__init__()
        self._title = title
        self._sentence = sentence
        self._safe = safe
        self._other = other
        self._irreversible = irreversible
        self._destructive = destructive

    @property
    def _name_to_type(self) -> str:
        return self.a360.caution.name_to_type if self._destructive else ""

    def compose(self) -> ComposeResult:
        """Title, sentences, and the two answers."""
        with Vertical(id="dialog", classes="-irreversible" if self._irreversible else "") as dialog:
            dialog.border_title = Content(self._title)
            yield from self.compose_body()
            if self._name_to_type:
                note = f"PRODUCTION: type the user name {self._name_to_type} to go on."
                yield Field("User name", FieldInput(), name="confirmation", note=note)
            with Horizontal(id="buttons"):
                yield Button(Content(self._safe), id="safe")
                yield Button(Content(self._other), id="other", classes="-irreversible" if self._irreversible else "")
                yield from self.compose_answers()

    def compose_body(self) -> ComposeResult:
        """The sentences between title and answers."""
        yield Static(Content(self._sentence), markup=False)

    def compose_answers(self) -> ComposeResult:
        """Further answers after the two."""
        yield from ()

    def on_mount(self) -> None:
        """Begin on the safe answer, unless the other one loses nothing."""
        self.query_one(f"#{self.BEGINS_ON}", Button).focus()

    def action_back(self) -> None:
        """Answer with the safe one."""
        self.dismiss(False)

    @on(Button.Pressed, "#safe")
    def _safe_pressed(self) -> None:
        self.dismiss(False)

    @on(Button.Pressed, "#other")
    @on(Input.Submitted, "#field-confirmation FieldInput")
    def _other_pressed(self) -> None:
        if self._name_to_type:
            field = self.query_one("#field-confirmation", Field)
            if field.value.strip() != self._name_to_type:
                field.complain(f"This is PRODUCTION. Type {self._name_to_type} here, or choose {self._safe}.")
                return
        self.dismiss(True)

    @on(Input.Changed, "#field-confirmation FieldInput")
    def _typed(self) -> None:
        self.query_one("#field-confirmation", Field).explain()


class Facts(Vertical):
    """Pairs of a dim word and what holds, one under the other."""

    DEFAULT_CSS = """
    Facts { height: auto; margin-top: 1; }
    Facts > Horizontal { height: auto; }
    Facts .facts--word { width: 17; color: $text-muted; }
    Facts .facts--value { width: 1fr; height: auto; }
    """

    def __init__(self, *facts: tuple[str, str]) -> None:
        super().__init__()
        self._facts = facts

    def compose(self) -> ComposeResult:
        """A row a fact."""
        for word, value in self._facts:
            with Horizontal():
                yield Label(Content(word), classes="facts--word", markup=False)
                yield Static(Content(value), classes="facts--value", markup=False)
