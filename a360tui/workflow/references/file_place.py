"""A `Place` that is a value in another program's file."""

from asyncio import to_thread

from a360tui.secret import Secret
from a360tui.text import harmless
from a360tui.workflow.references.findings import Condition, Outcome, Preflight, Result, State
from a360tui.workflow.references.fingerprint import Fingerprint, Fingerprints
from a360tui.workflow.references.foreign_file import ForeignFile, Snapshot, opened
from a360tui.workflow.references.formats.editing import Format, Reading, decoded, edited, located
from a360tui.workflow.references.key_path import KeyPath
from a360tui.workflow.references.kinds import Dotenv, FileReference, Ini, Json, Toml, Yaml, shown_path
from a360tui.workflow.references.place import Place
from a360tui.workflow.references.refusal import Absent, Changed, Refusal
from a360tui.workflow.references.replacement import locked, make_durable, rehearse, replace
from a360tui.workflow.uncancelled import to_the_end

_SAMPLES = (Secret("a360tuiSample0123456789"), Secret("a360tui 'sample\" of \\ `odd` $(ones) # %s ${x}; &<>~*"))
"""Sample keys that a preflight puts into the text, without writing it, to see whether that is possible."""


class FilePlace(Place):
    """One value in a file; only that value's bytes ever change."""

    def __init__(self, reference: FileReference, fingerprints: Fingerprints) -> None:
        self._path = reference.path
        self._key_path = harmless(reference.key_path)
        self._format = format_of(reference)
        self._fingerprints = fingerprints

    async def preflight(self, current: Fingerprint | None) -> Preflight:
        """Find the value, try sample keys in the text, and write a file of zeros beside the file."""
        return await to_the_end(to_thread(self._look_before, current))

    async def check(self, current: Fingerprint | None) -> State:
        """Find the value and compare it."""
        return await to_thread(self._look, current)

    async def _replace(self, expected: Fingerprint | None, new: Secret) -> Outcome:
        return await to_the_end(to_thread(self._compare_and_set, expected, new))

    def _look_before(self, current: Fingerprint | None) -> Preflight:
        target = shown_path(self._path)
        try:
            with opened(self._path) as file, locked(file):
                target = shown_path(file.path)
                before = file.read()
                text, reading = self._found(before)
                seen = self._fingerprints.of(reading.value)
                if current is not None and seen != current:
                    return Preflight(False, self._sentence(self._other(reading)), target, seen)
                for sample in _SAMPLES:
                    edited(text, reading, self._format, sample)
                rehearse(file, before)
        except Refusal as refusal:
            return Preflight(False, self._sentence(str(refusal)), target)
        return Preflight(True, "", target, seen)

    def _look(self, current: Fingerprint | None) -> State:
        try:
            with opened(self._path) as file:
                _, reading = self._found(file.read())
        except Absent as refusal:
            return State(Condition.MISSING, self._sentence(str(refusal)))
        except Refusal as refusal:
            return State(Condition.UNREADABLE, self._sentence(str(refusal)))
        if not reading.value:
            return State(Condition.MISSING, self._sentence(self._other(reading)))
        if self._fingerprints.match(reading.value, current):
            return State(Condition.HOLDS_CURRENT, self._sentence(f"holds this key in {self._key_path}."))
        return State(Condition.HOLDS_ANOTHER, self._sentence(self._other(reading)))

    def _compare_and_set(self, expected: Fingerprint | None, new: Secret) -> Outcome:
        try:
            with opened(self._path) as file, locked(file):
                return self._set(file, expected, new)
        except Changed as refusal:
            return Outcome(Result.CONFLICT, self._sentence(str(refusal)))
        except Refusal as refusal:
            return Outcome(Result.FAILED, self._sentence(str(refusal)))

    def _set(self, file: ForeignFile, expected: Fingerprint | None, new: Secret) -> Outcome:
        before = file.read()
        text, reading = self._found(before)
        if reading.value == new:
            make_durable(file)
            return Outcome(Result.UPDATED, self._sentence("held the new key already."), read_back=True)
        if not self._fingerprints.match(reading.value, expected):
            sentence = self._sentence(f"holds another value in {self._key_path} than expected, so it was left alone.")
            return Outcome(Result.CONFLICT, sentence)
        replace(file, before, edited(text, reading, self._format, new).encode())
        _, reading = self._found(file.read())
        if reading.value != new:
            return Outcome(Result.FAILED, self._sentence("was written and reads as something else."))
        return Outcome(Result.UPDATED, self._sentence("holds the new key."), read_back=True)

    def _found(self, snapshot: Snapshot) -> tuple[str, Reading]:
        text = decoded(snapshot.data, bom=self._format.bom)
        return text, located(text, self._format)

    def _other(self, reading: Reading) -> str:
        """What a place holds that is not the key, as a clause."""
        return f"holds another value in {self._key_path}." if reading.value else f"has nothing in {self._key_path} yet."

    def _sentence(self, clause: str) -> str:
        return f"{shown_path(self._path)} {clause}"


def format_of(reference: FileReference) -> Format:
    """The format of a reference's file, for its key path; its library is loaded on first use."""
    match reference:
        case Dotenv():
            from a360tui.workflow.references.formats.dotenv_format import DotenvFormat

            return DotenvFormat(reference.key_path)
        case Toml():
            from a360tui.workflow.references.formats.toml_format import TomlFormat

            return TomlFormat(KeyPath.parse(reference.key_path))
        case Json():
            from a360tui.workflow.references.formats.json_format import JsonFormat

            return JsonFormat(KeyPath.parse(reference.key_path))
        case Yaml():
            from a360tui.workflow.references.formats.yaml_format import YamlFormat

            return YamlFormat(KeyPath.parse(reference.key_path))
        case Ini():
            from a360tui.workflow.references.formats.ini_format import IniFormat

            return IniFormat.of(KeyPath.parse(reference.key_path), interpolation=reference.interpolation)
