"""The one place that tells v1 from v2: paths, bodies, how a token is refreshed (``control-room-api.md`` §1, 3, 4, 8).

v2 comes first. A Control Room that answers a v2 sign-in with 404 speaks v1, as 11.3.2 up to v.32 do. Reading needs no
difference: ids are taken as text or numbers, and people as ``userIds`` or ``principals``.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import msgspec

from a360tui.api.answer import Answer
from a360tui.api.call_map import Call
from a360tui.api.credentials import ApiKey, Credential
from a360tui.api.fields import Identifier
from a360tui.api.filters import Query
from a360tui.api.models import Page, Permission, Role, RoleDraft, RoleRow, User
from a360tui.api.paging import Paging
from a360tui.api.request import Effect, Request
from a360tui.api.user_rows import plain_users
from a360tui.errors import InvalidInput
from a360tui.secret import Secret

Release = Literal["v2", "v1"]
Row = TypeVar("Row", bound=msgspec.Struct)

AUTH_TYPE = Request("ask how users sign in", "GET", "/v1/authentication/type", authorized=False)
TOKEN_VALID = Request("check the token", "GET", "/v1/authentication/token")
SIGN_OUT = Request("sign out", "POST", "/v1/authentication/logout", effect=Effect.SESSION)
VERSION = Request("read the version", "GET", "/v2/settings/version/details")


class _Rows(msgspec.Struct):
    list: tuple[Any, ...]
    page: Paging = Paging()


class _RoleRows(_Rows):
    list: tuple[RoleRow, ...]


class _UserRows(_Rows):
    list: tuple[User, ...]


class _Principal(msgspec.Struct):
    id: Identifier


class _Role(Role, frozen=True, rename="camel"):
    principals: tuple[_Principal, ...] = ()


class _Permissions(msgspec.Struct):
    list: tuple[Permission, ...]


class Dialect:
    """The dialect of v2, and whatever v1 has in common with it."""

    release: Release = "v2"

    def sign_in(self, username: str, credential: Credential, multiple_login: bool | None) -> Request:
        """A sign-in by password or by key; where ``multiple_login`` is ``None`` the Control Room decides."""
        field = "apiKey" if isinstance(credential, ApiKey) else "password"
        body: dict[str, Any] = {"username": username, field: credential.secret}
        if multiple_login is not None:
            body["multipleLogin"] = multiple_login
        path = f"/{self.release}/authentication"
        return Request("sign in", "POST", path, body, effect=Effect.SESSION, authorized=False)

    def refresh(self, token: Secret) -> Request:  # noqa: ARG002 - v1 sends it in the body
        """A new token for the one in the header, which becomes invalid."""
        return Request("renew the session", "POST", "/v2/authentication/token", effect=Effect.SESSION)

    def list_roles(self, query: Query, offset: int, length: int) -> Request:
        """One page of the roles."""
        return Request("list the roles", "POST", f"{self._roles}/list", query.wire("name", offset, length))

    def read_role(self, role_id: str) -> Request:
        """One role, whole."""
        return Request("read the role", "GET", f"{self._roles}/{_segment(role_id)}")

    def create_role(self, draft: RoleDraft, catalogue: Sequence[Permission]) -> Request:
        """A new role. The catalogue is what `needs_catalogue` asks for."""
        return Request("create the role", "POST", self._roles, self._role_body(draft, catalogue), effect=Effect.WRITE)

    def update_role(self, role_id: str, draft: RoleDraft, catalogue: Sequence[Permission]) -> Request:
        """A role replaced whole."""
        body = self._role_body(draft, catalogue)
        return Request("change the role", "PUT", f"{self._roles}/{_segment(role_id)}", body, effect=Effect.WRITE)

    def delete_role(self, role_id: str) -> Request:
        """A role deleted."""
        return Request("delete the role", "DELETE", f"{self._roles}/{_segment(role_id)}", effect=Effect.WRITE)

    def list_users(self, query: Query, offset: int, length: int) -> Request:
        """One page of the users."""
        return Request("list the users", "POST", f"{self._users}/list", query.wire("username", offset, length))

    def read_user(self, user_id: str) -> Request:
        """One user, whole."""
        return Request("read the user", "GET", f"{self._users}/{_segment(user_id)}")

    def read_own_user(self, user_id: str) -> Request:
        """The signed-in user's own record."""
        return self.read_user(user_id)

    def needs_catalogue(self, draft: RoleDraft) -> bool:  # noqa: ARG002 - v1 does
        """Whether the draft can be written only with the ids from `list_permissions`."""
        return False

    def needs_version(self, draft: RoleDraft) -> bool:  # noqa: ARG002 - v1 does
        """Whether an update must name the version it is based on, and the draft does not."""
        return False

    def list_permissions(self) -> Request:
        """All permissions with their ids; only v1 has this call."""
        return Request("list the permissions", "GET", "/v1/usermanagement/permissions")

    def call(self, purpose: str, call: Call, effect: Effect, *, makes_secret: bool = False) -> Request:
        """A call from the call map."""
        return Request(
            purpose,
            call.method,
            self.own_path(call),
            call.body,
            effect=effect,
            unpublished=call,
            makes_secret=makes_secret,
        )

    @property
    def _roles(self) -> str:
        return f"/{self.release}/usermanagement/roles"

    @property
    def _users(self) -> str:
        return f"/{self.release}/usermanagement/users"

    def own_path(self, call: Call) -> str:
        """The path of a call from the call map at this release."""
        return call.path

    def _role_body(self, draft: RoleDraft, catalogue: Sequence[Permission]) -> dict[str, Any]:  # noqa: ARG002 - v1 does
        permissions = [
            {"action": one.action, "resourceType": one.resource_type}
            | ({} if one.resource_id is None else {"resourceId": one.resource_id})
            for one in draft.permissions
        ]
        return {
            "name": draft.name,
            "description": draft.description,
            "permissions": permissions,
            "userIds": list(draft.user_ids),
        }


class DialectV1(Dialect):
    """What v1 does differently."""

    release: Release = "v1"

    def refresh(self, token: Secret) -> Request:
        """A new token for the one in the body, which becomes invalid."""
        path = "/v1/authentication/token"
        return Request("renew the session", "POST", path, {"token": token}, effect=Effect.SESSION)

    def read_own_user(self, user_id: str) -> Request:  # noqa: ARG002 - the call knows whose token it is
        """The signed-in user's own record."""
        return Request("read the user", "GET", f"{self._users}/self")

    def needs_catalogue(self, draft: RoleDraft) -> bool:
        """Whether a permission lacks its id."""
        return any(permission.id is None for permission in draft.permissions)

    def needs_version(self, draft: RoleDraft) -> bool:
        """Whether the draft names no version."""
        return draft.version is None

    def own_path(self, call: Call) -> str:
        """The path of a call; what is assumed of v2 is assumed of v1 under its own prefix."""
        if call.source == "assumed" and call.path.startswith("/v2/"):
            return "/v1/" + call.path.removeprefix("/v2/")
        return call.path

    def _role_body(self, draft: RoleDraft, catalogue: Sequence[Permission]) -> dict[str, Any]:
        permissions = [
            {
                "id": _number(one.id or _id_of(one, catalogue)),
                "action": one.action,
                "resourceType": one.resource_type,
                "resourceId": one.resource_id,
            }
            for one in draft.permissions
        ]
        return {
            "name": draft.name,
            "description": draft.description,
            "permissions": permissions,
            "principals": [{"id": _number(user_id)} for user_id in draft.user_ids],
            "version": draft.version or 0,
        }


V2 = Dialect()
V1 = DialectV1()


def role_in(answer: Answer) -> Role:
    """The role that an answer holds."""
    read = answer.read(_Role)
    fields = {name: getattr(read, name) for name in Role.__struct_fields__}
    if read.principals:
        fields["user_ids"] = tuple(principal.id for principal in read.principals)
    return Role(**fields)


def roles_in(answer: Answer, offset: int) -> Page[RoleRow]:
    """The page of roles that an answer holds."""
    return _page(answer.read(_RoleRows), offset)


def users_in(answer: Answer, offset: int) -> Page[User]:
    """The page of users that an answer holds."""
    page = plain_users(answer, offset)
    if page is None:
        page = _page(answer.read(_UserRows), offset)
    nameless = next((index for index, user in enumerate(page.items) if not user.id), None)
    if nameless is not None:
        raise answer.misfit("is missing", f"list[{nameless}].id")
    return page


def permissions_in(answer: Answer) -> tuple[Permission, ...]:
    """The catalogue of permissions: an array, or ``{"list": …}``."""
    either: Any = tuple[Permission, ...] | _Permissions
    read = answer.read(either)
    return tuple(read.list) if isinstance(read, _Permissions) else tuple(read)


def _page(rows: Any, offset: int) -> Page[Any]:
    return Page(rows.list, offset, rows.page.total, rows.page.total_filter)


def _id_of(permission: Permission, catalogue: Iterable[Permission]) -> str:
    for known in catalogue:
        if known.id is not None and known.matches(permission):
            return known.id
    raise InvalidInput(
        f"This Control Room has no permission {permission.resource_type} › {permission.action}.",
        "Its release may be older than what the permission is for; leave it out of the role.",
        field="permissions",
    )


def _number(identifier: str) -> int | str:
    return int(identifier) if identifier.isdecimal() else identifier


def _segment(identifier: str) -> str:
    return quote(identifier, safe="")
