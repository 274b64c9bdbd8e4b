"""Rotations that were begun and not finished, by whatever process, described in words for people."""

from __future__ import annotations

from dataclasses import dataclass

from a360tui.storage import Binding, JournalEntry, Slot, find_slots, lock_key
from a360tui.storage.errors import FutureVersion, LockHeld
from a360tui.workflow.dates import date_stamp
from a360tui.workflow.rotation.record import Record, Stage, is_name_of
from a360tui.workflow.rotation.safekeeping import Safekeeping


@dataclass(frozen=True)
class Unfinished:
    """One unfinished rotation."""

    name: str
    binding: Binding | None
    """Whose key it is about; None where what is left of it does not say."""
    record: Record | None
    """None where its journal entry is damaged, or gone and only the sealed answer is left."""
    happened: str
    """What happened, one sentence."""
    known: str
    """What is known now, one sentence."""
    next: str
    """What `recover` would do, or what else helps: completes *Next: …*."""
    superseded: bool = False
    """Whether the way out is a new rotation, which then closes this one."""
    needs_sign_in: bool = False
    """Whether `recover` needs the user's session to get anywhere; else the new key itself is enough."""
    set_aside: bool = False
    """Whether it failed too often, or a person set it aside: it is kept, but no longer in the way of a new one."""


def unfinished(keeping: Safekeeping, binding: Binding | None = None, *, set_aside: bool = False) -> list[Unfinished]:
    """The unfinished rotations of one key, or of all keys; with ``set_aside`` those that were set aside instead.

    A rotation that another process is busy with is left out. Reads files and asks nobody. Raises `StorageError` where
    the folders cannot be read.
    """
    found = recorded_rotations(keeping, binding, set_aside=set_aside)
    return [each for each in found if not _is_under_way(keeping, each)]


def _is_under_way(keeping: Safekeeping, found: Unfinished) -> bool:
    if found.binding is None or keeping.locations is None:
        return False
    try:
        lock_key(keeping.locations, found.binding).release()
    except LockHeld:
        return True
    return False


def recorded_rotations(
    keeping: Safekeeping, binding: Binding | None = None, *, set_aside: bool = False
) -> list[Unfinished]:
    """The same with those that another process is busy with: all that journal and slots know of."""
    if keeping.journal is None or keeping.locations is None:
        return []
    aside = keeping.journal.aside()
    slots = find_slots(keeping.locations.slot_folders)
    answers = {slot.rotation: slot for slot in slots if slot.frames}
    entries = aside if set_aside else keeping.journal.entries()
    found = [_of_entry(entry, answers.get(entry.name), set_aside=set_aside) for entry in entries]
    if not set_aside:
        known = {entry.name for entry in (*entries, *aside)}
        found += [_of_answer(slot) for name, slot in answers.items() if name not in known]
    return [each for each in found if binding is None or _is_about(each, binding)]


def _is_about(found: Unfinished, binding: Binding) -> bool:
    return found.binding == binding if found.binding else is_name_of(found.name, binding)


def _of_entry(entry: JournalEntry[Record], answer: Slot | None, *, set_aside: bool) -> Unfinished:
    record = entry.record
    if record is None:
        if isinstance(entry.trouble, FutureVersion):
            return Unfinished(
                entry.name,
                None,
                None,
                "A rotation was begun by a newer a360tui.",
                "This one cannot read what was written down about it.",
                "finish it with the newer one",
                set_aside=set_aside,
            )
        if answer is not None:
            return _of_answer(answer, set_aside=set_aside)
        return Unfinished(
            entry.name,
            None,
            None,
            "A rotation was begun, and what was written down about it is damaged.",
            str(entry.trouble),
            "look at the key's state, then: a360tui key recover --set-aside",
            set_aside=set_aside,
        )
    nowhere = record.stage is Stage.RECEIVED and record.pepper is None and answer is None
    happened, known, then = _words_in_memory(record) if nowhere else _words(record, received=answer is not None)
    return Unfinished(
        entry.name,
        record.binding,
        record,
        happened,
        known,
        then,
        superseded=record.superseded,
        needs_sign_in=nowhere or record.stage is Stage.UNKNOWN or (record.stage is Stage.INTENT and answer is None),
        set_aside=set_aside,
    )


def _of_answer(slot: Slot, *, set_aside: bool = False) -> Unfinished:
    head = slot.head
    return Unfinished(
        slot.rotation,
        head.binding if head else None,
        None,
        f"A new key was asked for{f' on {date_stamp(head.opened)}' if head else ''}.",
        "The answer is kept, sealed; what else was written down about it is gone.",
        "sign in with the key in it, and keep it",
        set_aside=set_aside,
    )


def _words_in_memory(record: Record) -> tuple[str, str, str]:
    """The same where there was no store, so that nothing could be sealed."""
    waiting = "; ".join(each.reference.label for each in record.waiting)
    return (
        f"A new key was asked for on {date_stamp(record.asked_on)} and received, without a store to keep it in.",
        f"Only who took it when it was shown has it.{f' Without the new key are still: {waiting}.' if waiting else ''}",
        "sign in with the new key or, where nobody has it, with the password",
    )


def _words(record: Record, *, received: bool) -> tuple[str, str, str]:
    """What happened, what is known, and what is next."""
    asked = f"A new key was asked for on {date_stamp(record.asked_on)}"
    if record.stage is Stage.RECEIVED or (record.stage is Stage.INTENT and received):
        return _words_with_key(record, asked)
    match record.stage:
        case Stage.INTENT:
            return (
                f"{asked}, and a360tui ended before an answer came.",
                "Whether the key was made is not known yet; no other one will be made.",
                "look at the date of the key",
            )
        case Stage.UNKNOWN:
            seen = "Nothing new was to be seen" if record.looks else "It could not be seen"
            return (
                f"{asked}, and {'no key was found in the answer' if received else 'the answer did not arrive'}.",
                f"{seen} so far; it may have been made late.",
                "look at the date of the key again",
            )
        case Stage.LOST:
            return (
                f"{asked} and made, and its text is not known.",
                "The old key is dead." if record.replaces else "Nobody has the key.",
                "make another one with: a360tui key regenerate",
            )
        case Stage.CONFLICT:
            return (
                f"{asked}, and someone else has made another one since.",
                "The key made here is dead.",
                "find out who made the other one. For a key here again: a360tui key regenerate",
            )
    return f"{asked} and is in use.", "Only clearing up is left.", "clear up"


def _words_with_key(record: Record, asked: str) -> tuple[str, str, str]:
    waiting = "; ".join(each.reference.label for each in record.waiting)
    if record.stored:
        return (
            f"{asked}, received and kept.",
            f"Without it are still: {waiting}." if waiting else "All places have it.",
            "update them" if waiting else "clear up",
        )
    return (
        f"{asked} and received, and a360tui ended before it was in use.",
        f"The answer is kept, sealed.{f' Without the new key are still: {waiting}.' if waiting else ''}",
        "sign in with it, keep it, and update the places" if waiting else "sign in with it, and keep it",
    )
