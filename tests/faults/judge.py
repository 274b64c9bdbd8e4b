"""What came of a trial: the Control Room, the files and the screen are asked, not the program."""

import json
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values

from a360tui.api import ASSUMED_CALLS, salvaged_key
from a360tui.secret import Secret
from a360tui.storage import Identity, SecretKind, find_slots
from a360tui.storage.vault import Vault
from tests.canaries import leaks
from tests.faults.bench import Bench, Ended, Trial
from tests.faults.call_order import order_faults
from tests.faults.room import PASSWORD, Room

FAULTS = {
    "LOST": "the key in force is nowhere, and nobody was told",
    "SILENT": "it was said to be done, and a place has another key",
    "EXTRA": "more keys were made than agreed to",
    "TORN": "a reference is neither as before nor as it should be",
    "LEAK": "a secret stands in clear where it should not",
    "LOCKED": "more than one sign-in failed",
    "UNTRUE": "what was said is not so",
    "ORDER": "something came before it was durable",
    "CRASH": "the program failed with a traceback",
    "HUNG": "the program did not end",
}
"""What must never be."""


@dataclass
class Verdict:
    """What came of a trial."""

    trial: Trial
    ended: list[Ended]
    hit: bool
    """Whether all was injected that should have been."""
    ending: str = ""
    """What the person was told last; empty where nothing was told."""
    faults: dict[str, str] = field(default_factory=dict)
    """Which of `FAULTS`, with what was seen."""

    @property
    def told(self) -> str:
        """The ending in words, also where there was none."""
        refused = any("error" in (each.told or {}) for each in self.ended)
        return self.ending or ("refused before anything was sent, or by the Control Room" if refused else "nothing")

    @property
    def is_outage(self) -> bool:
        """Whether only another regeneration helps."""
        return self.ending == "lost"


def tried(bench: Bench, trial: Trial) -> Verdict:
    """Make the trial and judge it."""
    room = bench.begin(trial)
    ended = list(bench.processes(trial, room))
    verdict = Verdict(trial, ended, all(each.trace.hit for each in ended if each.trace.injects))
    _Judge(bench, room, verdict).judge()
    return verdict


class _Judge:
    def __init__(self, bench: Bench, room: Room, verdict: Verdict) -> None:
        self._bench = bench
        self._room = room
        self._verdict = verdict
        self._told = [each.told for each in verdict.ended if each.told is not None]
        self._said = [each for each in self._told if "ending" in each]
        self._left = self._told[-1].get("left", ["?"]) if self._told else ["?"]
        verdict.ending = self._said[-1]["ending"] if self._said else ""

    def judge(self) -> None:
        """Look at everything and write the faults into the verdict."""
        store, slots = self._store(), self._slots()
        references = self._references() if self._verdict.trial.has_references else {}
        safe = {*store.values(), *slots}
        self._judge_key({*safe, *references.values(), *self._bench.screen.read_text("utf-8").splitlines()})
        self._judge_words(safe)
        self._judge_done(store, references)
        self._judge_leaks()
        for each in self._verdict.ended:
            if each.hung:
                self._fault("HUNG", each.trace.injects)
            if each.told and "crash" in each.told:
                self._fault("CRASH", each.told["crash"])
            for what in order_faults(each.trace.calls):
                self._fault("ORDER", what)

    def _judge_key(self, places: set[str]) -> None:
        """The key in force is somewhere, there is only one new one, and the user is not about to be disabled."""
        room, ending = self._room, self._verdict.ending
        # Where the answer shows a covered-up key, nobody can have it, and that it does not sign in was told.
        masked = room.plan.answer.startswith("masked") and ending == "not verified"
        told = ending in {"lost", "unknown"} or masked
        if room.key is not None and room.key not in places and room.key not in room.rivals and not told:
            self._fault("LOST", f"{room.key} is nowhere; told: {ending or 'nothing'}")
        if len(room.made) > 1:
            self._fault("EXTRA", f"{len(room.made)} keys were made")
        if room.failed_sign_ins > 1:
            self._fault("LOCKED", f"{room.failed_sign_ins} sign-ins failed")

    def _judge_words(self, safe: set[str]) -> None:
        """What was told last is so; of several processes, one at most says that it made the key."""
        room, ending = self._room, self._verdict.ending
        if ending == "not done" and room.made:
            self._fault("UNTRUE", "told that no key was made, and one was")
        if ending == "lost" and not room.rivals and (room.key in safe or not room.made):
            self._fault("UNTRUE", "told that the key is lost, and it is not")
        racing = self._verdict.ended[: self._verdict.trial.at_once]
        if sum((each.told or {}).get("ending") == "done" for each in racing) > 1:
            self._fault("UNTRUE", "several processes say that they made the key")

    def _judge_done(self, store: dict[SecretKind, str], references: dict[str, str]) -> None:
        """Where nothing is left to be done, everything has the key in force, or it was said which does not."""
        room, ending = self._room, self._verdict.ending
        if self._left or ending in {"lost", "unknown", "conflict", "not verified", "pending"}:
            return
        stages: dict[str, str] = {}
        for each in self._said:
            stages |= each["references"]
        others = {name for name, key in references.items() if key != room.key and stages.get(name) != "conflict"}
        if others:
            self._fault("SILENT", f"done, and {others} hold another key")
        if room.key is not None and store.get(SecretKind.API_KEY) not in {room.key, None}:
            self._fault("SILENT", "done, and the store has another key")
        if room.made and store.get(SecretKind.API_KEY) is None:
            self._fault("SILENT", "done, and the store has no key")

    def _judge_leaks(self) -> None:
        room, bench = self._room, self._bench
        contents = [path.read_bytes() for folder in (bench.folder, bench.output) for path in _files(folder)]
        if not self._left:  # what a dead process left beside a reference goes with the next update
            contents += [path.read_bytes() for path in _files(bench.places) if path.name.endswith(".tmp")]
        for secret in {PASSWORD, bench.old_key, *room.given_tokens, *room.made, *room.rivals}:
            if found := leaks(secret, contents):
                self._fault("LEAK", f"{found}")

    def _store(self) -> dict[SecretKind, str]:
        bench = self._bench
        contents = Vault(bench.locations).read(Identity.from_text(Secret(bench.identity[1])))
        return {kind: entry.secret.reveal() for (_, kind), entry in contents.items()}

    def _slots(self) -> set[str]:
        """The keys in the slots, also in those that were set aside or nobody knows of."""
        found = set()
        for slot in find_slots(self._bench.locations.slot_folders):
            if slot.frames:
                answer = slot.open(Identity.from_text(Secret(self._bench.identity[1]))).reveal()
                made = salvaged_key(answer, ASSUMED_CALLS.generate)
                found |= {made.key.reveal()} if made else {key for key in self._room.made if key.encode() in answer}
        return found

    def _references(self) -> dict[str, str]:
        """What each reference holds, by its format's own reader; a file that is torn is a fault."""
        bench, keys = self._bench, (self._bench.old_key, *self._room.made)
        env, text = bench.references
        held = {}
        try:
            held[env.id] = dotenv_values(stream=StringIO(bench.env_file.read_text()))["A360_API_KEY"]
            held[text.id] = json.loads(bench.json_file.read_text())["a360"]["key"]
        except (ValueError, KeyError, OSError) as error:
            self._fault("TORN", repr(error))
        for name, key in held.items():
            if key not in keys:
                self._fault("TORN", f"{name} holds {key!r}")
        return {name: key or "" for name, key in held.items()}

    def _fault(self, name: str, what: str) -> None:
        self._verdict.faults.setdefault(name, what)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
