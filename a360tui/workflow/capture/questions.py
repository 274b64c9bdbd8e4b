"""What a recording leaves open, for a person to answer."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class Choice:
    """A question with a few answers; the answer is the number of an option, from 0."""

    question: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class AskDuration:
    """The question for a duration; the answer is one, or ``None`` where the person does not know."""

    question: str = "Which API-Key Duration did the page show when it was opened, as in 45 days?"


Question = Choice | AskDuration
Answer = int | timedelta | None
Asking = Generator[Question, Any, Outcome]
"""A part of a lesson: it yields questions, is sent their answers, and comes to something."""
