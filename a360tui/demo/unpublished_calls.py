"""The three calls that are not public (``control-room-api.md`` §8), in two shapes.

One is as the product assumes them. The other is quite different, to demonstrate learning the calls: a path with the
user's id, an extra header, an id as a number in the body, nested answers, seconds as text, a revision that must be sent
back, and fields that must not be.
"""

from datetime import timedelta

from a360tui.demo import keys, settings
from a360tui.demo.calls import Answer, Call, Endpoint
from a360tui.demo.installation import Installation
from a360tui.demo.permissions import GENERATE_API_KEY, MANAGE_SETTINGS, VIEW_SETTINGS
from a360tui.demo.refusal import Refusal, invalid
from a360tui.demo.shapes import moment
from a360tui.demo.unpublished import Unpublished

CLIENT_HEADER = "x-client-kind"
CLIENT = "web-ui"
PASSWORD_DAYS = 45
"""A decoy among the policies: as many days as a key lasts at first."""
_SECOND = timedelta(seconds=1)


def unpublished_calls(shape: Unpublished, version: str) -> tuple[Endpoint, ...]:
    """The calls in a shape, under ``/v1`` or ``/v2``."""
    if shape is Unpublished.ASSUMED:
        security = f"/{version}/settings/security"
        return (
            Endpoint(
                "POST", f"/{version}/usermanagement/users/self/apikey", keys.generate_key, needs=(GENERATE_API_KEY,)
            ),
            Endpoint("GET", security, settings.read_duration, needs=(VIEW_SETTINGS,)),
            Endpoint("PUT", security, settings.write_duration, needs=(VIEW_SETTINGS, MANAGE_SETTINGS)),
        )
    policies = f"/{version}/tenant/policies"
    return (
        Endpoint("PUT", f"/{version}/identity/principals/{{id}}/secret", make_secret, needs=(GENERATE_API_KEY,)),
        Endpoint("GET", policies, read_policies, needs=(VIEW_SETTINGS,)),
        Endpoint("POST", policies, write_policies, needs=(VIEW_SETTINGS, MANAGE_SETTINGS)),
    )


def make_secret(call: Call) -> Answer:
    """Make a new key for the caller, whose id is in the path and in the body."""
    _check_client(call)
    if call.parameters["id"] != str(call.user_id):
        raise Refusal(403, "identity.other", "A secret is made by its own user only.")
    if call.body != {"principal": call.user_id, "kind": "PERSONAL", "label": None}:
        raise invalid("principal, kind and label are needed, and nothing else.")
    made = keys.give_key(call.installation, call.user_id)
    return Answer(
        {
            "result": {
                "principal": {"id": call.user_id},
                "credential": {
                    "text": made.text,
                    "issuedAt": moment(made.created_on),
                    "validUntil": moment(made.expires_on),
                },
            }
        },
        201,
    )


def read_policies(call: Call) -> Answer:
    """The policies, one of which is the API-Key duration."""
    _check_client(call)
    installation = call.installation
    return Answer(
        {
            "policies": {
                "accessSecret": {"lifetime": str(settings.key_duration(installation) // _SECOND)},
                "password": {"expiryDays": PASSWORD_DAYS, "history": 5},
            },
            "revision": _revision(installation),
            "lastModifiedOn": moment(installation.now()),
            "lastModifiedBy": call.user_id,
        }
    )


def write_policies(call: Call) -> Answer:
    """Set all policies at once, based on the revision that was read."""
    _check_client(call)
    installation, body = call.installation, call.body
    if set(body) != {"policies", "revision"}:
        raise invalid("policies and revision are needed, and nothing else.")
    if body["revision"] != _revision(installation):
        raise Refusal(409, "policies.revision", "Somebody else has changed the policies meanwhile.")
    match body["policies"]:
        case {"accessSecret": {"lifetime": str(text)}, "password": {"expiryDays": int(), "history": int()}}:
            seconds = int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else 0  # noqa: PLR2004 - more digits than any lifetime has
        case _:
            raise invalid("policies: accessSecret and password are needed.")
    minutes, rest = divmod(seconds * _SECOND, settings.UNITS["MINUTES"])
    if rest or not 1 <= minutes <= settings.MOST // settings.UNITS["MINUTES"]:
        raise invalid("policies: lifetime is in seconds, whole minutes, at most 9999 days.")
    installation.keep_setting("duration_value", minutes)
    installation.keep_setting("duration_unit", "MINUTES")
    installation.keep_setting("revision", _revision(installation) + 1)
    return Answer(status=204)


def _check_client(call: Call) -> None:
    if call.headers.get(CLIENT_HEADER) != CLIENT:
        raise invalid(f"The header {CLIENT_HEADER} is missing.")


def _revision(installation: Installation) -> int:
    """The policies' revision, from 1."""
    row = installation.database.execute("SELECT value FROM settings WHERE name = 'revision'").fetchone()
    return 1 if row is None else int(row[0])
