"""Learning from a recording, the questions answered by a test."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from a360tui.api import parse_address
from a360tui.workflow.capture.har import HarFile
from a360tui.workflow.capture.learning import Learned, advance, learn
from a360tui.workflow.capture.questions import AskDuration, Choice
from a360tui.workflow.duration import parse_duration
from tests.capture.har_files import HOST, Recording, chrome

TODAY = date(2026, 11, 23)


def saved(folder: Path, document: Any) -> Path:
    file = folder / "recorded.har"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return file


def lesson(
    file: Path, duration: str | None = None, choices: Iterable[str] = (), *, host: str = HOST
) -> tuple[Learned, list[Choice]]:
    """What is learned, and what there was to choose; a choice is made by words of the option."""
    address, asked, left = parse_address(host), [], list(choices)
    teaching = learn(HarFile(file, address), address, TODAY)
    answer: Any = None
    while not isinstance(step := advance(teaching, answer), Learned):
        if isinstance(step, AskDuration):
            answer = None if duration is None else parse_duration(duration)
        else:
            asked.append(step)
            [answer] = [index for index, option in enumerate(step.options) if left[0] in option]
            left.pop(0)
    assert left == []
    return step, asked


def learned(
    folder: Path, recording: Recording, duration: str | None = None, *choices: str
) -> tuple[Learned, list[Choice]]:
    """The same from what Chrome saves of a recording."""
    return lesson(saved(folder, chrome(recording)), duration, choices)
