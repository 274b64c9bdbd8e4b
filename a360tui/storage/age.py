"""age encryption by ``pyrage``: an `Identity` opens what its `Recipient` sealed.

``pyrage`` is imported when the first of them is made.
"""

from typing import TYPE_CHECKING, NoReturn

from a360tui.secret import Secret
from a360tui.storage.errors import Damaged, NotOurs

if TYPE_CHECKING:
    from pyrage import x25519  # type: ignore[import-untyped]  # pyrage has no types


def require_age_file(sealed: bytes, what: object) -> None:
    """Raise `Damaged` where it does not even begin as an age message does; ``what`` names it in an error."""
    if not sealed:
        raise Damaged(what, "is empty, and should not be")
    if not sealed.startswith(b"age-encryption.org/"):
        raise Damaged(what, "is not an age file")


class Recipient:
    """The public half: seals bytes that only its identity opens. Its text (``age1…``) is no secret."""

    def __init__(self, text: str) -> None:
        """From its text; raises ValueError where that is no recipient."""
        from pyrage import RecipientError, x25519

        try:
            self._recipient: x25519.Recipient = x25519.Recipient.from_str(text)
        except RecipientError:
            raise ValueError("not an age recipient") from None
        self.text = text

    def seal(self, content: bytes) -> bytes:
        """One binary age message."""
        import pyrage

        sealed: bytes = pyrage.encrypt(content, [self._recipient])
        return sealed


class Identity:
    """The private half, as an object that does not print, copy or pickle."""

    def __init__(self, identity: "x25519.Identity") -> None:
        self._identity = identity

    @classmethod
    def generate(cls) -> "Identity":
        """A new one."""
        from pyrage import x25519

        return cls(x25519.Identity.generate())

    @classmethod
    def from_text(cls, text: Secret) -> "Identity":
        """From what `text` gave; raises ValueError where that is no identity."""
        from pyrage import IdentityError, x25519

        try:
            return cls(x25519.Identity.from_str(text.reveal().strip()))
        except IdentityError:
            pass
        raise ValueError("not an age identity")

    @property
    def text(self) -> Secret:
        """One line (``AGE-SECRET-KEY-1…``): the content of an identity file for ``age -d -i``."""
        return Secret(str(self._identity))

    @property
    def recipient(self) -> Recipient:
        """The public half of it."""
        return Recipient(str(self._identity.to_public()))

    def unseal(self, sealed: bytes, what: object) -> bytes:
        """The content of an age message; ``what`` names it in an error.

        Raises `NotOurs` where it does not open, `Damaged` where it is no age message.
        """
        import pyrage

        require_age_file(sealed, what)
        try:
            content: bytes = pyrage.decrypt(sealed, [self._identity])
        except pyrage.DecryptError as error:
            raise NotOurs(what, f"does not open ({error}): it is damaged, or sealed for another identity") from None
        return content

    def __repr__(self) -> str:
        return "Identity(•••)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an Identity is not pickled or copied")
