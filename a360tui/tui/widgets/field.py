"""A form field: a label, an input, and beneath it the sentence that says what is wrong or what is meant."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Label, Static

from a360tui.text import harmless


class FieldInput(Input):
    """A one-line input that draws little and takes pasted text as it was meant."""

    DEFAULT_CSS = """
    FieldInput, FieldInput:focus {
        height: 1;
        border: none;
        padding: 0 1;
        background: $surface;
        background-tint: transparent;
    }
    FieldInput:focus { background: $panel; }
    FieldInput.-invalid, FieldInput.-invalid:focus { border: none; }
    FieldInput:nocolor { text-style: underline; }
    """

    def __init__(
        self, value: str = "", *, placeholder: str = "", password: bool = False, id: str | None = None
    ) -> None:
        super().__init__(value, placeholder=placeholder, password=password, select_on_focus=False, id=id)
        # A blinking cursor sends about 2 kB a second over the line, for ever.
        self.cursor_blink = False

    def _on_paste(self, event: events.Paste) -> None:
        """Insert what was pasted as one line, without blanks around it and without what cannot be seen.

        Textual keeps the first line only, so that a leading line break would paste nothing.
        """
        event.prevent_default()
        event.stop()
        text = " ".join(event.text.split("\n")).strip().replace("\r", "").replace("\t", " ")
        shown = harmless(text)
        if shown != text:
            text = "".join(character for character in text if harmless(character) == character)
            self.app.notify("Characters that cannot be seen were left out of what was pasted.", markup=False)
        if text:
            self.insert_text_at_cursor(text)


class SecretInput(FieldInput):
    """An input for a password or a key: never shown, never copied, emptied when it has been read."""

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, password=True, id=id)

    def action_copy(self) -> None:
        """Refuse: Textual would send the text in clear to the clipboard."""
        self.app.notify("A password is not copied.", markup=False)

    def action_cut(self) -> None:
        """Refuse, as with copying."""
        self.action_copy()


class Field(Vertical):
    """A labelled input with its sentence: dim while it explains, in the warning colour when something is wrong."""

    DEFAULT_CSS = """
    Field { height: auto; layout: grid; grid-size: 2; grid-columns: 13 1fr; grid-rows: auto; }
    Field > .field--label { color: $text-muted; }
    Field > .field--gap { height: auto; display: none; }
    Field > .field--note { height: auto; color: $text-muted; padding: 0 1; display: none; }
    Field.-noted > .field--note, Field.-noted > .field--gap { display: block; }
    Field.-wrong > .field--note { color: $warning; }
    """

    def __init__(self, label: str, field_input: FieldInput, *, name: str, note: str = "") -> None:
        super().__init__(name=name, id=f"field-{name}")
        self._label = label
        self.input = field_input
        self._explanation = note

    def compose(self) -> ComposeResult:
        """Lay out label, input and sentence."""
        yield Label(Content(self._label), classes="field--label", markup=False)
        yield self.input
        yield Static("", classes="field--gap", markup=False)
        yield Static("", classes="field--note", markup=False)

    def on_mount(self) -> None:
        """Show the explanation, if there is one."""
        self.explain()

    @property
    def value(self) -> str:
        """What is typed."""
        return self.input.value

    def explain(self, explanation: str | None = None) -> None:
        """Take an error away and show the explanation again, or another one from now on."""
        if explanation is not None:
            self._explanation = explanation
        self._show(self._explanation, wrong=False)

    def rename(self, label: str) -> None:
        """Change the label."""
        self.query_one(".field--label", Label).update(Content(label))

    def empty(self) -> None:
        """Take out what is typed, unheard: nobody typed, so a sentence that stands here stays."""
        with self.input.prevent(Input.Changed):
            self.input.value = ""

    def warn(self, sentence: str) -> None:
        """Show what is wrong while somebody types elsewhere, or here."""
        self._show(sentence, wrong=True)

    def complain(self, sentence: str) -> None:
        """Show what is wrong, and put the cursor there."""
        self._show(sentence, wrong=True)
        self.input.focus()

    @property
    def complaint(self) -> str:
        """The sentence that says what is wrong; empty where nothing is."""
        return str(self.query_one(".field--note", Static).content) if self.has_class("-wrong") else ""

    def _show(self, sentence: str, *, wrong: bool) -> None:
        self.query_one(".field--note", Static).update(Content(sentence))
        self.set_class(bool(sentence), "-noted")
        self.set_class(wrong, "-wrong")
