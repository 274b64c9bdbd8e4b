"""``a360tui calls learn``: learn the calls from a browser's HAR file, with questions where it leaves something open."""

from __future__ import annotations

import sys
from collections.abc import Generator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from a360tui.cli.connection import book_of, destination_of
from a360tui.cli.consent import ask, can_ask, refuse_read_only, typed_line
from a360tui.cli.options import HERE, Command, CommonOptions, FilePath, WholeNumber
from a360tui.cli.output import camel_case, is_terminal, put, put_json, say
from a360tui.errors import InvalidInput

if TYPE_CHECKING:
    from pathlib import Path

    from a360tui.api import CallName
    from a360tui.workflow.call_book import KnownCalls
    from a360tui.workflow.capture.learning import Learned
    from a360tui.workflow.capture.questions import Answer, Choice, Question

ASKS = ("--yes", "--no-input")


class _LearnCommand(Command):
    """A command whose help ends with the steps for each browser."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click calls it
        """Write them, a line each."""
        from a360tui.workflow.capture.instructions import instructions

        with formatter.section("How to record them"):
            for line in instructions().splitlines():
                if line:
                    formatter.write_text(line)
                else:
                    formatter.write_paragraph()


@click.command(cls=_LearnCommand, takes=(*HERE, *ASKS))
@click.argument("har", metavar="FILE.har", type=FilePath())
@click.option("--duration", metavar="TEXT", help="The API-Key Duration that the page showed when it was opened: 45d.")
@click.option(
    "--choose",
    type=WholeNumber(1),
    multiple=True,
    metavar="N",
    help="The answer to the next choice; may be repeated.",
)
@click.pass_obj
def learn(options: CommonOptions, har: Path, duration: str | None, choose: tuple[int, ...]) -> None:
    """Learn the calls from a HAR file that a browser saved.

    It is recorded while a person presses the buttons: see below. What was found is shown with the reason. No secret of
    the file is kept or printed. Nothing is sent.
    """
    from a360tui.workflow.capture.har import HarFile
    from a360tui.workflow.capture.instructions import AFTERWARDS
    from a360tui.workflow.capture.learning import learn as learning
    from a360tui.workflow.dates import today
    from a360tui.workflow.duration import parse_duration

    refuse_read_only(options, only_here=True)
    address = destination_of(options).address
    book = book_of(options, address)
    shown = None if duration is None else parse_duration(duration)
    answers = _Answers(options, shown, list(choose))
    learned = _driven(learning(HarFile(har, address), address, today()), answers)
    if answers.choices:
        raise InvalidInput(
            f"--choose is given {len(answers.choices)} times more than there was something to choose.", "Leave it out."
        )
    for sentence in (*learned.findings, *learned.missing):
        say(sentence)
    ask(options, f"Keep {_count(learned)} for {address.display}?")
    book.learn(learned.calls)
    if options.json:
        put_json({"controlRoom": address.url, **calls_json(book.known()), "keptIn": book.place})
    else:
        put(f"Learned: {_count(learned)}, kept in {book.place}")
    say(AFTERWARDS)


def calls_json(known: KnownCalls) -> dict[str, Any]:
    """The calls, to be part of a JSON document."""
    from a360tui.api import CALL_NAMES

    return {
        "calls": {camel_case(name): _call_json(known, name) for name in CALL_NAMES},
        "assumedAllowedOn": None if known.agreed_on is None else known.agreed_on.isoformat(),
    }


class _Answers:
    """Where the answers come from: options first, then the person."""

    def __init__(self, options: CommonOptions, duration: timedelta | None, choices: list[int]) -> None:
        self._options = options
        self._duration = duration
        self.choices = choices

    def to(self, question: Question) -> Answer:
        """The answer to a question; `InvalidInput` where nobody can give it."""
        from a360tui.workflow.capture.questions import Choice

        return self._chosen(question) if isinstance(question, Choice) else self._asked_duration(question.question)

    def _chosen(self, choice: Choice) -> int:
        lines = [choice.question, *(f"  {number}  {option}" for number, option in enumerate(choice.options, 1))]
        most = len(choice.options)
        if self.choices:
            number = self.choices.pop(0)
            if number > most:
                raise InvalidInput("\n".join([f"There is no {number} to choose.", *lines]), "Give another --choose N.")
            return number - 1
        if not self._asks:
            raise InvalidInput("\n".join(lines), "Answer it with --choose N; nothing was kept.")
        say("\n".join(lines))
        while True:
            text = _line(f"1 to {most}:")
            if text.isascii() and text.isdecimal() and 1 <= int(text) <= most:
                return int(text) - 1

    def _asked_duration(self, question: str) -> timedelta | None:
        from a360tui.workflow.duration import parse_duration

        if self._duration is not None or not self._asks:
            return self._duration
        while True:
            text = _line(f"{question} (empty: not known)")
            if not text:
                return None
            try:
                return parse_duration(text)
            except InvalidInput as error:
                say(str(error))

    @property
    def _asks(self) -> bool:
        return can_ask(self._options) and is_terminal(sys.stderr)


def _driven(lesson: Generator[Question, Answer, Learned], answers: _Answers) -> Learned:
    from a360tui.workflow.capture.learning import Learned, advance

    answer: Answer = None
    while not isinstance(step := advance(lesson, answer), Learned):
        answer = answers.to(step)
    return step


def _line(prompt: str) -> str:
    text = typed_line(prompt)
    if text is None:
        raise InvalidInput("No answer came.", "Nothing was kept.")
    return text


def _count(learned: Learned) -> str:
    from a360tui.workflow.call_words import PURPOSES

    return ", ".join(f"the call to {PURPOSES[name]}" for name in learned.calls)


def _call_json(known: KnownCalls, name: CallName) -> dict[str, Any]:
    import msgspec

    call: dict[str, Any] = msgspec.to_builtins(known.calls.of(name))
    return {**{camel_case(field): value for field, value in call.items()}, "keptIn": known.places.get(name)}
