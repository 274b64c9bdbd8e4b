"""Text that a Control Room sent: harmless to show, and still sent back as it was.

Every text is made harmless when it is decoded (`a360tui.text.harmless`). Where that changes it, the result is a
`ServerText`, which remembers the original. So a role that is written back has its own texts again, and code that shows
text does not have to care.
"""

from typing import Self

from a360tui.text import harmless, is_harmless, shortened

LONGEST_MESSAGE = 500
"""Characters of a server's message that are shown."""


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
        """What the server sent; to be sent back, never to be shown."""
        return self._original

    def __reduce__(self) -> tuple[type["ServerText"], tuple[str]]:
        return (ServerText, (self._original,))


def shown(text: str) -> str:
    """The text made harmless; a `ServerText` where that changes it."""
    return text if is_harmless(text) else ServerText(text)


def as_sent(text: str) -> str:
    """The text as the server sent it, or as it was typed here: the form to send."""
    return text.original if isinstance(text, ServerText) else text


def one_line(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """A server's message for use in a sentence: harmless, single spaces for any white space, not too long."""
    return shortened(harmless(" ".join(as_sent(text)[: 4 * longest].split())), longest)
