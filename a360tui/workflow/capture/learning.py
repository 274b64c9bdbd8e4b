"""Turn a recording into calls: say what was found and why, and ask where the file leaves something open.

`learn` is a generator: it yields a question, is sent the answer, and returns what was learned. The caller asks the
person. Nothing is guessed, and nothing is stored here.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from a360tui.api.call_map import Call, CallName, DurationCall, GenerateCall, WriteDurationCall
from a360tui.api.call_rules import check_call
from a360tui.api.json_pointer import at_pointer, with_value_at
from a360tui.errors import InvalidInput
from a360tui.text import harmless, shortened
from a360tui.workflow.call_tables import Calls, tables_of
from a360tui.workflow.call_words import PURPOSES
from a360tui.workflow.capture.duration_candidates import Reading, Writing, readings, unit_words, writings
from a360tui.workflow.capture.har import HarFile, Recorded, content_hint, nothing_there
from a360tui.workflow.capture.key_candidates import KeyCandidate, key_candidates
from a360tui.workflow.capture.private_values import PrivateValues
from a360tui.workflow.capture.questions import Answer, AskDuration, Asking, Choice, Question
from a360tui.workflow.capture.sent_back import sent_back
from a360tui.workflow.capture.templates import Doubt, Template, doubts, shown_path, template_of

if TYPE_CHECKING:
    from a360tui.api import Address

MOST_CANDIDATES = 50
"""Exchanges of one kind; with more, the file is no recording of a few button presses."""


@dataclass
class Learned:
    """What was learned from a recording."""

    calls: Calls = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    """What was found and why, a sentence each; without secrets."""
    missing: list[str] = field(default_factory=list)
    """What was not found, a sentence each."""


def learn(file: HarFile, address: Address, today: date) -> Generator[Question, Answer, Learned]:
    """Learn the calls of one Control Room from a file.

    Raises `InvalidInput` on the field ``har`` where it is no HAR file, or nothing is found in it.
    """
    lesson = _Lesson(file, today)
    lesson.look_for_keys()
    if not file.survey.there:
        raise nothing_there(file.survey, address)
    yield from lesson.learn_generate()
    yield from lesson.learn_duration()
    learned = lesson.learned
    if not learned.calls:
        raise InvalidInput(
            f"No call was found in the file. {' '.join(learned.missing)}",
            content_hint(file.survey) or "How to record them: a360tui calls learn --help",
            field="har",
        )
    lesson.check_nothing_leaks()
    return learned


def advance(lesson: Generator[Question, Answer, Learned], answer: Answer) -> Question | Learned:
    """Send the answer to the last question (``None`` at the start) and get the next question, or what was learned."""
    try:
        return lesson.send(answer)
    except StopIteration as end:
        learned: Learned = end.value
        return learned


class _Lesson:
    """One recording, and what is known of it so far."""

    def __init__(self, file: HarFile, today: date) -> None:
        self._file = file
        self._today = today
        self._private = PrivateValues()
        self._keys: dict[tuple[str, str, str], KeyCandidate] = {}
        self._own: dict[Doubt, bool] = {}
        """The person's answers about values that nothing else explains."""
        self.learned = Learned()

    def look_for_keys(self) -> None:
        """Read the file once, to learn who the user is, what is secret and which answers may hold a key."""
        for recorded in self._file.recorded():
            self._private.hear(recorded)
            for found in key_candidates(recorded):
                self._private.add_secret_at(recorded.answer, found.place)
                self._keys[recorded.method, recorded.path, found.place] = found  # the latest of its kind
                self._check_count(self._keys)

    def learn_generate(self) -> Asking[None]:
        """Learn the call that makes a key."""
        found = [each for each in self._keys.values() if each.is_telling] or list(self._keys.values())
        if not found:
            self.learned.missing.append(
                "For the key: a call that changes something, whose answer holds a text like a key; there is none."
            )
            return
        candidate = found[0]
        if len(found) > 1:
            options = tuple(f"{_key_words(each)}; {self._seen(each.recorded)}" for each in found)
            candidate = found[(yield Choice("Which of these made the key?", options))]
        template = yield from self._template(candidate.recorded, "For the key")
        if template is None:
            return
        self._add(
            "generate",
            GenerateCall(
                **self._common(candidate.recorded, template),
                key=candidate.place,
                created_on=candidate.created_on,
                expiration_time=candidate.expiration_time,
            ),
            f"The key: {self._seen(candidate.recorded)}. {_key_words(candidate)} look like one.",
        )

    def learn_duration(self) -> Asking[None]:
        """Learn the calls that read and set the duration, by the duration that the page showed."""
        duration: timedelta | None = yield AskDuration()
        if duration is None:
            self.learned.missing.append("For the duration: it is not known what the page showed.")
            return
        reading = yield from self._reading(duration)
        if reading is None:
            return
        template = yield from self._template(reading.recorded, "For reading the duration")
        if template is None:
            return
        was_added = self._add(
            "read_duration",
            DurationCall(
                **self._common(reading.recorded, template),
                value=reading.place,
                unit=reading.unit,
                unit_place=reading.unit_place,
                unit_words=dict(reading.unit_words),
            ),
            f"Reading the duration: {self._seen(reading.recorded)}. The page showed {_reading_words(reading)}.",
        )
        if was_added:
            yield from self._learn_writing(reading)

    def _reading(self, duration: timedelta) -> Asking[Reading | None]:
        found: dict[tuple[str, str, str, str], Reading] = {}
        for recorded in self._file.recorded():
            for reading in readings(recorded, duration):
                found[recorded.path, reading.place, reading.unit, str(reading.unit_words)] = reading
                self._check_count(found)
        likely = [each for each in found.values() if each.is_telling] or list(found.values())
        if not likely:
            self.learned.missing.append("For the duration: no answer to a GET says the one that the page showed.")
            return None
        if len(likely) == 1:
            return likely[0]
        options = tuple(f"{_reading_words(each)}; {self._seen(each.recorded)}" for each in likely)
        return likely[(yield Choice("Which of these is the API-Key Duration?", options))]

    def _learn_writing(self, reading: Reading) -> Asking[None]:
        found: dict[tuple[str, str, str], tuple[Writing, Recorded]] = {}
        before = reading.recorded
        for recorded in self._file.recorded():
            if recorded.target == reading.recorded.target and recorded.method == "GET" and recorded.answer is not None:
                before = recorded
            for writing in writings(recorded, reading):
                found[recorded.method, recorded.path, writing.place] = (writing, before)
                self._check_count(found)
        if not found:
            self.learned.missing.append(
                f"For setting the duration: no call that changes something sends {_last(reading.place)}."
            )
            return
        chosen = next(iter(found.values()))
        if len(found) > 1:
            options = tuple(f"it sends {each.place}; {self._seen(each.recorded)}" for each, _ in found.values())
            chosen = list(found.values())[(yield Choice("Which of these set the duration?", options))]
        writing, before = chosen
        back = sent_back(writing.recorded.sent, writing.place, before.answer, reading.place)
        rest = back.rest
        if at_pointer(rest, writing.place) is not None:  # what stands there is of that moment
            rest = with_value_at(rest, writing.place, _zero_like(reading))
        template = yield from self._template(writing.recorded, "For setting the duration", rest)
        if template is None:
            return
        whole = back.parts == {"": ""}
        self._add(
            "write_duration",
            WriteDurationCall(
                **self._common(writing.recorded, template),
                value=writing.place,
                unit=reading.unit,
                unit_place=writing.unit_place,
                unit_words=dict(reading.unit_words),
                sent_back={} if whole else back.parts,
                left_out=back.left_out,
            ),
            f"Setting the duration: {self._seen(writing.recorded)}. It is at {writing.place}, "
            f"{unit_words(reading.unit, writing.unit_place)}"
            f"{_back_words(len(back.parts), back.left_out)}.",
        )

    def _template(self, recorded: Recorded, purpose: str, body: Any = ...) -> Asking[Template | None]:
        """The part of a request that is kept, after asking whose ids are in it.

        ``body``, where given, replaces its own. ``None`` where it cannot be kept, which is noted.
        """
        if body is not ...:
            recorded = replace(recorded, sent=body)
        for doubt in doubts(recorded, self._private):
            if doubt not in self._own:
                what = f"{shortened(harmless(doubt.text), 40)}, after {harmless(doubt.name)},"
                answer = yield Choice(
                    f"{self._seen(recorded)}: what is {what} in it?",
                    (
                        "the one who pressed the button: each user's own is filled in",
                        "the same for everybody",
                    ),
                )
                self._own[doubt] = answer == 0
        template = template_of(recorded, self._private, lambda doubt: self._own.get(doubt, False))
        if template is None:
            self.learned.missing.append(f"{purpose}: the path of {self._seen(recorded)} holds what may be a secret.")
        return template

    def _common(self, recorded: Recorded, template: Template) -> dict[str, Any]:
        return {
            "method": recorded.method,
            "path": template.path,
            "source": "captured",
            "since": self._today,
            "body": template.body,
            "headers": template.headers,
            "withheld": tuple(template.withheld),
        }

    def _add(self, name: CallName, call: Call, finding: str) -> bool:
        """Add a learned call; one that could not be sent is noted as missing."""
        try:
            check_call(call)
        except InvalidInput as fault:
            self.learned.missing.append(f"To {PURPOSES[name]}: what was recorded cannot be sent by a360tui. {fault}")
            return False
        self.learned.calls[name] = call
        if call.withheld:
            finding += f" Not kept, as it may be secret: {', '.join(call.withheld)}."
        self.learned.findings.append(harmless(finding))
        return True

    def _seen(self, recorded: Recorded) -> str:
        at = f" at {recorded.clock}" if recorded.clock else ""
        return harmless(f"{recorded.method} {shown_path(recorded, self._private)}, answered {recorded.status}{at}")

    def check_nothing_leaks(self) -> None:
        """Raise where a secret of the file would be kept after all."""
        if self._private.holds_secret(json.dumps(tables_of(self.learned.calls), default=str)):
            raise InvalidInput(
                "A value of these calls stands in the file as a secret, too, so nothing was kept.",
                "Type the calls by hand: README says how.",
                field="har",
            )

    @staticmethod
    def _check_count(found: dict[Any, Any]) -> None:
        if len(found) > MOST_CANDIDATES:
            raise InvalidInput(
                f"More than {MOST_CANDIDATES} calls in the file may be the one that is looked for.",
                "Clear the list in the browser just before the button is pressed, and save it just after.",
                field="har",
            )


def _key_words(candidate: KeyCandidate) -> str:
    return harmless(f"{candidate.length} characters at {candidate.place}")


def _reading_words(reading: Reading) -> str:
    return harmless(f"{reading.value} at {reading.place}, {reading.words()}")


def _zero_like(reading: Reading) -> int | str:
    if reading.unit == "iso8601":
        return "P0D"
    return "0" if isinstance(reading.value, str) else 0


def _last(place: str) -> str:
    return harmless(place.rpartition("/")[2])


def _back_words(parts: int, left_out: tuple[str, ...]) -> str:
    words = "; what was read just before is sent back with it" if parts else ""
    return words + (f", without {harmless(', '.join(left_out))}" if left_out else "")
