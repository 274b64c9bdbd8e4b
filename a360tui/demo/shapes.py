"""How each version of the API writes and reads the same things (``control-room-api.md`` §1, 3, 4)."""

import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from a360tui.demo import fields
from a360tui.demo.installation import EPOCH, MICROSECOND
from a360tui.demo.permissions import Pair
from a360tui.demo.refusal import invalid

Row = Mapping[str, Any] | sqlite3.Row


def moment(microseconds: int) -> str:
    """ISO-8601 in UTC, with microseconds."""
    return (EPOCH + microseconds * MICROSECOND).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Shape(ABC):
    """What both versions have in common."""

    @abstractmethod
    def identifier(self, number: int) -> str | int:
        """An id on the wire."""

    @abstractmethod
    def permission(self, row: Row) -> dict[str, Any]:
        """A permission in the answer to a sign-in."""

    @abstractmethod
    def people(self, user_ids: Sequence[int]) -> dict[str, Any]:
        """The users of a role, as a part of the role."""

    @abstractmethod
    def people_of(self, body: Mapping[str, Any]) -> list[int]:
        """The users that a role is to have."""

    @abstractmethod
    def permission_of(self, item: Mapping[str, Any]) -> int | Pair:
        """A permission that a role is to grant, named as in this version."""

    @abstractmethod
    def roles_of(self, body: Mapping[str, Any]) -> list[int]:
        """The roles that a user is to have."""

    def lifetime(self, life: timedelta) -> str | int:
        """``ttlSeconds`` of a token."""
        return self.identifier(int(life.total_seconds()))

    def granted(self, row: Row) -> dict[str, Any]:
        """A permission as part of a role."""
        return {
            "id": self.identifier(row["id"]),
            "action": row["action"],
            "resourceId": None,
            "resourceType": row["resource_type"],
        }

    def role_row(self, row: Row) -> dict[str, Any]:
        """A role in a list: without permissions, and with the number of its users only."""
        return {
            "id": self.identifier(row["id"]),
            "name": row["name"],
            "description": row["description"],
            "countPrincipals": row["count_principals"],
            "version": self.identifier(row["version"]),
            **self._written(row),
            "systemRole": bool(row["system_role"]),
            "enabled": True,
        }

    def role(self, row: Row, permissions: Iterable[Row], user_ids: Sequence[int]) -> dict[str, Any]:
        """One role, whole."""
        return {
            "id": self.identifier(row["id"]),
            "name": row["name"],
            "description": row["description"],
            "permissions": [self.granted(permission) for permission in permissions],
            **self.people(user_ids),
            "version": self.identifier(row["version"]),
            **self._written(row),
            "systemRole": bool(row["system_role"]),
        }

    def role_names(self, roles: Iterable[Row]) -> list[dict[str, Any]]:
        """The roles of a user."""
        return [{"id": self.identifier(role["id"]), "name": role["name"]} for role in roles]

    def user_row(self, row: Row, roles: Iterable[Row]) -> dict[str, Any]:
        """A user in a list. ``permissions`` is empty, since it would repeat the roles' permissions in each row."""
        return {
            "id": self.identifier(row["id"]),
            "username": row["username"],
            "firstName": row["first_name"],
            "lastName": row["last_name"],
            "email": row["email"],
            "domain": row["domain"] or None,
            "description": row["description"],
            "disabled": bool(row["disabled"]),
            "clientRegistered": False,
            **self._written(row),
            "roles": self.role_names(roles),
            "permissions": [],
            "licenseFeatures": json.loads(row["license_features"]),
            "version": self.identifier(row["version"]),
            "principalId": self.identifier(row["id"]),
            "emailVerified": True,
            "passwordSet": bool(row["password"]),
            "questionsSet": bool(row["password"]),
            "enableAutoLogin": bool(row["enable_auto_login"]),
        }

    def user(self, row: Row, roles: Iterable[Row], permissions: Iterable[Row], key: Row | None) -> dict[str, Any]:
        """One user, whole."""
        return {
            **self.user_row(row, roles),
            "permissions": [self.granted(permission) for permission in permissions],
            "apiKeyCreatedOn": key and moment(key["created_on"]),
            "apiKeyExpirationTime": key and moment(key["expires_on"]),
            "multipleLoginAllowed": bool(row["multiple_login_allowed"]),
            "deleted": False,
            "lastLoginTime": moment(row["last_login"]) if row["last_login"] else None,
            "deviceCredentialAttested": bool(row["device_credential_attested"]),
            "sysAssignedRoles": [],
            "groupNames": [],
        }

    def signed_in(self, row: Row, roles: Iterable[Row], permissions: Iterable[Row]) -> dict[str, Any]:
        """The signed-in user, with what they may do."""
        return {
            "user": {
                "id": self.identifier(row["id"]),
                "username": row["username"],
                "firstName": row["first_name"],
                "lastName": row["last_name"],
                "email": row["email"],
                "domain": row["domain"] or None,
                "roles": self.role_names(roles),
                "licenseFeatures": json.loads(row["license_features"]),
                "multipleLoginAllowed": bool(row["multiple_login_allowed"]),
                "deleted": False,
                "principalId": self.identifier(row["id"]),
                "emailVerified": True,
                "passwordSet": bool(row["password"]),
                "questionsSet": bool(row["password"]),
                "enableAutoLogin": bool(row["enable_auto_login"]),
            },
            "permissions": [self.permission(permission) for permission in permissions],
        }

    def _written(self, row: Row) -> dict[str, Any]:
        return {
            "createdBy": self.identifier(row["created_by"]),
            "createdOn": moment(row["created_on"]),
            "updatedBy": self.identifier(row["updated_by"]),
            "updatedOn": moment(row["updated_on"]),
        }


class ShapeV2(Shape):
    """v2: ids and versions are strings, permissions are named by their pair, users are ``userIds``."""

    def identifier(self, number: int) -> str:
        """A string of digits."""
        return str(number)

    def permission(self, row: Row) -> dict[str, Any]:
        """The pair alone."""
        return {"action": row["action"], "resourceType": row["resource_type"]}

    def people(self, user_ids: Sequence[int]) -> dict[str, Any]:
        """``userIds``, a list of strings."""
        return {"userIds": [str(user_id) for user_id in user_ids]}

    def people_of(self, body: Mapping[str, Any]) -> list[int]:
        """``userIds``."""
        return [fields.identifier(value, "userIds") for value in fields.values(body, "userIds")]

    def permission_of(self, item: Mapping[str, Any]) -> Pair:
        """The pair; an id is ignored."""
        return Pair(fields.needed_text(item, "action"), fields.needed_text(item, "resourceType"))

    def roles_of(self, body: Mapping[str, Any]) -> list[int]:
        """``roleIds``."""
        return [fields.identifier(value, "roleIds") for value in fields.values(body, "roleIds")]


class EarlyShapeV2(ShapeV2):
    """v2 beside v1: a single user's record has no id, as in its documented schema (``control-room-api.md`` §4).

    Other clients read the id there, so the newer release sends it.
    """

    def user(self, row: Row, roles: Iterable[Row], permissions: Iterable[Row], key: Row | None) -> dict[str, Any]:
        """As in v2, without the id."""
        user = super().user(row, roles, permissions, key)
        del user["id"]
        return user


class ShapeV1(Shape):
    """v1: ids are numbers, permissions are named by their id, users are ``principals``."""

    def identifier(self, number: int) -> int:
        """A number."""
        return number

    def permission(self, row: Row) -> dict[str, Any]:
        """With its id."""
        return self.granted(row)

    def people(self, user_ids: Sequence[int]) -> dict[str, Any]:
        """``principals``, a list of objects."""
        return {"principals": [{"id": user_id} for user_id in user_ids]}

    def people_of(self, body: Mapping[str, Any]) -> list[int]:
        """``principals``."""
        return [fields.identifier(item.get("id"), "principals") for item in fields.objects(body, "principals")]

    def permission_of(self, item: Mapping[str, Any]) -> int:
        """The id."""
        if item.get("id") is None:
            raise invalid("permissions must hold ids.")
        return fields.identifier(item["id"], "permissions")

    def roles_of(self, body: Mapping[str, Any]) -> list[int]:
        """``roles``, a list of objects."""
        return [fields.identifier(item.get("id"), "roles") for item in fields.objects(body, "roles")]

    def user(self, row: Row, roles: Iterable[Row], permissions: Iterable[Row], key: Row | None) -> dict[str, Any]:
        """As in v2, but without the dates where there is no key."""
        user = super().user(row, roles, permissions, key)
        if key is None:
            del user["apiKeyCreatedOn"], user["apiKeyExpirationTime"]
        return user
