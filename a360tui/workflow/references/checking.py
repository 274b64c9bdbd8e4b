"""Compare what the registered places hold now with the key in force."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from a360tui.secret import Secret
from a360tui.workflow.references.findings import Outcome, Result, State
from a360tui.workflow.references.fingerprint import Fingerprints
from a360tui.workflow.references.kinds import Reference
from a360tui.workflow.references.places import place_of


@dataclass(frozen=True)
class CheckedReference:
    """A place, and what it holds."""

    reference: Reference
    state: State


async def check_references(references: Sequence[Reference], key: Secret | None) -> tuple[CheckedReference, ...]:
    """Check every place, concurrently; ``key`` is the one in force, or ``None`` where its text is not known here."""
    fingerprints = Fingerprints(Fingerprints.new_pepper())
    current = fingerprints.of(key) if key is not None else None
    hide = (key,) if key is not None else ()

    async def check(reference: Reference) -> CheckedReference:
        return CheckedReference(reference, await place_of(reference, fingerprints, hide=hide).check(current))

    return tuple(await asyncio.gather(*(check(reference) for reference in references)))


async def put_key(reference: Reference, key: Secret) -> Outcome:
    """Put the key in force into a place, whatever it holds now, because a person asked for it."""
    fingerprints = Fingerprints(Fingerprints.new_pepper())
    place = place_of(reference, fingerprints, hide=(key,))
    found = await place.preflight(None)
    if not found.ready:
        return Outcome(Result.FAILED, found.sentence)
    return await place.replace(found.seen, key)
