"""The calls that the vendor does not document, as data: one map for each Control Room (``control-room-api.md`` §8).

The map that ships is assumed, by analogy with the documented calls. For a Control Room, a call that was captured from a
browser, typed by hand, or has worked there once replaces the assumed one.

In a path, in the texts of a body and in the values of headers, ``{userId}`` and ``{username}`` stand for the signed-in
user; a text that is ``{userId:number}`` and nothing else becomes the id as a number. Places in a body or an answer are
JSON pointers (RFC 6901).
"""

from datetime import date
from typing import Any, Literal, get_args

import msgspec

Source = Literal["assumed", "captured", "typed", "confirmed"]
"""Where a call comes from; ``typed`` and ``captured`` are the most certain."""

CallName = Literal["generate", "read_duration", "write_duration"]
CALL_NAMES: tuple[CallName, ...] = get_args(CallName)

Unit = Literal["milliseconds", "seconds", "minutes", "hours", "days"]
WireUnit = Literal["milliseconds", "seconds", "minutes", "hours", "days", "iso8601", "beside"]
"""The unit of a number on the wire.

``iso8601`` is a text such as ``P45D``, ``beside`` a number whose unit stands beside it.
"""


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One call: what is sent, and where to."""

    method: str
    path: str
    """Path from the root of the Control Room, with its query if it has one."""
    source: Source = "assumed"
    since: date | None = None
    """When it was captured, or worked for the first time."""
    body: Any = None
    """The JSON to send; ``None`` for no body."""
    headers: dict[str, str] = {}
    """Headers to send besides the usual ones; their values are not secret."""
    withheld: tuple[str, ...] = ()
    """What a browser sent and was not kept, since it may be secret: headers by name, the rest by its place.

    It is not sent, and is named where the call fails.
    """


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
    """The wire's own words for units; without them the usual ones are sent, in the style of the unit that was read."""


class WriteDurationCall(DurationCall, frozen=True):
    """The call that writes it; its body is `body`, filled in from what was read just before."""

    sent_back: dict[str, str] = {}
    """Place in the body → place in the answer of the call that reads; its content is put there.

    With neither this nor a body, the whole answer is sent back.
    """
    left_out: tuple[str, ...] = ()
    """Places that are removed from the body before it is sent (``control-room-api.md`` §7)."""

    @property
    def needs_reading(self) -> bool:
        """Whether the body needs what is read just before."""
        return self.body is None or bool(self.sent_back)


class CallMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The calls for making a key, and for reading and writing the API-Key duration."""

    generate: GenerateCall
    read_duration: DurationCall
    write_duration: WriteDurationCall

    def of(self, name: CallName) -> Call:
        """The call of that name."""
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
"""The calls that are assumed. Where a release has no v2, the same paths are used under ``/v1``."""
