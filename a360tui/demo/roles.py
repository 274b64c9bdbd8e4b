"""The calls under ``usermanagement/roles`` (``control-room-api.md`` §3), and the list of permissions."""

import sqlite3
from typing import Any

from a360tui.demo import fields
from a360tui.demo.calls import Answer, Call
from a360tui.demo.database import folded
from a360tui.demo.directory import insert, known_users
from a360tui.demo.filters import ROLE_COLUMNS
from a360tui.demo.lists import read_page
from a360tui.demo.permissions import Pair
from a360tui.demo.refusal import Refusal, invalid, not_found
from a360tui.demo.release import Release

_COUNTED = "(SELECT *, (SELECT count(*) FROM user_roles WHERE role_id = roles.id) AS count_principals FROM roles)"


def list_roles(call: Call) -> Answer:
    """One page of roles, by filter and sort; without permissions and users."""
    page, rows = read_page(call.installation.database, _COUNTED, ROLE_COLUMNS, call.body)
    return Answer({"page": page, "list": [call.shape.role_row(row) for row in rows]})


def list_permissions(call: Call) -> Answer:
    """Every permission with its id; only v1 has this call, whose list is bare in 11.3 and wrapped later."""
    rows = call.installation.database.execute("SELECT id, action, resource_type FROM permissions ORDER BY id")
    permissions = [call.shape.granted(row) for row in rows]
    return Answer(permissions if call.installation.release is Release.V11_3 else {"list": permissions})


def read_role(call: Call) -> Answer:
    """One role, whole."""
    return Answer(_whole(call, _existing_role(call)["id"]))


def create_role(call: Call) -> Answer:
    """Create a custom role; only the name is required."""
    record = _record(call)
    created = {"created_on": record["updated_on"], "created_by": record["updated_by"]}
    try:
        role_id = insert(call.installation.database, "roles", record | created)
    except sqlite3.IntegrityError:
        raise _duplicate() from None
    _fill(call, role_id)
    return Answer(_whole(call, role_id), 201)


def update_role(call: Call) -> Answer:
    """Replace a whole custom role: permissions and users that are left out are removed."""
    role_id = _custom_role(call)["id"]
    database = call.installation.database
    try:
        database.execute(
            "UPDATE roles SET name = :name, name_folded = :name_folded, description = :description,"
            " description_folded = :description_folded, updated_on = :updated_on, updated_by = :updated_by,"
            " version = version + 1 WHERE id = :id",
            _record(call) | {"id": role_id},
        )
    except sqlite3.IntegrityError:
        raise _duplicate() from None
    database.execute("DELETE FROM role_permissions WHERE role_id = ?", (role_id,))
    database.execute("DELETE FROM user_roles WHERE role_id = ?", (role_id,))
    _fill(call, role_id)
    return Answer(_whole(call, role_id) | {"id": role_id}, 201)  # after an update the id is a number in v2 too


def delete_role(call: Call) -> Answer:
    """Delete a custom role; its users lose its permissions."""
    call.installation.database.execute("DELETE FROM roles WHERE id = ?", (_custom_role(call)["id"],))
    return Answer(status=204)


def _existing_role(call: Call) -> sqlite3.Row:
    role_id = fields.path_identifier(call.parameters["id"], "Role")
    row = call.installation.database.execute("SELECT * FROM roles WHERE id = ?", (role_id,)).fetchone()
    if row is None:
        raise not_found("Role")
    return row  # type: ignore[no-any-return]  # sqlite3 types a fetched row as Any


def _custom_role(call: Call) -> sqlite3.Row:
    row = _existing_role(call)
    if row["system_role"]:
        raise Refusal(403, "um.role.system", "System roles cannot be changed or deleted.")
    return row


def _record(call: Call) -> dict[str, Any]:
    """The columns that a body sets. Its ``version`` is not checked: two writers can overwrite each other."""
    fields.number(call.body, "version", 0)
    name, description = fields.needed_text(call.body, "name"), fields.text(call.body, "description")
    return {
        "name": name,
        "name_folded": folded(name),
        "description": description,
        "description_folded": folded(description),
        "updated_on": call.installation.now(),
        "updated_by": call.user_id,
    }


def _fill(call: Call, role_id: int) -> None:
    """Give a role the permissions and the users of the body."""
    database = call.installation.database
    permission_ids = {_permission_id(call, item) for item in fields.objects(call.body, "permissions")}
    database.executemany(
        "INSERT INTO role_permissions VALUES (?, ?)", [(role_id, permission_id) for permission_id in permission_ids]
    )
    user_ids = known_users(database, call.shape.people_of(call.body))
    database.executemany("INSERT INTO user_roles VALUES (?, ?)", [(user_id, role_id) for user_id in user_ids])


def _permission_id(call: Call, item: dict[str, Any]) -> int:
    wanted = call.shape.permission_of(item)
    if isinstance(wanted, Pair):
        query, value = "SELECT id FROM permissions WHERE pair_folded = ?", wanted.folded
    else:
        query, value = "SELECT id FROM permissions WHERE id = ?", str(wanted)
    row = call.installation.database.execute(query, (value,)).fetchone()
    if row is None:
        raise invalid("permissions names a permission that does not exist.")
    return int(row["id"])


def _whole(call: Call, role_id: int) -> dict[str, Any]:
    database = call.installation.database
    return call.shape.role(
        database.execute("SELECT * FROM roles WHERE id = ?", (role_id,)).fetchone(),
        database.execute(
            "SELECT id, action, resource_type FROM permissions JOIN role_permissions ON permission_id = id"
            " WHERE role_id = ? ORDER BY pair_folded",
            (role_id,),
        ).fetchall(),
        [row[0] for row in database.execute("SELECT user_id FROM user_roles WHERE role_id = ? ORDER BY 1", (role_id,))],
    )


def _duplicate() -> Refusal:
    return Refusal(409, "um.role.duplicate", "A role with this name exists already.")
