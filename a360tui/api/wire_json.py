"""JSON as it is sent and received.

On encoding, secrets are revealed and server texts get their original form, in the one expression that makes the bytes.
On decoding, what no Control Room should send is refused with the field's name: NaN, a name twice in one object, nesting
beyond a cap, types that do not fit. A byte order mark is accepted.
"""

import json
import math
import re
from typing import Any, Never, TypeVar

import msgspec

from a360tui.api.fields import read_field
from a360tui.api.server_text import as_sent, shown
from a360tui.secret import Secret
from a360tui.text import harmless, is_harmless, shortened

T = TypeVar("T")

MOST_VALUES = 250_000
"""Values in one answer: 8 MiB of the smallest ones would take twenty times that in memory."""
MOST_CONTAINERS = 100_000
"""Objects and arrays among them, which take the most memory."""
MOST_NAMES = 2_000
"""Fields of one object."""
MOST_STRANGE = 1_000_000
"""Bytes other than plain ASCII and escapes, together: each such character is looked up and may be written as six."""


class Misfit(ValueError):
    """Bytes that do not hold what they should.

    Its traceback may hold the bytes, and they may hold a secret. So it is replaced by an error for people where it is
    caught, and goes no further, not even as a context.
    """

    def __init__(self, problem: str, field: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        """What is wrong, worded to follow the name of the field or *the answer*."""
        self.field = field


def encode(body: Any) -> bytes:
    """The bytes to send; pass them on at once, and keep them in no variable."""
    return json.dumps(_as_sent(body), separators=(",", ":")).encode("ascii")


def decode(body: bytes | bytearray, kind: type[T], depth: int) -> T:
    """The bytes decoded into a type, with harmless texts; ``null`` and ``""`` count as absent. Raises `Misfit`."""
    text = _text(body)
    decoder = _TIDY if _is_harmless(body) else _TIDY_AND_HARMLESS
    try:
        return msgspec.convert(_parsed(text, decoder, depth), kind, strict=False, dec_hook=read_field)
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from None


def decode_raw(body: bytes | bytearray, depth: int) -> Any:
    """The JSON as it came, to be sent back or to take a secret from. Raises `Misfit`."""
    return _parsed(_text(body), _RAW, depth)


def is_plain(body: bytes | bytearray, depth: int) -> bool:
    r"""Whether these bytes, if JSON, have no escapes, only harmless texts, and nesting and values within the caps.

    An escaped backslash, as in ``"domain\\user"``, is allowed.
    """
    try:
        _text(body)
    except Misfit:
        return False
    unescaped = body.replace(b"\\\\", b"") if b"\\" in body else body
    return b"\\" not in unescaped and _is_harmless(unescaped) and _is_flat(unescaped, depth)


def _as_sent(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, str):
        return as_sent(value)
    if isinstance(value, dict):
        return {name: _as_sent(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_as_sent(part) for part in value]
    return value


def _parsed(text: str, decoder: json.JSONDecoder, depth: int) -> Any:
    if not text:
        raise Misfit("is empty")
    try:
        value = decoder.decode(text)
    except Misfit:
        raise
    except RecursionError:
        raise Misfit("is nested too deep") from None
    except ValueError:
        raise Misfit("is not complete JSON") from None
    if _is_deeper(value, depth):
        raise Misfit("is nested too deep")
    return value


def _check_size(body: bytes | bytearray) -> None:
    """Raise `Misfit` for a body that would take too much memory or time to decode."""
    if len(body) < MOST_CONTAINERS:
        return  # each value takes a byte at least
    # All at once, which is quicker than to count each: only where they are many it matters which they are.
    marks = len(body) - len(body.translate(None, _MARKS))
    if marks > min(MOST_VALUES, MOST_CONTAINERS) and (
        body.count(b",") > MOST_VALUES or body.count(b"{") + body.count(b"[") > MOST_CONTAINERS
    ):
        raise Misfit("holds too many values")
    if len(body) <= MOST_STRANGE:
        return
    if len(body.translate(None, _HARMLESS_BYTES)) + body.count(b"\\u") > MOST_STRANGE:
        raise Misfit("holds too much text that is not plain")


def _text(body: bytes | bytearray) -> str:
    _check_size(body)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Misfit("is not UTF-8") from None


def _is_deeper(value: Any, depth: int) -> bool:
    """Whether the value is nested beyond the cap; checked level by level, so that no depth can exhaust the stack."""
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(depth + 1):
        level = [
            part
            for node in level
            for part in (node.values() if type(node) is dict else node)
            if type(part) in _CONTAINERS
        ]
        if not level:
            return False
    return True


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MOST_NAMES:
        raise Misfit("holds too many values")
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Misfit("is there twice", shortened(harmless(twice), 60))
    return fields


def _tidy(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object without the values that count as absent."""
    return {name: value for name, value in _unique(pairs).items() if value is not None and value != ""}


def _tidy_and_harmless(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = _tidy(pairs)
    for name, value in fields.items():
        if isinstance(value, str):
            fields[name] = shown(value)
        elif isinstance(value, list):
            fields[name] = [shown(part) if isinstance(part, str) else part for part in value]
    return fields


def _is_harmless(body: bytes | bytearray) -> bool:
    """Whether every string in this JSON is harmless already, as in most answers."""
    if b"\\" in body and _ESCAPE.search(body) is not None:
        return False
    rest = body.translate(None, _HARMLESS_BYTES).decode("utf-8", "replace")
    return is_harmless(rest)


def _is_flat(body: bytes | bytearray, depth: int) -> bool:
    """Whether the nesting stays within the cap, for bytes without escapes.

    A bracket inside a string counts as nesting.
    """
    brackets = body.translate(_ONE_KIND, _ALL_BUT_BRACKETS).replace(b'""', b"")
    for _ in range(depth + 1):
        if not brackets:
            return True
        brackets = brackets.replace(b"{}", b"")
    return not brackets


def _no_constant(_name: str) -> Never:
    raise Misfit("holds a number that JSON does not have")


def _finite(text: str) -> float:
    """The number; ``1e999`` would go back as ``Infinity``, which is no JSON."""
    number = float(text)
    if math.isinf(number):
        raise Misfit("holds a number that is too large")
    return number


_TIDY = json.JSONDecoder(object_pairs_hook=_tidy, parse_constant=_no_constant, parse_float=_finite)
_TIDY_AND_HARMLESS = json.JSONDecoder(
    object_pairs_hook=_tidy_and_harmless, parse_constant=_no_constant, parse_float=_finite
)
_RAW = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)

_CONTAINERS = frozenset({dict, list})
_ESCAPE = re.compile(rb"\\[bfnrtu]")
_MARKS = b",{["
"""What begins a value or a container, but for the first."""

_HARMLESS_BYTES = bytes(range(0x20, 0x7F)) + b"\t\n\r"
"""Printable ASCII, and the white space between tokens, which cannot occur in a string."""
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b'[]{}"'))
_ONE_KIND = bytes.maketrans(b"[]", b"{}")

_PLACE = re.compile(r"(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `([^`]*)`")
_TYPES = re.compile(r"Expected `([^`]*)`, got `([^`]*)`")
_OUR_PROBLEMS = frozenset({"is not an id", "is not an ISO 8601 time", "is not text"})
"""The messages of `a360tui.api.fields`; none of them quotes the value."""


def _explained(message: str) -> Misfit:
    """What is wrong, in our own words: msgspec's message may quote a value, and the value may be a secret."""
    match = _PLACE.fullmatch(message)
    what, path = (match["what"], match["path"] or "") if match else ("", "")
    path = path.removeprefix("$").removeprefix(".")
    if missing := _MISSING.fullmatch(what):
        return Misfit("is missing", ".".join(filter(None, (path, missing.group(1)))))
    if types := _TYPES.fullmatch(what):
        return Misfit(f"should be {types.group(1)} and is {types.group(2)}", path)
    return Misfit(what if what in _OUR_PROBLEMS else "does not fit", path)
