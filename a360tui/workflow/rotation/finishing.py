"""From a new key in hand to its end: verified, stored, in every reference. There is no way back, so only forward."""

from __future__ import annotations

from dataclasses import replace

from a360tui.errors import A360Error
from a360tui.secret import Secret
from a360tui.storage import Guard, SecretKind
from a360tui.workflow.plan import StepState
from a360tui.workflow.references import Result, place_of
from a360tui.workflow.rotation.course import Course
from a360tui.workflow.rotation.progress import GENERATE, KEEP, SIGN_IN
from a360tui.workflow.rotation.record import ReferenceRecord, ReferenceStage, Stage, Trial
from a360tui.workflow.rotation.result import Ending, Kept, ReferenceResult, RotationResult
from a360tui.workflow.rotation.sight import Sight
from a360tui.workflow.rotation.verification import Verdict, Verification, verify

_RECOVER = "a360tui key recover"


async def secure(course: Course, key: Secret) -> bool:
    """See that the key outlives this process, or at least this call; False where only the caller has it."""
    if course.slots is not None:
        course.slots.append(b"")
        course.entry.troubles += course.slots.failures
        course.slots.failures.clear()
    if course.in_slots:
        return True
    kept = await course.put(key, SecretKind.PENDING_API_KEY)
    if kept:
        await course.entry.mark(held_back=True)
    return kept


async def finish(course: Course, key: Secret, *, again: bool = False) -> RotationResult:
    """Verify the key, store it, update every reference, and end the rotation if nothing is left.

    A cancel leaves it for a recovery. ``again`` is a person's word that one more sign-in may fail.
    """
    course.progress.set(GENERATE, StepState.DONE)
    course.progress.set(SIGN_IN, StepState.RUNNING)
    verification = await verify(course, key, again=again)
    if verification.verdict is Verdict.REPLACED:
        return await _replaced(course, key, verification)
    if verification.verdict is Verdict.NOT_KNOWN:
        return await _not_verified(course, key, verification)
    course.progress.set(SIGN_IN, StepState.DONE, verification.sentence)
    await _store(course, key)
    outcomes = await _update_references(course, key)
    if outcomes and (await course.dates())[0] is Sight.OTHERS:  # the places took their time, and somebody may have come
        return await _replaced(course, key, Verification(Verdict.REPLACED, "Another key was made meanwhile."))
    if course.record.stored and not course.record.waiting:
        await course.entry.close()
        return replace(_result(course, key, Ending.DONE, verification), references=outcomes)
    return _pending(course, key, verification, outcomes)


def stopped(course: Course, key: Secret, error: Exception) -> RotationResult:
    """The end where something failed that should not: the key, and what is known of it."""
    course.entry.troubles.append(unexpected(error))
    course.progress.end()
    return replace(
        _result(course, key, Ending.PENDING, Verification(Verdict.NOT_KNOWN, "")),
        sentence="The new key was made, and a360tui failed on the way.",
        hint=f"To go on: {_RECOVER}",
    )


def unexpected(error: Exception) -> A360Error:
    """A mistake in the program, without its text, which may hold anything."""
    return A360Error(f"Something failed that should not ({type(error).__name__}).", "Please report it.")


async def _store(course: Course, key: Secret) -> None:
    course.progress.set(KEEP, StepState.RUNNING)
    if course.is_stored:
        course.progress.set(KEEP, StepState.DONE)
        return
    if not await course.put(key, SecretKind.API_KEY):
        course.progress.set(KEEP, StepState.FAILED, course.entry.troubles[-1].message)
        return
    held_back = course.record.held_back
    await course.entry.mark(stored=True, held_back=False)
    if held_back:
        await course.forget(SecretKind.PENDING_API_KEY, key)
    course.progress.set(KEEP, StepState.DONE)


async def _update_references(course: Course, key: Secret) -> tuple[ReferenceResult, ...]:
    """Each by compare-and-set, with its own mark; one that fails stays waiting, and the others go on."""
    record = course.record
    fingerprints = await course.keeping.fingerprints(course.entry.name, record)
    hide = () if course.old_key is None else (course.old_key,)
    results = []
    for index, each in enumerate(record.references):
        if each.stage is not ReferenceStage.PENDING:
            course.progress.set(each.reference.id, _ENDED[each.stage], each.sentence)
            results.append(ReferenceResult(each.reference, each.stage, each.sentence))
            continue
        course.progress.set(each.reference.id, StepState.RUNNING)
        outcome = await place_of(each.reference, fingerprints, hide=hide).replace(each.seen, key)
        stage = _STAGES[outcome.result]
        if stage is not ReferenceStage.PENDING:
            await _mark_reference(course, index, stage, outcome.sentence)
        course.progress.set(each.reference.id, _STATES[outcome.result], outcome.sentence)
        results.append(ReferenceResult(each.reference, stage, outcome.sentence, outcome))
    return tuple(results)


async def _mark_reference(course: Course, index: int, stage: ReferenceStage, sentence: str) -> None:
    references = list(course.record.references)
    before = references[index]
    references[index] = ReferenceRecord(before.reference, before.seen, stage, sentence)
    await course.entry.mark(references=tuple(references))


async def _replaced(course: Course, key: Secret, verification: Verification) -> RotationResult:
    await course.entry.mark(stage=Stage.CONFLICT)
    # A sign-in with either would be a failed one.
    await course.forget(SecretKind.API_KEY, key, course.old_key)
    await course.forget(SecretKind.PENDING_API_KEY, key)
    course.progress.set(SIGN_IN, StepState.FAILED, verification.sentence)
    course.progress.end()
    return replace(
        _result(course, key, Ending.CONFLICT, verification),
        sentence=f"The new key is dead already. {verification.sentence}",
        hint="Find out who made the other key. To have one here again: a360tui key regenerate",
    )


async def _not_verified(course: Course, key: Secret, verification: Verification) -> RotationResult:
    if not course.record.held_back and await course.put(key, SecretKind.PENDING_API_KEY):
        await course.entry.mark(held_back=True, progress=False)
    course.progress.set(SIGN_IN, StepState.UNKNOWN, verification.sentence)
    course.progress.end("It waits until the new key has signed in.")
    go_on = _RECOVER if course.record.sign_in is Trial.NOT_BEGUN else f"{_RECOVER} --sign-in-again"
    return replace(
        _result(course, key, Ending.NOT_VERIFIED, verification),
        sentence=f"There is a new key, and it is not verified. {verification.sentence}",
        hint=f"No reference was touched. To sign in with it once more and go on: {go_on}",
    )


def _pending(
    course: Course, key: Secret, verification: Verification, outcomes: tuple[ReferenceResult, ...]
) -> RotationResult:
    failed = [each.sentence for each in outcomes if each.stage is ReferenceStage.PENDING]
    if not course.record.stored:
        failed.insert(0, "It could not be put into the store.")
    return replace(
        _result(course, key, Ending.PENDING, verification),
        sentence=f"The new key works. {' '.join(failed)}",
        hint=f"To try again: {_RECOVER}",
        references=outcomes,
    )


def _done_words(course: Course) -> str:
    conflicts = sum(each.stage is ReferenceStage.CONFLICT for each in course.record.references)
    if not conflicts:
        return "The new key works."
    what = "One reference holds" if conflicts == 1 else f"{conflicts} references hold"
    return f"The new key works. {what} something else than expected, and was left alone."


def _result(course: Course, key: Secret, ending: Ending, verification: Verification) -> RotationResult:
    record = course.record
    kept = _kept(course)
    return RotationResult(
        ending,
        _done_words(course),
        key=key,
        created_on=record.created_on,
        expiration_time=record.expiration_time,
        kept=kept,
        place=_PLACES.get(kept) or course.keeping.store.place,
        key_sign_in=verification.sign_in,
        references=tuple(ReferenceResult(each.reference, each.stage, each.sentence) for each in record.references),
        troubles=tuple(course.entry.troubles),
        unfinished="" if ending is Ending.DONE else course.entry.journal_name,
    )


def _kept(course: Course) -> Kept:
    in_store = course.record.stored or course.record.held_back
    if in_store and course.keeping.store.guard is not Guard.MEMORY:
        return Kept.STORE
    return Kept.SLOT if course.in_slots else Kept.MEMORY


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
