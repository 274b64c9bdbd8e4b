"""The one request for a key, and getting its answer into safety: sealed and on disk before anybody looks at it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from a360tui.api import GeneratedKey, salvaged_key
from a360tui.api.errors import OutcomeUnknown
from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.storage import RawAnswer, Slots
from a360tui.workflow.plan import StepState
from a360tui.workflow.rotation.finishing import secure, unexpected
from a360tui.workflow.rotation.progress import GENERATE
from a360tui.workflow.rotation.record import KeyDates, Stage
from a360tui.workflow.rotation.result import RotationResult
from a360tui.workflow.rotation.rotation import Rotation
from a360tui.workflow.rotation.unanswered import look_at_once

if TYPE_CHECKING:
    from a360tui.api import ControlRoom


class Reception:
    """Takes the answer as it arrives and writes each piece into the slots."""

    def __init__(self, slots: Slots | None) -> None:
        self._slots = slots
        self.body = bytearray()

    def take(self, chunk: bytes) -> None:
        """Keep a piece; never raises, since the rest has to be read whatever happens here."""
        self.body += chunk
        if self._slots is not None:
            with suppress(Exception):  # a disk that fails is noted by the slots; anything else must not cost the rest
                self._slots.append(chunk)

    @property
    def answer(self) -> RawAnswer | None:
        """Everything that arrived; None where nothing did."""
        return RawAnswer(bytes(self.body), cut=True) if self.body else None


async def receive(rotation: Rotation, room: ControlRoom) -> tuple[Secret, bool] | RotationResult:
    """Send the request, once, and bring the answer into safety.

    Gives the key and whether it outlives this process; where no key came, what is known instead. Raises the Control
    Room's refusal: then no key was made and nothing is kept.
    """
    rotation.progress.set(GENERATE, StepState.RUNNING)
    reception = Reception(rotation.slots)
    try:
        made = await room.generate_key(on_chunk=reception.take)
    except OutcomeUnknown:
        found = salvaged_key(bytes(reception.body), rotation.record.call)
        if found is None:
            rotation.answer = reception.answer
            return await look_at_once(rotation)
        made = found
    except A360Error as refusal:
        rotation.progress.set(GENERATE, StepState.FAILED, refusal.message)
        rotation.progress.end()
        await rotation.entry.close()
        raise
    return await _keep(rotation, made)


async def _keep(rotation: Rotation, made: GeneratedKey) -> tuple[Secret, bool]:
    """Record that the key has arrived, and see to it that this process is not the only one that has it."""
    try:
        dates = KeyDates.of(made)
        await rotation.entry.mark(
            stage=Stage.RECEIVED, created_on=dates.created_on, expiration_time=dates.expiration_time
        )
        secured = await secure(rotation, made.key)
    except Exception as error:  # noqa: BLE001  # whatever it is, the only copy of a key may be in hand
        rotation.entry.troubles.append(unexpected(error))
        secured = rotation.in_slots
    return made.key, secured
