"""Fingerprints: how a stored rotation remembers which key a place held, without holding a key.

A fingerprint is an HMAC-SHA256 under a random pepper. Without the pepper a fingerprint cannot even be used to test a
guess; the caller stores the pepper apart from it, with the secrets.
"""

import hashlib
import hmac
import secrets

import msgspec

from a360tui.secret import Secret

_SHORTEST_PEPPER = 16


class Fingerprint(msgspec.Struct, frozen=True):
    """What is stored instead of a key; it can be compared, but not reversed."""

    digest: bytes
    """HMAC-SHA256 of the key's UTF-8 form: 32 bytes."""

    def __repr__(self) -> str:
        return f"Fingerprint({self.digest[:4].hex()}…)"


class Fingerprints:
    """Makes fingerprints under one pepper; those of different peppers never match."""

    __slots__ = ("_pepper",)

    def __init__(self, pepper: Secret) -> None:
        if len(pepper.reveal()) < _SHORTEST_PEPPER:
            raise ValueError("a pepper has at least 16 characters")
        self._pepper = pepper

    @staticmethod
    def new_pepper() -> Secret:
        """A new random pepper, to be stored with the secrets."""
        return Secret(secrets.token_hex(32))

    def of(self, key: Secret) -> Fingerprint:
        """The fingerprint of a key."""
        return Fingerprint(
            hmac.digest(self._pepper.reveal().encode(), key.reveal().encode("utf-8", "surrogatepass"), hashlib.sha256)
        )

    def match(self, key: Secret | None, fingerprint: Fingerprint | None) -> bool:
        """Whether ``fingerprint`` is that of ``key``; no key matches no fingerprint."""
        if key is None or fingerprint is None:
            return key is None and fingerprint is None
        return hmac.compare_digest(self.of(key).digest, fingerprint.digest)
