"""A form field: a label, an input, and beneath it the sentence that says what is wrong or what is meant."""

from math import inf
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from a360tui.text import is_harmless

_LABEL_WIDTH = 13


class FieldInput(Input, inherit_css=False):
    """A one-line input that draws little and takes pasted text as it was meant.

    Its styles are all here: of Textual's own, a start would read four times as many to overrule most.
    """

    DEFAULT_CSS = """
    FieldInput {
        width: 100%;
        height: 1;
        padding: 0 1;
        overflow: auto;
        scrollbar-size-horizontal: 0;
        background: $surface;
        color: $foreground;
        pointer: text;
        &:focus { background: $panel; }
        &:nocolor { text-style: underline; }
        & > .input--cursor {
            background: $input-cursor-background;
            color: $input-cursor-foreground;
            text-style: $input-cursor-text-style;
        }
        & > .input--selection { background: $input-selection-background; color: $input-selection-foreground; }
        & > .input--placeholder { color: $text-disabled; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"input--cursor", "input--selection", "input--placeholder"}

    def __init__(
        self, value: str = "", *, placeholder: str = "", password: bool = False, id: str | None = None
    ) -> None:
        super().__init__(value, placeholder=placeholder, password=password, select_on_focus=False, id=id)
        # A blinking cursor sends about 2 kB a second over the line, for ever.
        self.cursor_blink = False
        self.typed_at = -inf
        """When the last letter was typed, by the clock of Textual's events."""

    def on_key(self, event: events.Key) -> None:
        """Note when a letter is typed; Textual's own method inserts it."""
        if event.is_printable:
            self.typed_at = event.time

    def _on_paste(self, event: events.Paste) -> None:
        """Insert what was pasted as one line, without blanks around it and without what cannot be seen.

        Textual keeps the first line only, so that a leading line break would paste nothing.
        """
        event.prevent_default()
        event.stop()
        text = " ".join(event.text.split("\n")).strip().replace("\r", "").replace("\t", " ")
        if not is_harmless(text):
            text = "".join(character for character in text if is_harmless(character))
            self.app.notify("Invisible characters were left out of what you pasted.", markup=False)
        if text:
            self.replace(text, *self.selection)


class SecretInput(FieldInput):
    """An input for a password or a key: never shown, never copied, emptied when it has been read or is closed."""

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, password=True, id=id)

    def action_copy(self) -> None:
        """Refuse: Textual would send the text in clear to the clipboard."""
        self.app.notify("A password is not copied.", markup=False)

    def action_cut(self) -> None:
        """Refuse, as with copying."""
        self.action_copy()

    def on_unmount(self) -> None:
        """Keep nothing in a closed screen."""
        self.set_reactive(FieldInput.value, "")


class Field(Widget):
    """A labelled input with its sentence: dim while it explains, in the warning colour when something is wrong.

    The label and the sentence are drawn by itself, around the input: a form has many, and each widget costs its start.
    """

    DEFAULT_CSS = """
    Field {
        height: auto;
        layout: vertical;
        color: $text-muted;
        & > FieldInput { width: 1fr; margin-left: 13; }
        & > .field--wrong { color: $warning; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"field--wrong"}

    label: reactive[str] = reactive("")
    note: reactive[str] = reactive("", layout=True)
    """The sentence; empty for none."""
    is_wrong: reactive[bool] = reactive(False)
    """The sentence says what is wrong."""

    def __init__(self, label: str, field_input: FieldInput, *, name: str, note: str = "") -> None:
        super().__init__(field_input, name=name, id=f"field-{name}")
        self.input = field_input
        self._explanation = note
        self.set_reactive(Field.label, label)
        self.set_reactive(Field.note, note)

    def _note_lines(self, width: int) -> list[Content]:
        """The sentence as it fits beneath the input, with a blank at both sides, as the input has it."""
        return Content(self.note).wrap(max(1, width - _LABEL_WIDTH - 2)) if self.note else []

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's signature
        """The input's line, and those of the sentence."""
        return 1 + len(self._note_lines(width))

    def render(self) -> Content:
        """Draw the label before the input, and the sentence beneath it."""
        lines = [Content(self.label)]
        for line in self._note_lines(self.content_size.width):
            shown = line.stylize(self.get_visual_style("field--wrong")) if self.is_wrong else line
            lines.append(shown.pad_left(_LABEL_WIDTH + 1))
        return Content("\n").join(lines)

    @property
    def value(self) -> str:
        """What is typed."""
        return self.input.value

    def explain(self, explanation: str | None = None) -> None:
        """Take an error away and show the explanation again, or another one from now on."""
        if explanation is not None:
            self._explanation = explanation
        self._show(self._explanation, wrong=False)

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
        self.input.focus(scroll_visible=False)
        self.call_after_refresh(self.scroll_visible, animate=False)

    def on_resize(self) -> None:
        """Show all of what is wrong: how many lines it takes is known later."""
        if self.is_wrong and self.input.has_focus:
            self.scroll_visible(animate=False)

    @property
    def complaint(self) -> str:
        """The sentence that says what is wrong; empty where nothing is."""
        return self.note if self.is_wrong else ""

    def _show(self, sentence: str, *, wrong: bool) -> None:
        self.note = sentence
        self.is_wrong = wrong
