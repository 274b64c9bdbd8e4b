"""Tell a recording's constants, which may be kept, from secrets and one user's values, which may not."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

from a360tui.api.json_pointer import at_pointer, last_name, leaves

if TYPE_CHECKING:
    from a360tui.workflow.capture.har import Recorded

_SECRET_NAME = re.compile(
    r"(pass(word|phrase|wd|code)?|secret|token|(api|access|auth|private)[_-]?key|auth|authorization|cookie|csrf|xsrf"
    r"|session|session[_-]?id|credential|signature|nonce|otp|pin)([_-]?(value|text))?$",
    re.IGNORECASE,
)
"""Names whose value is a secret whatever it looks like."""
_DOUBTFUL_NAME = re.compile(r"pass|secret|token|key|auth|cookie|session|credential", re.IGNORECASE)
"""Names whose value is a secret unless it is a plain word, such as that of ``tokenType``."""
_ID_CLAIMS = ("sub", "id", "userId", "user_id")
_NAME_CLAIMS = ("username", "preferred_username", "userName")
_SHORTEST_SECRET = 4
_SHORTEST_FOUND = 8
"""Characters; only a secret of at least this length is looked for inside other texts."""
_WORD = r"(?:[A-Za-z]{1,20}[0-9]{0,3}|[0-9]{1,4})"
_PLAIN_WORDS = re.compile(rf"{_WORD}(?:[_.:/+*;=,-]{_WORD}){{0,7}}")
"""Words and short numbers without blanks; a text with blanks is what a person has written."""
_BETWEEN_WORDS = re.compile(r"[^A-Za-z0-9]+")
_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*")


def is_identifier(text: str) -> bool:
    """Whether it looks like an id: a number or a UUID."""
    return (text.isascii() and text.isdecimal()) or _UUID.fullmatch(text) is not None


def is_token(text: str) -> bool:
    """Whether it is a JSON Web Token."""
    return _JWT.fullmatch(text) is not None


class PrivateValues:
    """What a recording reveals about its user and its secrets; sees every exchange before anything is kept."""

    def __init__(self) -> None:
        self.user_ids: set[str] = set()
        self.usernames: set[str] = set()
        self._secrets: set[str] = set()

    def hear(self, recorded: Recorded) -> None:
        """Note what an exchange holds that must not be kept."""
        for name, value in recorded.headers:
            if _is_secret(name, value):
                self._hear_header(value)
        for body in (recorded.sent, recorded.answer):
            for place, value in leaves(body):
                if isinstance(value, str) and _is_secret(last_name(place), value):
                    self.add_secret(value)
        user = recorded.answer.get("user") if isinstance(recorded.answer, dict) else None
        if isinstance(user, dict) and "token" in recorded.answer:
            self._hear_user(user, ("id",), ("username",))

    def add_secret(self, text: str) -> None:
        """Treat a text as a secret, whatever its name."""
        if len(text) >= _SHORTEST_SECRET:
            self._secrets.add(text)

    def add_secret_at(self, answer: Any, place: str) -> None:
        """Treat the text at a place as a secret."""
        text = at_pointer(answer, place)
        if isinstance(text, str):
            self.add_secret(text)

    def holds_secret(self, text: str) -> bool:
        """Whether a text is or contains a secret of the recording.

        Short secrets are not looked for, as common words may match.
        """
        return text in self._secrets or any(
            len(secret) >= _SHORTEST_FOUND and secret in text for secret in self._secrets
        )

    def placeholder(self, text: str) -> str | None:
        """The placeholder for a text that is the user's id or name; ``None`` for other texts."""
        if text in self.user_ids:
            return "{userId}"
        return "{username}" if text in self.usernames else None

    def is_constant(self, name: str, text: str) -> bool:
        """Whether a text may be kept as it is: a plain word or a short number that is no secret and nobody's name."""
        return (
            _PLAIN_WORDS.fullmatch(text) is not None
            and not _is_secret(name, text)
            and not self.holds_secret(text)
            and not self.usernames.intersection(_BETWEEN_WORDS.split(text))
        )

    def _hear_header(self, value: str) -> None:
        self.add_secret(value)
        for part in value.split(";"):
            self.add_secret(part.partition("=")[2].strip())
        match = _JWT.search(value)
        if match is None:
            return
        self.add_secret(match[0])
        try:
            claims = json.loads(base64.urlsafe_b64decode(match[1] + "=="))
        except (ValueError, RecursionError):
            return
        if isinstance(claims, dict):
            self._hear_user(claims, _ID_CLAIMS, _NAME_CLAIMS)

    def _hear_user(self, known: dict[str, Any], ids: tuple[str, ...], names: tuple[str, ...]) -> None:
        for kept, wanted in ((self.user_ids, ids), (self.usernames, names)):
            for name in wanted:
                value = known.get(name)
                if isinstance(value, str | int) and not isinstance(value, bool) and str(value):
                    kept.add(str(value))


def _is_secret(name: str, text: str) -> bool:
    if _SECRET_NAME.search(name):
        return True
    return _DOUBTFUL_NAME.search(name) is not None and _PLAIN_WORDS.fullmatch(text) is None
