"""The questions that a recording leaves open, for a person to answer."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class Choice:
    """A multiple-choice question; the answer is the index of an option."""

    question: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class AskDuration:
    """A question for a duration; the answer is ``None`` where the person does not know."""

    question: str = "Which API-Key Duration did the page show when it was opened, as in 45 days?"


Question = Choice | AskDuration
Answer = int | timedelta | None
Asking = Generator[Question, Any, Outcome]
"""A generator that yields questions, is sent their answers, and returns a result."""
