"""The key in the bytes of an answer, whole or cut off: what is left where the connection or the process broke."""

import json
import re
import zlib
from datetime import datetime

from a360tui.api.call_map import GenerateCall
from a360tui.api.fields import moment
from a360tui.api.json_pointer import at_pointer, last_name
from a360tui.api.limits import Limits
from a360tui.api.models import GeneratedKey
from a360tui.api.wire_json import Misfit, decode_raw
from a360tui.secret import Secret

_GZIP = b"\x1f\x8b"
_STRING = r'\s*:\s*("(?:[^"\\]|\\.)*")'


def salvaged_key(body: bytes, call: GenerateCall) -> GeneratedKey | None:
    """The key that an answer to ``call`` holds; ``None`` where none is there to its last character.

    Of an answer that is no whole JSON, it is the text under the name with which the call map's pointer ends. Whether it
    is a key that works is for the Control Room to say.
    """
    body = _unpacked(body)
    key = _text_at(body, call.key)
    if not key:
        return None
    times: list[datetime | None] = []
    for pointer in (call.created_on, call.expiration_time):
        try:
            times.append(None if pointer is None else moment(_text_at(body, pointer)))
        except ValueError:
            times.append(None)
    return GeneratedKey(Secret(key), *times)


def _text_at(body: bytes, pointer: str) -> str | None:
    limits = Limits()
    try:
        value = at_pointer(decode_raw(body[: limits.answer_bytes], limits.depth), pointer)
    except Misfit:
        value = _text_named(last_name(pointer), body)
    return value if isinstance(value, str) else None


def _text_named(name: str, body: bytes) -> str | None:
    """The one whole string under a name, wherever it stands."""
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
    """The body without a compression that nobody asked for."""
    if not body.startswith(_GZIP):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, Limits().answer_bytes)
    except zlib.error:
        return body
