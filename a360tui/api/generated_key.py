"""Find the generated key in an answer, or in what is left of one that broke off."""

import json
import re
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from a360tui.api.call_map import GenerateCall
from a360tui.api.content import GZIP_OR_ZLIB
from a360tui.api.fields import moment
from a360tui.api.json_pointer import at_pointer, last_name
from a360tui.api.limits import Limits
from a360tui.api.models import GeneratedKey
from a360tui.api.wire_json import Misfit, decode_raw
from a360tui.secret import Secret

_COMPRESSED = (b"\x1f\x8b", b"x")
"""What gzip and zlib begin with, and no JSON."""
_STRING = r'\s*:\s*("(?:[^"\\]|\\.)*")'


def key_in(answer: Any, call: GenerateCall) -> GeneratedKey | None:
    """The key in the JSON of a whole answer; ``None`` where it is not where the call map says."""
    return _key(lambda pointer: at_pointer(answer, pointer), call)


def salvaged_key(body: bytes, call: GenerateCall) -> GeneratedKey | None:
    """The key in the bytes of an answer, whole or cut off; ``None`` where no complete key is there.

    Where the bytes are not whole JSON, it is the text under the last name of the call map's pointer. Whether that key
    works is for the Control Room to say.
    """
    unpacked = _unpacked(body)
    return _key(lambda pointer: _text_at(unpacked, pointer), call)


def _key(at: Callable[[str], Any], call: GenerateCall) -> GeneratedKey | None:
    """The key, with the times that came with it; ``at`` gives what stands at a pointer."""
    key = at(call.key)
    if not isinstance(key, str) or not key:
        return None
    created_on, expiration_time = (
        None if pointer is None else _moment_or_none(at(pointer)) for pointer in (call.created_on, call.expiration_time)
    )
    return GeneratedKey(Secret(key), created_on, expiration_time)


def _moment_or_none(value: Any) -> datetime | None:
    """A time that came with a key.

    ``None`` where it is missing or cannot be read, so that the key is not lost over it.
    """
    try:
        return moment(value)
    except ValueError:
        return None


def _text_at(body: bytes, pointer: str) -> str | None:
    limits = Limits()
    try:
        value = at_pointer(decode_raw(body[: limits.answer_bytes], limits.depth), pointer)
    except Misfit:
        value = _text_named(last_name(pointer), body)
    return value if isinstance(value, str) else None


def _text_named(name: str, body: bytes) -> str | None:
    """The only complete string under this name, wherever it stands."""
    text = body.decode("utf-8", "replace")
    found = {each.group(1) for each in re.finditer(re.escape(json.dumps(name)) + _STRING, text)}
    if len(found) != 1:
        return None
    try:
        value: str = json.loads(found.pop(), strict=False)
    except ValueError:
        return None
    return value


def _unpacked(body: bytes) -> bytes:
    """The body, decompressed if a proxy has compressed it."""
    if not body.startswith(_COMPRESSED):
        return body
    try:
        return zlib.decompressobj(wbits=GZIP_OR_ZLIB).decompress(body, Limits().answer_bytes)
    except zlib.error:
        return body
