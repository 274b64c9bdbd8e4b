"""Mistakes put into the program on purpose, each of which the sweep has to find."""

from collections.abc import Callable
from typing import Any

from a360tui.api.errors import OutcomeUnknown
from a360tui.storage import Sealed, files, slots
from a360tui.workflow.references import Outcome, Result, file_place
from a360tui.workflow.references.file_place import FilePlace
from a360tui.workflow.references.foreign_file import ForeignFile
from a360tui.workflow.rotation import receiving, safekeeping, verification


def _nothing(*_: Any, **__: Any) -> None:
    """What is in the place of a step that is left out."""


async def _no_answer(*_: Any, **__: Any) -> None:
    """The same for a step that is awaited."""


def fsync_dropped() -> None:
    """Files are renamed into place before they are on the disk."""
    for module in (files, slots):
        module.sync = _nothing  # type: ignore[attr-defined]


def parsed_first() -> None:
    """The answer is put into the slots when it was understood."""
    reception = receiving.Reception
    keep = receiving._keep

    def only_collect(self: receiving.Reception, chunk: bytes) -> None:
        self.body += chunk
        MADE.append(self)

    async def keep_then(rotation: Any, made: Any) -> Any:
        if rotation.slots is not None:
            rotation.slots.append(bytes(MADE[-1].body))
        return await keep(rotation, made)

    reception.take = only_collect  # type: ignore[method-assign]
    receiving._keep = keep_then


MADE: list[receiving.Reception] = []


def posted_again() -> None:
    """The request for a key is repeated where its answer was lost."""
    from a360tui.api.control_room import ControlRoom

    generate = ControlRoom.generate_key

    async def twice(self: ControlRoom, **options: Any) -> Any:
        try:
            return await generate(self, **options)
        except OutcomeUnknown:
            return await generate(self, **options)

    ControlRoom.generate_key = twice  # type: ignore[method-assign]


def lock_left_out() -> None:
    """Nothing holds off another rotation of the same key, and nothing notices it."""

    safekeeping.Safekeeping.lock = _no_answer  # type: ignore[method-assign]


def intent_left_out() -> None:
    """The journal knows nothing until the key is here."""

    safekeeping.OpenEntry.begin = _no_answer  # type: ignore[method-assign]


def marked_first() -> None:
    """A reference counts as updated before it is."""

    async def nothing(*_: Any) -> Outcome:
        return Outcome(Result.UPDATED, "It holds the new key.", read_back=True)

    FilePlace._replace = nothing  # type: ignore[method-assign, assignment]


def tried_again() -> None:
    """A refused sign-in is repeated."""
    sign_in = verification._sign_in

    async def thrice(rotation: Any, key: Any) -> Any:
        outcome = await sign_in(rotation, key)
        return await sign_in(rotation, key) if isinstance(outcome, Exception) else outcome

    verification._sign_in = thrice


def sealed_in_name_only() -> None:
    """The journal holds in clear what it should seal."""

    def of(secret: Any, _recipient: Any) -> Sealed:
        return Sealed(secret.reveal())

    Sealed.of = of  # type: ignore[method-assign, assignment]


def written_in_place() -> None:
    """A reference is not replaced but overwritten, and what does that ends halfway."""

    def overwrite(file: ForeignFile, _before: Any, data: bytes) -> None:
        file.path.write_bytes(data[: len(data) // 2])

    vars(file_place)["replace"] = overwrite


MUTANTS: dict[str, Callable[[], None]] = {
    each.__name__.replace("_", "-"): each
    for each in (
        fsync_dropped,
        parsed_first,
        posted_again,
        lock_left_out,
        intent_left_out,
        marked_first,
        tried_again,
        sealed_in_name_only,
        written_in_place,
    )
}


def mutate(name: str) -> None:
    """Make one mistake; none for an empty name."""
    if name:
        MUTANTS[name]()
