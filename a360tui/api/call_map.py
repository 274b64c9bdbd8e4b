"""The calls that the vendor does not document, as data: one map for each Control Room (``control-room-api.md`` §8).

What ships is assumed, by analogy with the documented calls. A call that was captured from a browser, typed by hand, or
has worked once on a Control Room takes its place there.
"""

from typing import Any, Literal

import msgspec

Source = Literal["assumed", "captured", "typed", "confirmed"]
"""Where a call comes from; the surest are ``captured`` and ``typed``."""

Unit = Literal["MINUTES", "HOURS", "DAYS"]

MINUTES_A_UNIT: dict[Unit, int] = {"MINUTES": 1, "HOURS": 60, "DAYS": 24 * 60}


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One call: what is sent where."""

    method: str
    path: str
    """From the root of the Control Room, with its query if it has one."""
    source: Source = "assumed"
    body: Any = None
    """The JSON to send; ``None`` for no body."""


class GenerateCall(Call, frozen=True):
    """The call that makes an API key. Where its answer holds what is said by JSON pointers (RFC 6901)."""

    key: str = "/apiKey"
    created_on: str = "/apiKeyCreatedOn"
    expiration_time: str = "/apiKeyExpirationTime"


class DurationCall(Call, frozen=True):
    """A call that reads or writes how long new keys last. Where value and unit stand is said by JSON pointers."""

    value: str = "/apiKeyDuration/value"
    unit: str | None = "/apiKeyDuration/unit"
    """``None`` where the wire names no unit; the value is then in `fixed_unit`."""
    fixed_unit: Unit = "DAYS"
    left_out: tuple[str, ...] = ("lastModifiedOn", "lastModifiedBy")
    """Names at the top level that must not be sent back (``control-room-api.md`` §7)."""


class CallMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The calls for making a key, and for reading and writing the API-Key duration."""

    generate: GenerateCall
    read_duration: DurationCall
    write_duration: DurationCall


ASSUMED_CALLS = CallMap(
    generate=GenerateCall("POST", "/v2/usermanagement/users/self/apikey"),
    read_duration=DurationCall("GET", "/v2/settings/security"),
    write_duration=DurationCall("PUT", "/v2/settings/security"),
)
"""What the product assumes. Where a release has no v2, the same paths are used under ``/v1``."""
