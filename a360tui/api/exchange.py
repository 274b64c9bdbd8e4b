"""One request and its answer, as they may be shown: without secrets.

A secret is left out wherever a field is named like one, and wherever its text is known. In the answer to the call that
makes a key every text but a time is left out, since a captured call may have any name for the key. What is left out is
shown as ``•••``, and in a curl command as a shell variable.
"""

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from a360tui.api.fields import is_moment
from a360tui.api.server_text import as_sent
from a360tui.secret import MASK, Secret
from a360tui.text import harmless, harmless_json, shortened

LONGEST_ANSWER = 64 * 1024
"""Characters of an answer that are kept."""
_LONGEST_PARSED = 256 * 1024
_DEEPEST = 64
_SHORTEST_FOUND = 8
"""Characters; a shorter secret is not looked for elsewhere, where it may be an ordinary word."""
_MOST_FOUND = 20
"""Secrets in one answer that are looked for elsewhere in it; where there are more, the answer is not shown."""

_SECRET_NAME = re.compile("(password|passphrase|secret|token|api[_-]?key|authorization|cookie)(value)?$", re.IGNORECASE)
_ENDS_OF_SECRET_NAMES = tuple(
    f'{word}"'
    for word in [
        "password",
        "passphrase",
        "secret",
        "token",
        "apikey",
        "api_key",
        "api-key",
        "authorization",
        "cookie",
        "value",
    ]
)
_VARIABLES = (("password", "PASSWORD"), ("key", "API_KEY"), ("token", "TOKEN"))
_VARIABLE = re.compile(r'"\\u0000([A-Z_]+)\\u0000"')


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was sent and what came back, without secrets."""

    method: str
    path: str
    status: int | None
    """``None`` where no answer came."""
    milliseconds: float
    request_body: str
    """JSON over several lines, without secrets; empty where there is none."""
    response_body: str
    """The same for the answer, cut off where it is very long."""
    error: str | None
    """What went wrong, in words for people."""
    started: datetime
    origin: str = ""
    """``https://host[:port]``."""
    authorized: bool = True
    """Whether the token was sent."""
    headers: tuple[tuple[str, str], ...] = ()
    """Headers that the call map adds; none of them is secret."""
    curl_options: tuple[str, ...] = ()
    """What curl needs to reach this Control Room: a socket, a CA file."""

    def as_curl(self) -> str:
        """A command that sends the same; ``$TOKEN``, ``$PASSWORD`` and ``$API_KEY`` stand for the secrets."""
        words = ["curl", *map(shlex.quote, self.curl_options)]
        if self.method != ("POST" if self.request_body else "GET"):
            words += ["-X", shlex.quote(self.method)]
        words.append(shlex.quote(self.origin + self.path))
        lines = [" ".join(words)]
        if self.authorized:
            lines.append('-H "X-Authorization: $TOKEN"')
        lines += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in self.headers]
        if self.request_body:
            lines += ["-H 'Content-Type: application/json'", f"--data-raw {_shell_json(self.request_body)}"]
        return " \\\n  ".join(lines)


def shown_request(body: Any) -> str:
    """A request's body for an `Exchange`."""
    return "" if body is None else _pretty(_redacted(body, ()))


def shown_answer(body: bytes | bytearray, known: Sequence[Secret], *, private: bool, is_json: bool) -> str:
    """An answer's body for an `Exchange`; of a ``private`` one, each text but a time is left out."""
    if not body:
        return ""
    unread = f"({len(body)} bytes, not shown)"
    if len(body) > _LONGEST_PARSED:
        return unread
    try:
        text = body.decode("utf-8-sig")
        if private or _may_hold_secret(text, known):
            value = json.loads(text)
            found = [*islice(_found(value), _MOST_FOUND + 1)]
            if len(found) > _MOST_FOUND:
                return unread
            text = _pretty(_redacted(value, [*known, *found], private=private))
        else:
            text = harmless_json(msgspec.json.format(text, indent=2))
    except (ValueError, RecursionError):
        if is_json or private:
            return unread
        text = "\n".join(harmless(line) for line in _without(body.decode("utf-8", "replace"), known).splitlines())
    return shortened(text, LONGEST_ANSWER)


def secrets_in(body: Any) -> Iterable[Secret]:
    """The secrets that a request's body holds."""
    if isinstance(body, Secret):
        yield body
    elif isinstance(body, dict):
        for part in body.values():
            yield from secrets_in(part)


def _may_hold_secret(text: str, known: Sequence[Secret]) -> bool:
    """A quick test of JSON: most answers are lists without a secret, and it takes long to go through each value."""
    lowered = text.lower()
    return (
        "\\u" in text  # may hide a name or a text
        or "\\/" in text  # may hide a text
        or any(end in lowered for end in _ENDS_OF_SECRET_NAMES)
        or any(json.dumps(secret.reveal(), ensure_ascii=False)[1:-1] in text for secret in known)
    )


def _redacted(
    value: Any, known: Sequence[Secret], *, private: bool = False, name: str = "", named: bool = False, depth: int = 0
) -> Any:
    """The value without secrets; ``named`` says that it stands under a secret's name."""
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {
            _without(key, known): _redacted(
                part,
                known,
                private=private,
                name=key,
                named=named or _SECRET_NAME.search(key) is not None,
                depth=depth + 1,
            )
            for key, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [_redacted(part, known, private=private, name=name, named=named, depth=depth + 1) for part in value]
    if isinstance(value, Secret):
        return MASK
    if isinstance(value, str):
        hidden = value and (named or (private and not (name.endswith(("On", "Time")) and is_moment(value))))
        return MASK if hidden else _without(as_sent(value), known)
    return value


def _found(value: Any, *, named: bool = False, depth: int = 0) -> Iterator[Secret]:
    """The texts that stand under a secret's name; they are left out elsewhere too."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _found(part, named=named or _SECRET_NAME.search(key) is not None, depth=depth + 1)
    elif isinstance(value, list):
        for part in value:
            yield from _found(part, named=named, depth=depth + 1)
    elif named and isinstance(value, str) and len(value) >= _SHORTEST_FOUND:
        yield Secret(value)


def _without(text: str, known: Sequence[Secret]) -> str:
    for secret in known:
        if secret and secret.reveal() in text:
            text = text.replace(secret.reveal(), MASK)
    return text


def _pretty(value: Any) -> str:
    """JSON over several lines."""
    return harmless_json(json.dumps(value, indent=2, ensure_ascii=False))


def _shell_json(body: str) -> str:
    """The body as one word of a shell command: in ASCII, with a variable between two quoted parts for each secret."""
    text = json.dumps(_with_variables(json.loads(body)), separators=(",", ":"))
    parts = _VARIABLE.split(text)
    words = []
    for index, part in enumerate(parts):
        if index % 2:
            words.append(f'"${part}"')
        else:
            before, after = '"' if index else "", '"' if index < len(parts) - 1 else ""
            words.append(shlex.quote(before + part + after))
    return "".join(words)


def _with_variables(value: Any, name: str = "") -> Any:
    """The value with the name of a variable, between two NULs, wherever a secret was left out."""
    if isinstance(value, dict):
        return {key: _with_variables(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_variables(part, name) for part in value]
    if value == MASK and _SECRET_NAME.search(name):
        return f"\0{next((word for part, word in _VARIABLES if part in name.lower()), 'SECRET')}\0"
    return value
