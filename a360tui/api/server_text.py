"""Text that a Control Room sent: harmless to show, and still able to go back as it was.

Whatever is decoded is made harmless there, once (`a360tui.text.harmless`). Where that changes a text, the outcome is a
`ServerText`, which remembers the original; a role that is written back gives the Control Room its own text again, and
nothing that shows text has to know.
"""

from typing import Self

from a360tui.text import harmless, shortened

LONGEST_MESSAGE = 500
"""Characters of a server's message that are worth showing."""


class ServerText(str):
    """A harmless text that differs from what the server sent."""

    __slots__ = ("_original",)

    _original: str

    def __new__(cls, original: str) -> Self:
        """Make ``original`` harmless, and keep it."""
        text = super().__new__(cls, harmless(original))
        text._original = original
        return text

    @property
    def original(self) -> str:
        """What the server sent: for the way back, never for a screen."""
        return self._original

    def __reduce__(self) -> tuple[type["ServerText"], tuple[str]]:
        return (ServerText, (self._original,))


def shown(text: str) -> str:
    """The text, harmless; a `ServerText` where that makes a difference."""
    return text if harmless(text) == text else ServerText(text)


def as_sent(text: str) -> str:
    """The text as the server sent it, or as it was typed here: what goes back over the wire."""
    return text.original if isinstance(text, ServerText) else text


def one_line(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """A server's message for a sentence: harmless, blanks and line ends as single spaces, not too long."""
    return shortened(harmless(" ".join(as_sent(text)[: 4 * longest].split())), longest)
