"""Find the recorded exchanges that may have made a key, and where their answers hold it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from a360tui.api.fields import is_moment
from a360tui.api.json_pointer import last_name, leaves
from a360tui.workflow.capture.private_values import is_identifier, is_token

if TYPE_CHECKING:
    from a360tui.workflow.capture.har import Recorded

_SHORTEST, _LONGEST = 16, 512
"""Characters of a key; 24, 30 and 40 have been seen (``control-room-api.md`` §6)."""
_KEY_TEXT = re.compile(r"[!-~]+")
_TELLING = re.compile(r"key|secret|token|credential", re.IGNORECASE)
_NAMED_ID = re.compile(r"id$|uuid|guid|hash|etag|url|uri|link|href", re.IGNORECASE)
_CREATED = re.compile(r"creat|issued|made|start|from", re.IGNORECASE)
_ENDS = re.compile(r"expir|end|until|valid", re.IGNORECASE)
_SIGN_IN = re.compile(r"/authentication\b")


@dataclass(frozen=True)
class KeyCandidate:
    """An exchange whose answer holds a text that may be a key."""

    recorded: Recorded = field(repr=False)
    place: str
    length: int
    """Characters of the text."""
    is_telling: bool
    """Whether a name suggests a key."""

    @property
    def created_on(self) -> str | None:
        """Where the answer says when the key was made."""
        return self._moment_named(_CREATED)

    @property
    def expiration_time(self) -> str | None:
        """Where the answer says when the key ends."""
        return self._moment_named(_ENDS)

    def _moment_named(self, names: re.Pattern[str]) -> str | None:
        found = [
            place
            for place, value in leaves(self.recorded.answer)
            if is_moment(value) and names.search(last_name(place))
        ]
        beside = self.place.rpartition("/")[0]
        near = [place for place in found if place.rpartition("/")[0] == beside]
        return next(iter(near or found), None)


def key_candidates(recorded: Recorded) -> list[KeyCandidate]:
    """Every text that may be a key in the answer to a writing call."""
    if recorded.method == "GET" or _SIGN_IN.search(recorded.path):
        return []
    return [
        KeyCandidate(
            recorded,
            place,
            len(value),
            _TELLING.search(place) is not None or _TELLING.search(recorded.path) is not None,
        )
        for place, value in leaves(recorded.answer)
        if isinstance(value, str) and _may_be_key(last_name(place), value)
    ]


def _may_be_key(name: str, text: str) -> bool:
    if not _SHORTEST <= len(text) <= _LONGEST or _KEY_TEXT.fullmatch(text) is None or _NAMED_ID.search(name):
        return False
    if is_identifier(text) or is_token(text) or is_moment(text) or "://" in text:
        return False
    kinds = (str.islower, str.isupper, str.isdigit, lambda each: not each.isalnum())
    return sum(any(map(kind, text)) for kind in kinds) > 1
