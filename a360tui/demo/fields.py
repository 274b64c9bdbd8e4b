"""The fields of a request's body, each checked as it is read."""

import re
from collections.abc import Mapping
from typing import Any

from a360tui.demo.refusal import invalid, not_found

TEXT_CAP = 255
"""Characters; the limit for a name or a description (``control-room-api.md`` §3)."""
NUMBER_CAP = 2**53
"""The largest integer that is exact in every JSON library; no id or version comes near it."""
_ID = re.compile(r"[0-9]{1,15}")


def text(body: Mapping[str, Any], name: str) -> str:
    """An optional text of at most 255 characters, without ``<`` and ``>``."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise invalid(f"{name} must be a text.")
    if len(value) > TEXT_CAP:
        raise invalid(f"{name} must have at most {TEXT_CAP} characters.")
    if "<" in value or ">" in value:
        raise invalid(f'{name} must match "[^<>]*".')
    return value


def needed_text(body: Mapping[str, Any], name: str) -> str:
    """A required text that is not blank."""
    value = text(body, name)
    if not value.strip():
        raise invalid(f"{name} must not be blank.")
    return value


def secret(body: Mapping[str, Any], name: str) -> str:
    """A password or a key as it came; an error does not quote it."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise invalid(f"{name} must be a text.")
    return value


def flag(body: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    """An optional boolean."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise invalid(f"{name} must be true or false.")
    return value


def number(body: Mapping[str, Any], name: str, default: int) -> int:
    """An optional integer, zero or more."""
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= NUMBER_CAP:
        raise invalid(f"{name} must be a whole number.")
    return value


def objects(body: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """An optional list of objects."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise invalid(f"{name} must be a list of objects.")
    return value


def values(body: Mapping[str, Any], name: str) -> list[Any]:
    """An optional list of anything."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid(f"{name} must be a list.")
    return value


def identifier(value: object, name: str) -> int:
    """An id, as a string of digits (v2) or a number (v1)."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= NUMBER_CAP:
        return value
    if isinstance(value, str) and _ID.fullmatch(value):
        return int(value)
    raise invalid(f"{name} must hold ids.")


def path_identifier(value: str, what: str) -> int:
    """An id in a path; a 404 `Refusal` for what is no id."""
    if not _ID.fullmatch(value):
        raise not_found(what)
    return int(value)
