"""Looking for a secret in what was written, in every form in which it might have got there."""

import base64
import json
import urllib.parse
from collections.abc import Iterable


def forms(secret: str) -> set[bytes]:
    """The secret as it is, reversed, escaped for JSON, Python and URLs, in base64 at each of three offsets, in hex."""
    raw = secret.encode()
    found = {raw, raw[::-1], raw.hex().encode(), repr(secret)[1:-1].encode()}
    found |= {json.dumps(secret, ensure_ascii=ascii_only)[1:-1].encode() for ascii_only in (True, False)}
    found |= {urllib.parse.quote(secret).encode(), urllib.parse.quote_plus(secret, safe="").encode()}
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + raw)
        inner = encoded[4 if offset else 0 : -4]
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return {form for form in found if len(form) >= 6}


def leaks(secret: str, contents: Iterable[bytes]) -> list[bytes]:
    """The forms that occur anywhere."""
    return [form for form in forms(secret) for content in contents if form in content]
