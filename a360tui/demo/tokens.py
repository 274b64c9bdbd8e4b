"""The tokens of the embedded Control Room: JSON Web Tokens (RFC 7519), signed with HMAC and SHA-512.

Implemented here, since a library would load nine megabytes of cryptography that one HMAC does not need.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

_HEADER = {"alg": "HS512", "typ": "JWT"}
"""The Control Room signs with RS512; to a client a token is opaque."""


def signed(claims: Mapping[str, object], key: bytes) -> str:
    """A token with these claims."""
    body = ".".join(_encoded(json.dumps(part, separators=(",", ":")).encode()) for part in (_HEADER, claims))
    return f"{body}.{_encoded(_signature(body, key))}"


def claims_of(token: str, key: bytes) -> dict[str, Any] | None:
    """The claims of a token that was signed with this key; ``None`` for any other."""
    body, _, signature = token.rpartition(".")
    # Whatever the header asks for, only our own way of signing counts.
    expected = _encoded(_signature(body, key))
    if not hmac.compare_digest(signature.encode(errors="replace"), expected.encode()):
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(f"{body.partition('.')[2]}=="))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def _signature(body: str, key: bytes) -> bytes:
    return hmac.new(key, body.encode(errors="replace"), hashlib.sha512).digest()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
