"""JSON pointers (RFC 6901): ``/data/0/apiKey``; the empty pointer is the value as a whole."""

import json
from collections.abc import Iterator
from typing import Any


def at_pointer(value: Any, pointer: str) -> Any:
    """What stands at a pointer; ``None`` where nothing does."""
    for part in pointer.split("/")[1:]:
        name = _plain(part)
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def with_value_at(value: Any, pointer: str, new: Any, *, add: bool = False) -> Any:
    """A copy of the value with another value at a pointer; raises `KeyError` where that place does not exist.

    With ``add`` the last name may be new in an object that exists, and a null may be replaced.
    """
    if not pointer:
        return new
    copy = json.loads(json.dumps(value))
    holder, last = _holder(copy, pointer)
    has_place = isinstance(holder, dict) or (isinstance(holder, list) and isinstance(last, int) and last < len(holder))
    if not (add and has_place) and at_pointer(value, pointer) is None:
        raise KeyError(pointer)
    holder[last] = new
    return copy


def without_value_at(value: Any, pointer: str) -> Any:
    """A copy of the value without what stands at a pointer; unchanged where nothing does."""
    if not pointer or at_pointer(value, pointer) is None:
        return value
    copy = json.loads(json.dumps(value))
    holder, last = _holder(copy, pointer)
    del holder[last]
    return copy


def leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Each value that is neither object nor array, with its pointer."""
    stack = [(pointer, value)]
    while stack:
        place, node = stack.pop()
        if isinstance(node, dict):
            stack += [(f"{place}/{escaped(name)}", part) for name, part in reversed(node.items())]
        elif isinstance(node, list):
            stack += [(f"{place}/{index}", part) for index, part in reversed(list(enumerate(node)))]
        else:
            yield place, node


def escaped(name: str) -> str:
    """A name, escaped for use in a pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def last_name(pointer: str) -> str:
    """The last name of a pointer."""
    return _plain(pointer.rpartition("/")[2])


def field_name(pointer: str) -> str:
    """The pointer in the form in which errors name a field: ``data.apiKey``."""
    return pointer.removeprefix("/").replace("/", ".")


def _plain(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def _holder(value: Any, pointer: str) -> tuple[Any, Any]:
    """The object or array that holds the place of a pointer, and the place's name or index in it."""
    holder = at_pointer(value, pointer.rpartition("/")[0])
    last = last_name(pointer)
    return holder, int(last) if isinstance(holder, list) and last.isdecimal() else last
