"""The fast path for a page of users: an export reads hundreds of them, and most are plain.

`a360tui.api.wire_json` checks each object in Python, which takes most of the time for a long list. Here msgspec decodes
the bytes into users directly. A page with an escape, a text that is not harmless, nesting beyond the cap, an id with
anything but digits, a time that is not in UTC, or a type that does not fit is left to `wire_json`, which reads it or
says what is wrong with it. One thing goes unnoticed here: where a name occurs twice in a row, the last one counts.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec

from a360tui.api.answer import Answer
from a360tui.api.models import Page, RoleRef, User
from a360tui.api.paging import Paging

if TYPE_CHECKING:
    _Text = str
else:
    _Text = str | None
    """``null`` is let in, to become ``""``."""

_Digits = Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
"""That ids are digits is checked for a whole page at once."""
_Time = Annotated[datetime, msgspec.Meta(tz=True)]

_TEXTS = ("username", "first_name", "last_name", "email", "domain", "description")


class _PlainRole(RoleRef, frozen=True, rename="camel"):
    id: _Digits


class _PlainUser(User, frozen=True, rename="camel"):
    id: _Digits = ""
    username: _Text = ""
    first_name: _Text = ""
    last_name: _Text = ""
    email: _Text = ""
    domain: _Text = ""
    description: _Text = ""
    roles: tuple[_PlainRole, ...] = ()
    api_key_created_on: _Time | None = None
    api_key_expiration_time: _Time | None = None
    created_on: _Time | None = None
    updated_on: _Time | None = None

    def __post_init__(self) -> None:
        for name in _TEXTS:
            if getattr(self, name) is None:
                msgspec.structs.force_setattr(self, name, "")


class _PlainRows(msgspec.Struct):
    list: tuple[_PlainUser, ...]
    page: dict[str, int | str | None] = {}


_DECODER = msgspec.json.Decoder(_PlainRows)


def plain_users(answer: Answer, offset: int) -> Page[User] | None:
    """The page of users in an answer; ``None`` where it has to be read with `Answer.read`."""
    if not answer.is_plain:
        return None
    try:
        read = _DECODER.decode(answer.body)
        paging = msgspec.convert(read.page, Paging, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not (_has_plain_ids(read.list) and _is_in_utc(read.list)):
        return None
    return Page(read.list, offset, paging.total, paging.total_filter)


def _has_plain_ids(users: tuple[_PlainUser, ...]) -> bool:
    ids = "".join([user.id for user in users]) + "".join([role.id for user in users for role in user.roles])
    return not ids or (ids.isascii() and ids.isdecimal())


def _is_in_utc(users: tuple[_PlainUser, ...]) -> bool:
    return all(
        time is None or time.tzinfo is UTC
        for user in users
        for time in (
            user.created_on,
            user.updated_on,
            user.api_key_created_on,
            user.api_key_expiration_time,
        )
    )
