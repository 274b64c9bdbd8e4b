"""API keys and passwords: made here, and stored only as digests."""

import hashlib
import hmac
import secrets
import string

from a360tui.demo.release import Release

KEY_LENGTH = 40
MARK = "demo-"
"""The prefix of every key, by which people and leak scanners recognise one."""

_SALT = 16
_ROUNDS = 40_000  # passwords here live for one run: about 10 ms, and no memory to speak of


def new_key(release: Release) -> str:
    """A key of 40 printable ASCII characters (``control-room-api.md`` §6).

    With an old release it may have a backslash.
    """
    alphabet = string.ascii_letters + string.digits + string.punctuation
    if release is not Release.V11_3:
        alphabet = alphabet.replace("\\", "")
    return MARK + "".join(secrets.choice(alphabet) for _ in range(KEY_LENGTH - len(MARK)))


def key_digest(key: str) -> tuple[bytes, bytes]:
    """A new salt and the digest to store; a fast hash is enough for 35 random characters."""
    salt = secrets.token_bytes(_SALT)
    return salt, hashlib.sha256(salt + key.encode()).digest()


def is_key(key: str, salt: bytes, digest: bytes) -> bool:
    """Whether the digest is that of this key."""
    return hmac.compare_digest(hashlib.sha256(salt + key.encode()).digest(), digest)


def new_password() -> str:
    """A random password for a sign-in name."""
    return secrets.token_urlsafe(16)


def password_record(password: str) -> bytes:
    """The record of a password: salt, then PBKDF2."""
    salt = secrets.token_bytes(_SALT)
    return salt + _derived(password, salt)


def is_password(password: str, record: bytes) -> bool:
    """Whether the record is that of this password; an empty record matches none."""
    return bool(record) and hmac.compare_digest(_derived(password, record[:_SALT]), record[_SALT:])


def _derived(password: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
