"""`Secret`: the only form in which a password, a key or a token travels through the program."""

from typing import NoReturn

MASK = "•••"


class Secret:
    """A text that only `reveal` gives away.

    It prints as ``•••`` in ``repr``, ``str``, f-strings, logs and tracebacks with locals, and can be neither pickled
    nor copied. Python cannot promise to wipe memory; the promise is a short life and no copies.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself. Call it only where the text leaves the program, and do not keep what it returns."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        from hmac import compare_digest  # with the hashes of OpenSSL, which help and completion do not need

        ours, theirs = (each.reveal().encode("utf-8", "surrogatepass") for each in (self, other))
        return compare_digest(ours, theirs)

    __hash__ = None  # type: ignore[assignment]  # a hash of a secret is a trace of it

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled or copied")
