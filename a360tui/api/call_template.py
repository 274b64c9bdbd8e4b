"""Fill a call of the call map with the signed-in user and the duration, ready to be sent."""

from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from a360tui.api.call_map import Call, WriteDurationCall
from a360tui.api.call_rules import check_call, check_filled_headers
from a360tui.api.json_pointer import at_pointer, field_name, with_value_at, without_value_at
from a360tui.api.models import User
from a360tui.api.server_text import as_sent
from a360tui.api.wire_duration import with_duration
from a360tui.api.wire_json import Misfit
from a360tui.errors import InvalidInput

AnyCall = TypeVar("AnyCall", bound=Call)


def filled(call: AnyCall, user: User) -> AnyCall:
    """The call for a user, with no placeholder left in its path, body and headers.

    Raises `InvalidInput` for a call that cannot be sent.
    """
    check_call(call)
    path = call.path
    for name, value in _values(user).items():
        path = path.replace(name, quote(value, safe="", errors="surrogatepass"))
    headers = {name: _filled_text(value, user) for name, value in call.headers.items()}
    check_filled_headers(headers)
    return msgspec.structs.replace(call, path=path, body=_filled(call.body, user), headers=headers)


def duration_body(call: WriteDurationCall, read: Any, duration: timedelta) -> Any:
    """The body that sets the duration; what was just read is put in where the call sends it back.

    Raises `Misfit` where a place is missing, and `InvalidInput` for what the wire cannot say exactly.
    """
    body = call.body
    for place, origin in (call.sent_back or ({"": ""} if body is None else {})).items():
        part = at_pointer(read, origin)
        if part is None:
            raise Misfit("is missing", field_name(origin))
        body = _put(body, place, part)
    for place in call.left_out:
        body = without_value_at(body, place)
    return with_duration(body, call, duration)


def typed_duration_body(call: WriteDurationCall, duration: timedelta) -> Any:
    """The same for a call whose body is all in the call map, so that a place missing from it is a mistake in the map.

    Raises `InvalidInput` on the field ``calls`` for that.
    """
    try:
        return duration_body(call, None, duration)
    except Misfit as misfit:
        raise InvalidInput(
            f"The body of the call that sets the duration does not fit: {misfit.field} {misfit.problem}.",
            "Correct the call in the configuration.",
            field="calls",
        ) from None


def _put(body: Any, place: str, part: Any) -> Any:
    try:
        return with_value_at(body, place, part, add=True)
    except KeyError:
        raise Misfit("is missing", field_name(place)) from None


def _filled(value: Any, user: User) -> Any:
    if isinstance(value, str):
        if value == "{userId:number}":
            return int(user.id) if user.id.isdecimal() else user.id
        return _filled_text(value, user)
    if isinstance(value, dict):
        return {name: _filled(part, user) for name, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, user) for part in value]
    return value


def _filled_text(text: str, user: User) -> str:
    for name, value in _values(user).items():
        text = text.replace(name, value)
    return text


def _values(user: User) -> dict[str, str]:
    return {"{userId}": as_sent(user.id), "{username}": as_sent(user.username)}
