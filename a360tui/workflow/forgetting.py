"""What may be forgotten of a user's stored secrets."""

from __future__ import annotations

from a360tui.storage import Binding, SecretKind
from a360tui.workflow.errors import UnfinishedRotation
from a360tui.workflow.rotation import Safekeeping, unfinished


async def forgettable(keeping: Safekeeping, binding: Binding) -> tuple[SecretKind, ...]:
    """The kinds of secrets that are stored for a user.

    Raises `UnfinishedRotation` where a rotation that was left halfway may need them.
    """
    kinds = tuple(each.kind for each in await keeping.store.bindings() if each.binding == binding)
    for each in unfinished(keeping, binding) if kinds else ():
        if not each.superseded:
            raise UnfinishedRotation(
                f"A rotation of this key is not finished, and may need what is stored. {each.happened}",
                "Finish it first: a360tui key recover",
            )
    return kinds
