"""From a new key in hand to the end: verified, stored, put into every reference. There is no way back, only forward."""

from __future__ import annotations

from dataclasses import replace

from a360tui.crash import is_shortage
from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.storage import Guard, SecretKind
from a360tui.workflow.plan import StepState
from a360tui.workflow.references import Result, place_of
from a360tui.workflow.rotation.key_in_force import KeyInForce
from a360tui.workflow.rotation.progress import GENERATE, KEEP, SIGN_IN
from a360tui.workflow.rotation.record import ReferenceRecord, ReferenceStage, SignInAttempt, Stage
from a360tui.workflow.rotation.result import Ending, Kept, ReferenceResult, RotationResult
from a360tui.workflow.rotation.rotation import Rotation
from a360tui.workflow.rotation.verification import Verdict, Verification, verify

_RECOVER = "a360tui key recover"


async def secure(rotation: Rotation, key: Secret) -> bool:
    """See to it that the key survives this process; False where only the caller has it."""
    if rotation.slots is not None:
        rotation.slots.append(b"")
        rotation.entry.troubles += rotation.slots.failures
        rotation.slots.failures.clear()
    if rotation.in_slots:
        return True
    kept = await rotation.put(key, SecretKind.PENDING_API_KEY)
    if kept:
        await rotation.entry.mark(held_back=True)
    return kept


async def finish(rotation: Rotation, key: Secret, *, again: bool = False) -> RotationResult:
    """Verify the key, store it, update every reference, and end the rotation if nothing is left to do.

    If it is cancelled, a recovery goes on with it. ``again`` is a person's consent to one more sign-in that may fail.
    """
    rotation.progress.set(GENERATE, StepState.DONE)
    rotation.progress.set(SIGN_IN, StepState.RUNNING)
    verification = await verify(rotation, key, again=again)
    if verification.verdict is Verdict.REPLACED:
        return await _replaced(rotation, key, verification)
    if verification.verdict is Verdict.NOT_KNOWN:
        return await _not_verified(rotation, key, verification)
    rotation.progress.set(SIGN_IN, StepState.DONE, verification.sentence)
    await _store(rotation, key)
    outcomes = await _update_references(rotation, key)
    # Updating the places takes time, in which somebody else may have made a key.
    if outcomes and (await rotation.look())[0] is KeyInForce.OTHERS:
        return await _replaced(rotation, key, Verification(Verdict.REPLACED, "Another key was made meanwhile."))
    if rotation.record.stored and not rotation.record.waiting:
        await rotation.entry.close()
        return replace(_result(rotation, key, Ending.DONE, verification), references=outcomes)
    return _pending(rotation, key, verification, outcomes)


def stopped(rotation: Rotation, key: Secret, error: Exception) -> RotationResult:
    """The result where the program itself failed: the key, and what is known of it."""
    rotation.entry.troubles.append(unexpected(error))
    rotation.progress.end()
    return replace(
        _result(rotation, key, Ending.PENDING, Verification(Verdict.NOT_KNOWN, "")),
        sentence="The new key was made, and a360tui failed on the way.",
        hint=f"To go on: {_RECOVER}",
    )


def unexpected(error: Exception) -> A360Error:
    """A mistake in the program as an error for a person; its own text is left out, since it may hold anything."""
    if is_shortage(error):
        return A360Error("The system gives no more memory or threads.", "Free some of either, then go on.")
    return A360Error(f"Something failed that should not ({type(error).__name__}).", "Please report it.")


async def _store(rotation: Rotation, key: Secret) -> None:
    rotation.progress.set(KEEP, StepState.RUNNING)
    if rotation.is_stored:
        rotation.progress.set(KEEP, StepState.DONE)
        return
    if not await rotation.put(key, SecretKind.API_KEY):
        rotation.progress.set(KEEP, StepState.FAILED, rotation.entry.troubles[-1].message)
        return
    held_back = rotation.record.held_back
    await rotation.entry.mark(stored=True, held_back=False)
    if held_back:
        await rotation.forget(SecretKind.PENDING_API_KEY, key)
    rotation.progress.set(KEEP, StepState.DONE)


async def _update_references(rotation: Rotation, key: Secret) -> tuple[ReferenceResult, ...]:
    """Update each place by compare-and-set, with its own mark; one that fails stays pending, and the others go on."""
    record = rotation.record
    fingerprints = await rotation.keeping.fingerprints(rotation.entry.name, record)
    hide = () if rotation.old_key is None else (rotation.old_key,)
    results = []
    for index, each in enumerate(record.references):
        if each.stage is not ReferenceStage.PENDING:
            rotation.progress.set(each.reference.id, _ENDED[each.stage], each.sentence)
            results.append(ReferenceResult(each.reference, each.stage, each.sentence))
            continue
        rotation.progress.set(each.reference.id, StepState.RUNNING)
        outcome = await place_of(each.reference, fingerprints, hide=hide).replace(each.seen, key)
        stage = _STAGES[outcome.result]
        if stage is not ReferenceStage.PENDING:
            await _mark_reference(rotation, index, stage, outcome.sentence)
        rotation.progress.set(each.reference.id, _STATES[outcome.result], outcome.sentence)
        results.append(ReferenceResult(each.reference, stage, outcome.sentence, outcome))
    return tuple(results)


async def _mark_reference(rotation: Rotation, index: int, stage: ReferenceStage, sentence: str) -> None:
    references = list(rotation.record.references)
    before = references[index]
    references[index] = ReferenceRecord(before.reference, before.seen, stage, sentence)
    await rotation.entry.mark(references=tuple(references))


async def _replaced(rotation: Rotation, key: Secret, verification: Verification) -> RotationResult:
    await rotation.entry.mark(stage=Stage.CONFLICT)
    # Both are dead: a sign-in with either would count as a failed one.
    await rotation.forget(SecretKind.API_KEY, key, rotation.old_key)
    await rotation.forget(SecretKind.PENDING_API_KEY, key)
    rotation.progress.set(SIGN_IN, StepState.FAILED, verification.sentence)
    rotation.progress.end()
    return replace(
        _result(rotation, key, Ending.CONFLICT, verification),
        sentence=f"The new key is dead already. {verification.sentence}",
        hint="Find out who made the other key. For one here again: a360tui key regenerate",
    )


async def _not_verified(rotation: Rotation, key: Secret, verification: Verification) -> RotationResult:
    if not rotation.record.held_back and await rotation.put(key, SecretKind.PENDING_API_KEY):
        await rotation.entry.mark(held_back=True, progress=False)
    rotation.progress.set(SIGN_IN, StepState.UNKNOWN, verification.sentence)
    rotation.progress.end("It waits until the new key has signed in.")
    go_on = _RECOVER if rotation.record.sign_in is SignInAttempt.NOT_BEGUN else f"{_RECOVER} --sign-in-again"
    return replace(
        _result(rotation, key, Ending.NOT_VERIFIED, verification),
        sentence=f"There is a new key, and it is not verified. {verification.sentence}",
        hint=f"No place was touched. To sign in with it again and go on: {go_on}",
    )


def _pending(
    rotation: Rotation, key: Secret, verification: Verification, outcomes: tuple[ReferenceResult, ...]
) -> RotationResult:
    failed = [each.sentence for each in outcomes if each.stage is ReferenceStage.PENDING]
    if not rotation.record.stored:
        failed.insert(0, "It could not be put into the store.")
    return replace(
        _result(rotation, key, Ending.PENDING, verification),
        sentence=f"The new key works. {' '.join(failed)}",
        hint=f"To try again: {_RECOVER}",
        references=outcomes,
    )


def _done_words(rotation: Rotation) -> str:
    conflicts = sum(each.stage is ReferenceStage.CONFLICT for each in rotation.record.references)
    if not conflicts:
        return "The new key works."
    what = "One place holds" if conflicts == 1 else f"{conflicts} places hold"
    return f"The new key works. {what} something other than expected, and was left alone."


def _result(rotation: Rotation, key: Secret, ending: Ending, verification: Verification) -> RotationResult:
    record = rotation.record
    kept = _kept(rotation)
    return RotationResult(
        ending,
        _done_words(rotation),
        key=key,
        created_on=record.created_on,
        expiration_time=record.expiration_time,
        kept=kept,
        place=_PLACES.get(kept) or rotation.keeping.store.place,
        key_sign_in=verification.sign_in,
        references=tuple(ReferenceResult(each.reference, each.stage, each.sentence) for each in record.references),
        troubles=tuple(rotation.entry.troubles),
        unfinished="" if ending is Ending.DONE else rotation.entry.journal_name,
    )


def _kept(rotation: Rotation) -> Kept:
    in_store = rotation.record.stored or rotation.record.held_back
    if in_store and rotation.keeping.store.guard is not Guard.MEMORY:
        return Kept.STORE
    return Kept.SLOT if rotation.in_slots else Kept.MEMORY


_PLACES = {Kept.SLOT: "sealed on disk, in the answer as it came"}

_STAGES = {
    Result.UPDATED: ReferenceStage.UPDATED,
    Result.CONFLICT: ReferenceStage.CONFLICT,
    Result.FAILED: ReferenceStage.PENDING,
}
_ENDED = {
    ReferenceStage.UPDATED: StepState.DONE,
    ReferenceStage.CONFLICT: StepState.FAILED,
    ReferenceStage.LEFT: StepState.NOT_RUN,
}
_STATES = {
    Result.UPDATED: StepState.DONE,
    Result.CONFLICT: StepState.FAILED,
    Result.FAILED: StepState.FAILED,
}
