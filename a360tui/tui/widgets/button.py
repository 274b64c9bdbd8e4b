"""A button of one line."""

from textual.widgets import Button as TextualButton


class Button(TextualButton, inherit_css=False):
    """Textual's button in our looks; the accent shows where Enter goes.

    Its styles are all here: Textual's own, for five variants in two looks, are the most of any widget to read.
    """

    DEFAULT_CSS = """
    Button {
        width: auto;
        height: 1;
        min-width: 8;
        padding: 0 1;
        margin-left: 2;
        line-pad: 1;
        text-align: center;
        content-align: center middle;
        background: $surface;
        color: $foreground;
        pointer: pointer;
    }
    Button:hover { background: $panel; }
    Button:focus { background: $accent; background-tint: $foreground 5%; color: $background; text-style: bold; }
    Button.-irreversible:focus { background: $warning; }
    Button.-not-now { color: $text-disabled; text-style: dim; }
    Button.-not-now:focus { background: $panel; color: $text-muted; text-style: dim; }
    Button:disabled { text-opacity: 0.6; pointer: not-allowed; }
    Button.-active { tint: $background 30%; }
    """
