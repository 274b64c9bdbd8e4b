"""What the commands print of arguments, the environment and files of this machine, as bytes to a terminal."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.hostile.payloads import LONGEST, Payload, found
from tests.hostile.prompt import Prompt, Said
from tests.hostile.this_machine import ARGUMENTS, ENVIRONMENT, FILES, MORE_PAYLOADS, Shown, Source


@pytest.fixture
def prompt(home: Path) -> Iterator[Prompt]:
    prompt = Prompt(home)
    yield prompt
    prompt.close()


@pytest.mark.parametrize("sources", [ARGUMENTS, ENVIRONMENT, FILES], ids=["arguments", "environment", "files"])
def test_whatever_is_in_them(prompt: Prompt, home: Path, sources: Mapping[str, Source]) -> None:
    """It is shown letter by letter or refused: not one byte acts, nothing crashes, and a document is a document."""
    wrong = {name: faults for name, source in sources.items() if (faults := _faults(prompt, home / "a360tui", source))}
    assert wrong == {}


def _faults(prompt: Prompt, folder: Path, source: Source) -> list[str]:
    """What went wrong with any payload in one field."""
    faults: list[str] = []
    read = set[Payload]()
    carried = [payload for payload in MORE_PAYLOADS if source.carries(payload)]
    for payload in carried:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        arguments, environment = source.fill(folder, payload)
        stdin = source.stdin.replace("@", payload.text)
        runs = [prompt.run(arguments, stdin=stdin, environment=environment)]
        if runs[0].code in {0, 1, 7} and arguments:
            runs.append(prompt.run(arguments, stdin=stdin, environment=environment, as_json=True))
        for said in runs:
            faults += [f"{payload.kind}: {fault}" for fault in _faults_of(said)]
        read |= found([payload], runs[0].terminal)
    missing = [each.kind for each in carried if each not in read and each != LONGEST]
    if source.shown is Shown.EACH and missing:
        faults.append(f"not to be read: {missing}")
    if source.shown is Shown.SOME and not read:
        faults.append("none is to be read")
    return faults


def _faults_of(said: Said) -> Iterator[str]:
    if said.failed:
        yield f"it failed: {said.terminal[:200]!r}"
    if acts := said.acts():
        yield f"it acts: {acts[:1]!r}"
    try:
        _ = said.document
    except ValueError:
        yield f"no document: {said.written[:100]!r}"
