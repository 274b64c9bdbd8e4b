"""The query of a list: a filter and a sort (``control-room-api.md`` §5).

Fields are named as on the wire: ``username``, ``createdOn``. Values are sent as text, an aware datetime as UTC with
milliseconds. The fields known to work are ``username`` and ``createdOn`` for users and ``name`` for roles; others may
be refused.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

from a360tui.api.server_text import as_sent

Value = str | int | datetime
"""What a field is compared with."""
Direction = Literal["asc", "desc"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field compared with a value; the subclasses are the operators."""

    operator: ClassVar[str]

    field: str
    value: Value

    def wire(self) -> dict[str, Any]:
        """As it goes into the request."""
        return {"operator": self.operator, "field": self.field, "value": _wire_value(self.value)}


class Lt(Comparison):
    """Less than."""

    __slots__ = ()
    operator = "lt"


class Le(Comparison):
    """Less than or equal."""

    __slots__ = ()
    operator = "le"


class Eq(Comparison):
    """Equal."""

    __slots__ = ()
    operator = "eq"


class Ne(Comparison):
    """Not equal."""

    __slots__ = ()
    operator = "ne"


class Ge(Comparison):
    """Greater than or equal."""

    __slots__ = ()
    operator = "ge"


class Gt(Comparison):
    """Greater than."""

    __slots__ = ()
    operator = "gt"


class Substring(Comparison):
    """The value occurs in the field; there are no wildcards."""

    __slots__ = ()
    operator = "substring"


class Junction:
    """Several filters joined; the subclasses are the operators."""

    __slots__ = ("operands",)
    operator: ClassVar[str]

    def __init__(self, *operands: "Filter") -> None:
        if not operands:
            raise ValueError(f"{type(self).__name__} joins at least one filter")
        self.operands = operands

    def wire(self) -> dict[str, Any]:
        """As it goes into the request."""
        return {"operator": self.operator, "operands": [operand.wire() for operand in self.operands]}

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Junction) and other.operands == self.operands

    def __hash__(self) -> int:
        return hash((type(self), self.operands))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.operands))})"


class And(Junction):
    """All of them."""

    __slots__ = ()
    operator = "and"


class Or(Junction):
    """At least one of them."""

    __slots__ = ()
    operator = "or"


class Not(Junction):
    """The opposite of one filter."""

    __slots__ = ()
    operator = "not"

    def __init__(self, operand: "Filter") -> None:
        super().__init__(operand)


Filter = Comparison | Junction


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows, and in which order."""

    filter: Filter | None = None
    sort: tuple[tuple[str, Direction], ...] = ()
    """Fields and directions, the most important first. Empty means users by ``username`` and roles by ``name``."""

    def wire(self, default_sort: str, offset: int, length: int) -> dict[str, Any]:
        """The body of a list request.

        A sort is always sent: the server's default, newest first, shifts between pages.
        """
        sort = self.sort or ((default_sort, "asc"),)
        body: dict[str, Any] = {
            "sort": [{"field": field, "direction": direction} for field, direction in sort],
            "page": {"offset": offset, "length": length},
        }
        if self.filter is not None:
            body["filter"] = self.filter.wire()
        return body


def _wire_value(value: Value) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return as_sent(value) if isinstance(value, str) else str(value)
