"""A `Place` that is a program which takes the key on its standard input."""

import os
import signal
from collections.abc import Collection
from pathlib import Path

from a360tui.secret import Secret
from a360tui.workflow.references.command_run import Run, environment, found, run
from a360tui.workflow.references.findings import Condition, Outcome, Preflight, Result, State
from a360tui.workflow.references.fingerprint import Fingerprint
from a360tui.workflow.references.kinds import Command, home_folder, shown_path
from a360tui.workflow.references.place import Place
from a360tui.workflow.references.redaction import redacted
from a360tui.workflow.references.refusal import Absent, Refusal, Unsupported, Unwritable

_OUTPUT_WIDTH = 2000
_REMARK_WIDTH = 200


class CommandPlace(Place):
    """A program that is given each new key; it cannot be asked what it did with the last one."""

    def __init__(self, reference: Command, hide: Collection[Secret]) -> None:
        self._reference = reference
        self._hide = tuple(hide)
        self._folder = Path(reference.folder or home_folder())

    async def preflight(self, current: Fingerprint | None) -> Preflight:  # noqa: ARG002  # no command tells its key
        """Whether the program is there and its ``check`` succeeds; what it holds is never known."""
        label = self._reference.label
        try:
            await self._rehearse()
        except Refusal as refusal:
            return Preflight(False, f"{label} {refusal}", label)
        return Preflight(True, "", label)

    async def check(self, current: Fingerprint | None) -> State:  # noqa: ARG002  # no command tells its key
        """Whether the program could run now; what it holds is never known."""
        label = self._reference.label
        try:
            await self._rehearse()
        except Absent as refusal:
            return State(Condition.MISSING, f"{label} {refusal}")
        except Refusal as refusal:
            return State(Condition.UNREADABLE, f"{label} {refusal}")
        return State(Condition.CANNOT_BE_READ_BACK, f"{label} takes a key and cannot be asked which one it holds.")

    async def _replace(self, expected: Fingerprint | None, new: Secret) -> Outcome:  # noqa: ARG002  # as above
        label = self._reference.label
        stdin = new.reveal().encode() + (b"\n" if self._reference.newline else b"")
        try:
            ended = await self._run(self._reference.arguments, stdin, (*self._hide, new))
        except Refusal as refusal:
            return Outcome(Result.FAILED, f"{label} {refusal}")
        output = _shown(ended, (*self._hide, new), _OUTPUT_WIDTH)
        if ended.exit_code == 0:
            return Outcome(Result.UPDATED, f"{label} took the new key.", exit_code=0, output=output)
        sentence = f"{label} {self._ending(ended.exit_code)}; whether it took the new key is not known."
        return Outcome(Result.FAILED, sentence, exit_code=ended.exit_code, output=output)

    async def _rehearse(self) -> None:
        """Raise a `Refusal` where the program cannot be started, or its check does not end with 0."""
        found(self._reference.arguments, self._folder, environment(self._hide))
        if not os.path.isdir(self._folder):  # noqa: ASYNC240, PTH112  # Path fails on a long name
            raise Unwritable(f"cannot run: there is no folder {shown_path(self._folder)}.")
        check = self._reference.check
        if not check:
            return
        try:
            ended = await self._run(check, b"", self._hide)
        except Refusal as refusal:
            raise Unwritable(f"is not ready: its check {check[0]} {refusal}") from refusal
        if ended.exit_code != 0:
            remark = " ".join(_shown(ended, self._hide, _REMARK_WIDTH).split())
            raise Unwritable(f"is not ready: its check {check[0]} {self._ending(ended.exit_code)}.", remark)

    async def _run(self, arguments: tuple[str, ...], stdin: bytes, keys: Collection[Secret]) -> Run:
        if any(key.reveal() in argument for key in keys for argument in arguments):
            raise Unsupported("has a key among its arguments, where every process can read it; it was not run.")
        variables = environment(keys)
        program = found(arguments, self._folder, variables)
        return await run(
            program, arguments, stdin, folder=self._folder, variables=variables, seconds=self._reference.seconds
        )

    def _ending(self, exit_code: int | None) -> str:
        if exit_code is None:
            return f"took longer than {self._reference.seconds} s and was ended"
        if exit_code < 0:
            return f"was ended by the signal {_signal_name(-exit_code)}"
        return f"ended with {exit_code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _shown(ended: Run, keys: Collection[Secret], width: int) -> str:
    return redacted(ended.output.decode("utf-8", "replace"), keys, width, is_cut=ended.is_cut)
