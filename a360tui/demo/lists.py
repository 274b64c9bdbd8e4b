"""Lists: a filter, a sort and a page of them (``control-room-api.md`` §5)."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from a360tui.demo import fields
from a360tui.demo.filters import EVERYTHING, Column, condition
from a360tui.demo.refusal import invalid

PAGE_CAP = 200
"""Rows; longer pages are cut to this silently."""
SORT_CAP = 8
_DIRECTIONS = {"asc": "ASC", "desc": "DESC"}


def read_page(
    database: sqlite3.Connection, source: str, columns: Mapping[str, Column], body: Mapping[str, Any]
) -> tuple[dict[str, int], list[sqlite3.Row]]:
    """The ``page`` part of the answer, and the rows; newest id first where no sort is asked for.

    ``source`` is a table, or a query in parentheses; never a text from outside.
    """
    page = body.get("page")
    if page is None:
        page = {}
    if not isinstance(page, dict):
        raise invalid("page must be an object.")
    offset, length = fields.number(page, "offset", 0), fields.number(page, "length", PAGE_CAP)
    where = condition(body.get("filter"), columns)
    order = _order(body, columns)
    (total,) = database.execute(f"SELECT count(*) FROM {source}").fetchone()  # noqa: S608 - names of our own maps
    matching = total
    if where != EVERYTHING:
        (matching,) = database.execute(
            f"SELECT count(*) FROM {source} WHERE {where.sql}",  # noqa: S608 - as above
            where.parameters,
        ).fetchone()
    # Asked for no more rows than there are, SQLite stops at the last one that matches instead of at the table's end.
    most = max(0, min(length, PAGE_CAP, matching - offset))
    rows = database.execute(
        f"SELECT * FROM {source} WHERE {where.sql} ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608 - as above
        (*where.parameters, most, offset),
    ).fetchall()
    return {"offset": offset, "total": total, "totalFilter": matching}, rows


def _order(body: Mapping[str, Any], columns: Mapping[str, Column]) -> str:
    terms = []
    for item in fields.objects(body, "sort")[: SORT_CAP + 1]:
        field, direction = item.get("field"), item.get("direction", "asc")
        if not isinstance(field, str) or field not in columns:
            raise invalid("sort names an unknown field.")
        if not isinstance(direction, str) or direction not in _DIRECTIONS:
            raise invalid("sort: direction must be asc or desc.")
        terms.append(f"{columns[field].order} {_DIRECTIONS[direction]}")
    if len(terms) > SORT_CAP:
        raise invalid(f"sort has at most {SORT_CAP} fields.")
    return ", ".join([*terms, "id DESC"])
