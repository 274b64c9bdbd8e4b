"""TLS: which certificates are trusted, and what a failed handshake means.

Trusted are the operating system's certificates, and those of a CA file where a Control Room has its own CA. Nothing
turns verification off, and ``SSLKEYLOGFILE`` is not honoured: it would write every session's secrets to a file.
"""

import ssl
from pathlib import Path
from typing import cast

from a360tui.api.errors import TLSFailed, TLSProblem
from a360tui.errors import InvalidInput
from a360tui.text import harmless

# OpenSSL's verification results (x509_vfy.h).
_PROBLEMS: dict[int, TLSProblem] = {
    9: "not yet valid",
    10: "expired",
    18: "unknown authority",
    19: "unknown authority",
    20: "unknown authority",
    21: "unknown authority",
    62: "wrong host",
    64: "wrong host",
}
_OLD_PROTOCOL = frozenset(
    {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "WRONG_SSL_VERSION", "WRONG_VERSION_NUMBER"}
)

_SENTENCES: dict[TLSProblem, tuple[str, str]] = {
    "expired": (
        "The certificate of {host} has expired.",
        "Its administrator must renew it; if it is new, this machine's clock may be wrong.",
    ),
    "not yet valid": ("The certificate of {host} is not valid yet.", "This machine's clock may be wrong."),
    "wrong host": (
        "The certificate is for another host than {host}.",
        "Check the address; if it is right, its administrator must put this name into the certificate.",
    ),
    "unknown authority": (
        "The certificate of {host} comes from an authority that this machine does not know.",
        "If your company has its own, give its certificate with --ca-file.",
    ),
    "old protocol": (
        "{host} does not speak TLS, or only an unsafe version of it.",
        "Check the port; TLS 1.2 or newer is required.",
    ),
    "other": (
        "No secure connection to {host} could be made.",
        "Check address and port; it may speak nothing newer than TLS 1.1, or something between may not let it pass.",
    ),
}


def system_trust(ca_file: Path | None) -> ssl.SSLContext:
    """The context for every https connection: the system's trust, plus the CA file's; TLS 1.2 at least.

    Reading the system's certificates takes time: call it outside the event loop.
    """
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:
            why = " as certificates" if isinstance(error, ssl.SSLError) else f": {error.strerror}"
            raise InvalidInput(
                f"The CA file {harmless(str(ca_file))} cannot be read{why}.",
                "Give a file of PEM certificates.",
                field="ca_file",
            ) from None
    return context


class _NoTLS:
    """Stands in for a context; beginning TLS with it fails."""


def no_tls() -> ssl.SSLContext:
    """The context of a client that needs no TLS.

    A real one would take a megabyte. httpx passes it on untouched, and httpcore ignores it where the address is not
    https.
    """
    return cast("ssl.SSLContext", _NoTLS())


def tls_failure(error: ssl.SSLError, host: str) -> TLSFailed:
    """The error for a failed handshake; ``host`` is for people, and may be *the proxy …*."""
    problem: TLSProblem = "other"
    if isinstance(error, ssl.SSLCertVerificationError):
        problem = _PROBLEMS.get(error.verify_code, "other")
    elif error.reason in _OLD_PROTOCOL:
        problem = "old protocol"
    message, hint = _SENTENCES[problem]
    if message.startswith("{host}"):
        host = host.replace("the proxy", "The proxy", 1)
    return TLSFailed(message.format(host=host), hint, problem=problem)
