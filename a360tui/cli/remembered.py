"""Which secrets are stored, without the secrets: in words, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from a360tui.errors import A360Error
from a360tui.workflow.dates import date_stamp, moment_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from a360tui.storage import Remembered, Store


async def remembered_in(store: Store) -> tuple[Remembered, ...] | None:
    """The entries; None where they cannot be read."""
    try:
        return await store.bindings()
    except A360Error:
        return None


def listed(remembered: Sequence[Remembered] | None) -> list[str]:
    """One line for each, or one that says why there is none."""
    if remembered is None:
        return ["not known"]
    return [f"{each.kind.words} of {each.binding}, since {date_stamp(each.saved_on)}" for each in remembered] or [
        "nothing"
    ]


def documents(remembered: Sequence[Remembered] | None) -> list[dict[str, Any]] | None:
    """The entries as JSON."""
    if remembered is None:
        return None
    return [
        {
            "controlRoom": each.binding.control_room,
            "username": each.binding.username,
            "kind": each.kind.value,
            "since": moment_json(each.saved_on),
        }
        for each in remembered
    ]
