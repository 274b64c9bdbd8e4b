"""Places in JSON as pointers (RFC 6901): ``/data/0/apiKey``; the value as a whole is at the empty one."""

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
    """The same value with another one at a pointer; `KeyError` where the place is not there.

    With ``add`` a name may be new in an object that is there, and a null may give way.
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
    """The same value without what stands at a pointer; where nothing does, as it is."""
    if not pointer or at_pointer(value, pointer) is None:
        return value
    copy = json.loads(json.dumps(value))
    holder, last = _holder(copy, pointer)
    del holder[last]
    return copy


def leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Each value that holds no other, with its pointer."""
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
    """A name as a part of a pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def last_name(pointer: str) -> str:
    """The name with which a pointer ends."""
    return _plain(pointer.rpartition("/")[2])


def field_name(pointer: str) -> str:
    """The place as errors name a field: ``data.apiKey``."""
    return pointer.removeprefix("/").replace("/", ".")


def _plain(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def _holder(value: Any, pointer: str) -> tuple[Any, Any]:
    """What holds the place of a pointer, and the name or the index that the place has in it."""
    holder = at_pointer(value, pointer.rpartition("/")[0])
    last = last_name(pointer)
    return holder, int(last) if isinstance(holder, list) and last.isdecimal() else last
