"""The calls of a call map as TOML tables, in the form in which they are stored and a person may type them.

::

    [generate]
    method = "POST"
    path = "/v2/users/{userId}/keys"
    body = '{"kind": "personal"}'        # JSON
    key = "/data/secret"                 # where the answer holds it

    [read_duration]
    method = "GET"
    path = "/v2/policy"
    value = "/lifetime"
    unit = "seconds"

    [write_duration]
    …the same, and
    sent_back = {"" = ""}                # place in the body = place in what was read
    left_out = ["/lastModifiedOn"]
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from a360tui.errors import InvalidInput
from a360tui.text import harmless, quoted

if TYPE_CHECKING:
    from a360tui.api import Call, CallName, Source

Calls = dict["CallName", "Call"]

_ALWAYS = ("method", "path", "source", "key", "created_on", "expiration_time", "value", "unit")
"""Fields that are written even if they have their default, for the person who reads the file."""
_OPTIONAL_PLACES = ("created_on", "expiration_time", "unit_place")
"""Fields that may be null; TOML has no null, so an empty text stands for it."""


def tables_of(calls: Calls) -> dict[str, dict[str, Any]]:
    """The table of each call, without comments and without defaults."""
    return {name: _table(call) for name, call in calls.items()}


def calls_in(document: Mapping[str, Any], where: str, source: Source | None = None) -> Calls:
    """The calls in a document, each checked; ``source`` is where they come from, whatever the document says.

    Raises `InvalidInput` on the field ``calls``, which names the place in the file ``where``.
    """
    from a360tui.api import CALL_NAMES

    _check_names(document, CALL_NAMES, where)
    return {name: _call(name, document[name], f"{name} in {where}", source) for name in CALL_NAMES if name in document}


def _table(call: Call) -> dict[str, Any]:
    fields = msgspec.structs.fields(type(call))
    table: dict[str, Any] = {}
    for field in fields:
        value = getattr(call, field.name)
        if field.name == "body":
            if value is not None:
                table["body"] = json.dumps(value, ensure_ascii=False)
        elif value is None:
            if field.name in _OPTIONAL_PLACES and field.default is not None:
                table[field.name] = ""
        elif field.name in _ALWAYS or (value and value != field.default):
            table[field.name] = list(value) if isinstance(value, tuple) else value
    return table


def _call(name: CallName, table: Any, where: str, source: Source | None) -> Call:
    from a360tui.api import DurationCall, GenerateCall, WriteDurationCall
    from a360tui.api.call_rules import check_call

    kinds: dict[CallName, type[Call]] = {
        "generate": GenerateCall,
        "read_duration": DurationCall,
        "write_duration": WriteDurationCall,
    }
    kind = kinds[name]
    if not isinstance(table, Mapping):
        raise _invalid(f"{where} is not a table.")
    _check_names(table, kind.__struct_fields__, where)
    parts = {**table}
    if "body" in parts:
        parts["body"] = _body(parts["body"], where)
    for place in _OPTIONAL_PLACES:
        if parts.get(place) == "":
            parts[place] = None
    parts["source"] = source or parts.get("source", "typed")
    try:
        call = msgspec.convert(parts, kind)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at ")
        field = path.strip("`").removeprefix("$.")
        raise _invalid(f"{f'{field} of ' if field else ''}{where}: {_plain(what)}.") from None
    try:
        check_call(call)
    except InvalidInput as fault:
        raise InvalidInput(f"{where}: {fault.message}", fault.hint, field="calls") from None
    return call


def _body(text: Any, where: str) -> Any:
    try:
        if isinstance(text, str):
            return json.loads(text)
    except (ValueError, RecursionError):
        pass
    raise _invalid(f"The body of {where} is not JSON in quotes.")


def _check_names(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for name in table:
        if name not in known:
            from difflib import get_close_matches

            near = get_close_matches(name, known, 1, 0.5)
            hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}."
            raise InvalidInput(f"{quoted(name)} is not known in {where}.", hint, field="calls")


def _plain(what: str) -> str:
    """What msgspec says, without its backquotes."""
    what = harmless(what).replace("`", "")
    return what[:1].lower() + what[1:]


def _invalid(message: str) -> InvalidInput:
    return InvalidInput(message, "Correct the file; it was left as it is.", field="calls")
