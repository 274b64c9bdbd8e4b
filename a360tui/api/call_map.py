"""The calls that the vendor does not document, as data: one map for each Control Room (``control-room-api.md`` §8).

What ships is assumed, by analogy with the documented calls. A call that was captured from a browser, typed by hand, or
has worked once on a Control Room takes its place there.

In a path, in the texts of a body and in the values of headers, ``{userId}`` and ``{username}`` stand for the signed-in
user; a text that is ``{userId:number}`` and nothing else becomes the id as a number. Places in a body or an answer are
JSON pointers (RFC 6901).
"""

from datetime import date
from typing import Any, Literal, get_args

import msgspec

Source = Literal["assumed", "captured", "typed", "confirmed"]
"""Where a call comes from; the surest are ``typed`` and ``captured``."""

CallName = Literal["generate", "read_duration", "write_duration"]
CALL_NAMES: tuple[CallName, ...] = get_args(CallName)

Unit = Literal["milliseconds", "seconds", "minutes", "hours", "days"]
WireUnit = Literal["milliseconds", "seconds", "minutes", "hours", "days", "iso8601", "beside"]
"""How a number on the wire is meant; ``iso8601`` is a text as ``P45D``, ``beside`` a number with its unit beside it."""


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One call: what is sent where."""

    method: str
    path: str
    """From the root of the Control Room, with its query if it has one."""
    source: Source = "assumed"
    since: date | None = None
    """When it was captured, or worked for the first time."""
    body: Any = None
    """The JSON to send; ``None`` for no body."""
    headers: dict[str, str] = {}
    """Headers that are sent besides the usual ones, with values that are no secret."""
    withheld: tuple[str, ...] = ()
    """What a browser sent and is not kept, since it may be secret or of that moment: headers by name, the rest by
    its place. It is not sent, and named where the call fails."""


class GenerateCall(Call, frozen=True):
    """The call that makes an API key, and where its answer holds what."""

    key: str = "/apiKey"
    created_on: str | None = "/apiKeyCreatedOn"
    """``None`` where the answer does not tell."""
    expiration_time: str | None = "/apiKeyExpirationTime"
    """``None`` where the answer does not tell."""


class DurationCall(Call, frozen=True):
    """A call that reads or writes how long new keys last."""

    value: str = "/apiKeyDuration/value"
    """In the answer of the call that reads, in the body of the one that writes."""
    unit: WireUnit = "beside"
    unit_place: str | None = None
    """Where the unit stands, if it is ``beside``."""
    unit_words: dict[Unit, str] = {}
    """The wire's own words for units; where there are none, the usual ones in the style of what stands there."""


class WriteDurationCall(DurationCall, frozen=True):
    """The call that writes it. Its body is `body`, filled with what was read just before."""

    sent_back: dict[str, str] = {}
    """Place in the body → place in the answer of the call that reads, whose content is put there. With neither this nor
    a body, the whole answer is sent back."""
    left_out: tuple[str, ...] = ()
    """Places in the body that are taken away before it is sent (``control-room-api.md`` §7)."""

    @property
    def needs_reading(self) -> bool:
        """Whether the body is made of what has to be read just before."""
        return self.body is None or bool(self.sent_back)


class CallMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The calls for making a key, and for reading and writing the API-Key duration."""

    generate: GenerateCall
    read_duration: DurationCall
    write_duration: WriteDurationCall

    def of(self, name: CallName) -> Call:
        """The call of a name."""
        call: Call = getattr(self, name)
        return call


ASSUMED_CALLS = CallMap(
    generate=GenerateCall("POST", "/v2/usermanagement/users/self/apikey"),
    read_duration=DurationCall("GET", "/v2/settings/security", unit_place="/apiKeyDuration/unit"),
    write_duration=WriteDurationCall(
        "PUT",
        "/v2/settings/security",
        unit_place="/apiKeyDuration/unit",
        left_out=("/lastModifiedOn", "/lastModifiedBy"),
    ),
)
"""What the product assumes. Where a release has no v2, the same paths are used under ``/v1``."""
