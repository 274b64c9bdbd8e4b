"""README says how to record the calls in the words of the program, and its example of a typed file can be used."""

import re
import tomllib
from pathlib import Path

from a360tui.workflow.call_tables import calls_in
from a360tui.workflow.capture.instructions import AFTERWARDS, BROWSERS, BUTTONS

README = (Path(__file__).parents[2] / "README.md").read_text()


def test_the_steps_are_those_of_the_program() -> None:
    """Each step, each button and what to do afterwards, word by word."""
    words = " ".join(README.split())
    for sentence in (*(step for steps in BROWSERS.values() for step in steps), *BUTTONS.values(), AFTERWARDS):
        assert sentence in words


def test_the_example_of_a_typed_file_can_be_used() -> None:
    """It is read without a fault."""
    [example] = [text for text in re.findall(r"```toml\n(.*?)```", README, re.DOTALL) if "[generate]" in text]
    assert set(calls_in(tomllib.loads(example), "README", "typed")) == {"generate", "write_duration"}
