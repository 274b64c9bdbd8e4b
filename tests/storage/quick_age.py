"""An age file under a passphrase, made as the age specification says, with little of scrypt's work to save time.

What opens it is the product's own code, which reads any work factor.
"""

import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LOG_N = 4
"""Where age itself has 18 and more."""


_LABEL = b"age-encryption.org/v1/scrypt"


def seal(passphrase: str, content: bytes, *, log_n: int = LOG_N) -> bytes:
    """One binary age file of less than 64 KiB (https://age-encryption.org/v1)."""
    file_key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
    wrap_key = hashlib.scrypt(
        passphrase.encode(), salt=_LABEL + salt, n=2**log_n, r=8, p=1, dklen=32, maxmem=2 << (10 + log_n)
    )
    body = ChaCha20Poly1305(wrap_key).encrypt(bytes(12), file_key, None)
    header = f"age-encryption.org/v1\n-> scrypt {_unpadded(salt)} {log_n}\n{_unpadded(body)}\n---"
    mac = hmac.digest(_derived(file_key, b"", b"header"), header.encode(), "sha256")
    payload = ChaCha20Poly1305(_derived(file_key, nonce, b"payload")).encrypt(bytes(11) + b"\x01", content, None)
    return f"{header} {_unpadded(mac)}\n".encode() + nonce + payload


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _unpadded(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")
