"""What can go wrong between here and a Control Room.

::

    A360Error
    ├── NotReachable            3  nothing of the request was carried out
    │   ├── ConnectionRefused   3  nothing listens there
    │   ├── ConnectionLost      3  the connection broke; nothing was changed
    │   ├── NameNotFound        3  the host name does not resolve
    │   ├── TLSFailed           3  the certificate or the handshake; no secret was sent
    │   ├── NotAControlRoom     3  something else answers there
    │   └── Redirected          3  the answer points elsewhere; nothing was sent there
    ├── TooSlow                 4  no whole answer to a read within its time
    ├── SignInFailed            5  the credential was refused
    │   └── SessionEnded        5  the token no longer works; what was asked was not done
    ├── OutcomeUnknown          6  a write may or may not have been carried out: look first
    ├── Refused                 1  the Control Room said no; nothing was changed
    │   ├── BadRequest          1  400
    │   ├── Forbidden           1  403
    │   ├── NotFound            1  404
    │   │   └── CallAbsent      1  404 or 405 on a call that the vendor does not document
    │   ├── Conflict            1  409
    │   ├── TooManyRequests     1  429
    │   └── ServerError         1  5xx on a read
    └── UnexpectedAnswer        1  the answer to a read does not fit the contract

The number is the exit code. No error carries a secret, and none has a cause or a context that does. What comes of a
write is always one of: done, not done (`NotReachable`, `SignInFailed`, `Refused`), or `OutcomeUnknown`.
"""

from datetime import timedelta
from typing import Literal

from a360tui.errors import A360Error, ExitCode

TLSProblem = Literal["expired", "not yet valid", "wrong host", "unknown authority", "old protocol", "other"]
"""What is wrong with a TLS connection."""


class NotReachable(A360Error):
    """The Control Room was not reached, or something before it answered; nothing was carried out."""

    exit_code = ExitCode.NOT_REACHABLE


class ConnectionRefused(NotReachable):
    """Nothing listens at the address."""


class ConnectionLost(NotReachable):
    """The connection broke before the answer was whole, and nothing was changed: a read, or nothing was sent yet."""


class NameNotFound(NotReachable):
    """The host name does not resolve."""


class TLSFailed(NotReachable):
    """No secure connection: nothing but the handshake was sent."""

    def __init__(self, message: str, hint: str = "", *, problem: TLSProblem = "other") -> None:
        super().__init__(message, hint)
        self.problem = problem
        """What is wrong, for code that depends on it."""


class NotAControlRoom(NotReachable):
    """What answers at the address is not a Control Room: a web page, a proxy, another service."""


class Redirected(NotReachable):
    """The answer points to another place, which is not followed."""

    def __init__(self, message: str, hint: str = "", *, target: str = "") -> None:
        super().__init__(message, hint)
        self.target = target
        """The host that it points to, harmless; empty where the answer names none."""


class TooSlow(A360Error):
    """No whole answer within the deadline; the request was a read, so nothing was changed."""

    exit_code = ExitCode.TOO_SLOW


class SignInFailed(A360Error):
    """The credential was refused. It is never tried again without being asked: failures add up to a disabled user."""

    exit_code = ExitCode.SIGN_IN

    def __init__(self, message: str, hint: str = "", *, code: str = "", server_message: str = "") -> None:
        super().__init__(message, hint)
        self.code = code
        """The Control Room's own code, harmless; may be empty."""
        self.server_message = server_message
        """The Control Room's own words, harmless; may be empty."""


class SessionEnded(SignInFailed):
    """The token is no longer valid, or nobody is signed in; what was asked for was not done."""


class OutcomeUnknown(A360Error):
    """A write was sent and no answer says what came of it. Look at the state before anything is done again."""

    exit_code = ExitCode.OUTCOME_UNKNOWN


class Refused(A360Error):
    """The Control Room answered that it does not do this; nothing was changed."""

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        status: int,
        code: str = "",
        server_message: str = "",
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        """The HTTP status."""
        self.code = code
        """The Control Room's own code, as ``UM1117``, harmless; may be empty (``control-room-api.md`` §2)."""
        self.server_message = server_message
        """The Control Room's own words, harmless; may be empty."""
        self.retry_after = retry_after
        """How long it asks to wait; ``None`` where it does not say, never negative."""


class BadRequest(Refused):
    """400: something in the request is not valid; also a duplicate name in some releases."""


class Forbidden(Refused):
    """403: the signed-in user lacks a permission."""


class NotFound(Refused):
    """404: an unknown id, or a call that this release does not have."""


class CallAbsent(NotFound):
    """404 or 405 on one of the calls that the vendor does not document (``control-room-api.md`` §8)."""


class Conflict(Refused):
    """409: somebody else made or changed it meanwhile."""


class TooManyRequests(Refused):
    """429: asked too often."""


class ServerError(Refused):
    """5xx on a read. On a write it is `OutcomeUnknown`, since the change may have been made before the failure."""


class UnexpectedAnswer(A360Error):
    """The answer to a read cannot be used: no JSON, too large, too deep, or a field that does not fit."""

    def __init__(self, message: str, hint: str = "", *, field: str = "") -> None:
        super().__init__(message, hint)
        self.field = field
        """Where in the answer, as ``list[3].apiKeyCreatedOn``; empty where it is the answer as a whole."""
