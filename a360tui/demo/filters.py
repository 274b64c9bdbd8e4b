"""The filter grammar of the lists, as parameterised SQL (``control-room-api.md`` §5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from a360tui.demo.installation import stamp
from a360tui.demo.refusal import invalid

DEPTH_CAP = 16
"""Levels of nesting in a filter."""
SIZE_CAP = 250
"""Operators in a filter."""

_COMPARISONS = {"lt": "<", "le": "<=", "eq": "=", "ne": "<>", "ge": ">=", "gt": ">"}
_JOINS = {"and": " AND ", "or": " OR "}


class Kind(Enum):
    """The type of a column, and so of the values compared with it."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    """A field that a list can be filtered and sorted by."""

    name: str
    kind: Kind

    @property
    def folded(self) -> str:
        """The column with the same text for comparison without case."""
        return f"{self.name}_folded"

    @property
    def order(self) -> str:
        """The column to sort by."""
        return self.folded if self.kind is Kind.TEXT else self.name


_WRITTEN = {
    "id": Column("id", Kind.NUMBER),
    "description": Column("description", Kind.TEXT),
    "createdOn": Column("created_on", Kind.TIME),
    "createdBy": Column("created_by", Kind.NUMBER),
    "updatedOn": Column("updated_on", Kind.TIME),
    "updatedBy": Column("updated_by", Kind.NUMBER),
    "version": Column("version", Kind.NUMBER),
}
USER_COLUMNS: Mapping[str, Column] = {
    **_WRITTEN,
    "username": Column("username", Kind.TEXT),
    "firstName": Column("first_name", Kind.TEXT),
    "lastName": Column("last_name", Kind.TEXT),
    "email": Column("email", Kind.TEXT),
    "disabled": Column("disabled", Kind.FLAG),
}
ROLE_COLUMNS: Mapping[str, Column] = {
    **_WRITTEN,
    "name": Column("name", Kind.TEXT),
    "systemRole": Column("system_role", Kind.FLAG),
    "countPrincipals": Column("count_principals", Kind.NUMBER),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition in SQL; anything from outside is in the parameters only."""

    sql: str
    parameters: tuple[str | int, ...] = ()


EVERYTHING = Condition("1")


def condition(node: object, columns: Mapping[str, Column]) -> Condition:
    """The condition of a filter; none, or an empty one as the clients of old releases send, matches everything.

    Texts are compared by code points; ``substring`` ignores case. Every value is a string, also a number, a flag
    (``true``, ``false``) and a time (ISO-8601, in UTC where no offset is given). Raises `Refusal` for an unknown
    operator or field, a value that does not fit, and nesting beyond the caps.
    """
    if node is None or node == {}:
        return EVERYTHING
    if not isinstance(node, dict):
        raise invalid("filter must be an object.")
    if _size(node, DEPTH_CAP) > SIZE_CAP:
        raise invalid("filter is too large.")
    return _compiled(node, columns)


def _size(node: object, levels: int) -> int:
    """How many operators the filter has."""
    if levels == 0:
        raise invalid("filter is nested too deep.")
    operands = node.get("operands") if isinstance(node, dict) else None
    return 1 + sum(_size(operand, levels - 1) for operand in operands) if isinstance(operands, list) else 1


def _compiled(node: object, columns: Mapping[str, Column]) -> Condition:
    if not isinstance(node, dict):
        raise invalid("filter: operands must be objects.")
    operator = node.get("operator")
    if operator == "NONE":
        return EVERYTHING
    if operator in ("and", "or", "not"):
        return _joined(operator, node.get("operands"), columns)
    column = columns.get(node["field"]) if isinstance(node.get("field"), str) else None
    if column is None:
        raise invalid("filter names an unknown field.")
    value = node.get("value")
    if not isinstance(value, str):
        raise invalid("filter: value must be a string.")
    if operator == "substring":
        if column.kind is not Kind.TEXT:
            raise invalid("filter: substring is for texts.")
        return Condition(f"instr({column.folded}, ?) > 0", (value.casefold(),))
    if not isinstance(operator, str) or operator not in _COMPARISONS:
        raise invalid("filter names an unknown operator.")
    if column.kind is Kind.FLAG and operator not in ("eq", "ne"):
        raise invalid("filter: a flag is eq or ne.")
    return Condition(f"{column.name} {_COMPARISONS[operator]} ?", (_value(column.kind, value),))


def _joined(operator: str, operands: object, columns: Mapping[str, Column]) -> Condition:
    if not isinstance(operands, list) or not operands:
        raise invalid(f"filter: {operator} needs operands.")
    parts = [_compiled(operand, columns) for operand in operands]
    parameters = tuple(parameter for part in parts for parameter in part.parameters)
    if operator == "not":
        if len(parts) != 1:
            raise invalid("filter: not needs one operand.")
        return Condition(f"NOT ({parts[0].sql})", parameters)
    return Condition("(" + _JOINS[operator].join(part.sql for part in parts) + ")", parameters)


def _value(kind: Kind, value: str) -> str | int:
    if kind is Kind.TEXT:
        return value
    try:
        if kind is Kind.FLAG:
            return {"false": 0, "true": 1}[value.casefold()]
        if kind is Kind.NUMBER:
            return _number(value)
        moment = datetime.fromisoformat(value)
        return stamp(moment.replace(tzinfo=moment.tzinfo or UTC))
    except (ValueError, KeyError):
        raise invalid(f"filter: a value is no {kind.value}.") from None


def _number(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 15:  # noqa: PLR2004 - within 64 bits
        raise ValueError(value)
    return int(value)
