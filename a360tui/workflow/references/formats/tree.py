"""Split a parsed document into the value at a key path and the rest."""

from typing import Any

from a360tui.secret import Secret
from a360tui.workflow.references.formats.editing import THE_VALUE
from a360tui.workflow.references.key_path import KeyPath
from a360tui.workflow.references.refusal import Absent, Unreadable, Unsupported


def value_and_rest(tree: Any, path: KeyPath) -> tuple[Secret, Secret]:
    """Take the value out of a freshly parsed tree of dicts and lists, which is changed on the way.

    The rest is the tree's ``repr``: unlike ``==`` it tells ``1`` from ``1.0`` and ``True``, and ``nan`` equals itself.
    """
    container: Any = None
    value: Any = tree
    for segment in path.segments:
        container = value
        if not _has(container, segment):
            what = segment if isinstance(segment, str) else f"item {segment}"
            raise Absent(f"has no {what}.")
        value = container[segment]
    if not isinstance(value, str):
        raise Unsupported(f"has no string at {path}.")
    container[path.segments[-1]] = THE_VALUE
    try:
        return Secret(value), Secret(repr(tree))
    except ValueError:  # a hexadecimal number is read whatever its length
        raise Unreadable("has a number that is too long to be read.") from None


def _has(container: Any, segment: str | int) -> bool:
    if isinstance(segment, str):
        return isinstance(container, dict) and segment in container
    return isinstance(container, list) and segment < len(container)
