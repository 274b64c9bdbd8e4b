"""The inventory as a JSON document and as CSV."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from a360tui.text import harmless_json
from a360tui.workflow.dates import moment_json
from a360tui.workflow.duration import duration_code
from a360tui.workflow.inventory.entry import Entry
from a360tui.workflow.inventory.inventory import Inventory
from a360tui.workflow.key import KeyState

COLUMNS = (
    "userId",
    "username",
    "firstName",
    "lastName",
    "email",
    "disabled",
    "roles",
    "state",
    "apiKeyCreatedOn",
    "apiKeyExpirationTime",
    "daysLeft",
    "problem",
)
_BEGINS_A_FORMULA = (*"=+-@\t\r", *"\uff1d\uff0b\uff0d\uff20")
"""Characters that begin a formula; some spreadsheets accept the full-width forms too."""


def json_document(inventory: Inventory, control_room: str) -> dict[str, Any]:
    """The inventory of the Control Room at that address; times are ISO 8601 in UTC."""
    return {
        "controlRoom": control_room,
        "readOn": moment_json(inventory.now),
        "complete": inventory.complete,
        "expiringWithin": duration_code(inventory.within),
        "counts": {
            "mayGenerate": sum(entry.may_generate for entry in inventory.entries),
            "haveKey": inventory.with_key,
            "ending": inventory.count(KeyState.ENDING),
            "ended": inventory.count(KeyState.ENDED),
            "unknown": inventory.unknown,
            "deleted": inventory.deleted,
        },
        "endingByWeek": list(inventory.weeks),
        "roles": [{"id": grant.row.id, "name": grant.row.name} for grant in inventory.roles],
        "users": [_user(entry, inventory.now) for entry in inventory.entries],
    }


def json_text(inventory: Inventory, control_room: str) -> str:
    """`json_document` as the text of a file."""
    return harmless_json(json.dumps(json_document(inventory, control_room), indent=2, ensure_ascii=False)) + "\n"


def csv_text(inventory: Inventory) -> str:
    """The users as CSV (RFC 4180, but with this system's line ends), one line each, in the order of the inventory.

    Names are other people's input, and a spreadsheet would run a formula: a text that begins with ``=``, ``+``, ``-``,
    ``@`` or the full-width form of one gets an apostrophe in front.
    """
    import csv  # only an export needs it

    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for entry in inventory.entries:
        rows.writerow([_cell(value) for value in _user(entry, inventory.now).values()])
    return text.getvalue()


def _user(entry: Entry, now: datetime) -> dict[str, Any]:
    user = entry.user
    values: Sequence[Any] = (
        entry.user_id,
        user.username if user is not None else None,
        user.first_name if user is not None else None,
        user.last_name if user is not None else None,
        user.email if user is not None else None,
        user.disabled if user is not None else None,
        [grant.row.name for grant in entry.roles],
        entry.state.value,
        moment_json(entry.created_on),
        moment_json(entry.ends_on),
        entry.days_left(now),
        entry.problem or None,
    )
    return dict(zip(COLUMNS, values, strict=True))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text
