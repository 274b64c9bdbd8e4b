"""`Report`: an examination's result for people and for programs, complete or in a form to show to others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from a360tui.errors import ExitCode
from a360tui.text import folded
from a360tui.workflow.doctor.finding import Finding, Outcome

_PRIVATE = frozenset(
    {"addresses", "proxy", "signed by", "made for", "points to", "the Control Room said", "user", "whose", "mistake"},
)
"""Facts that identify this user or machine, whatever their values."""
_LEFT_OUT = "left out"
_STEP_WIDTH = 14
_FACT_INDENT = "    "
_FACT_WIDTH = 20


@dataclass(frozen=True)
class Report:
    """The findings of all steps."""

    findings: tuple[Finding, ...]
    identifying: Mapping[str, str]
    """Texts that identify this user or machine → the word that replaces each."""
    is_whole: bool = True
    """Whether nothing has been replaced in it."""

    @property
    def first_failed(self) -> Finding | None:
        """The first step that failed; ``None`` where none did."""
        return next((each for each in self.findings if each.outcome is Outcome.FAILED), None)

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the first step that failed; 0 where none did."""
        return ExitCode.DONE if self.first_failed is None else self.first_failed.exit_code

    @property
    def summary(self) -> str:
        """How it went, in a sentence."""
        failed = [each.step for each in self.findings if each.outcome is Outcome.FAILED]
        if failed:
            return f"Failed: {', '.join(failed)}."
        left = [each.step for each in self.findings if each.outcome is Outcome.NOT_TRIED]
        if left:
            return f"What was tried is fine; not tried: {', '.join(left)}."
        notes = sum(each.outcome is Outcome.NOTE for each in self.findings)
        return f"All is well; {notes} thing{'s' if notes != 1 else ''} to note." if notes else "All is well."

    def shareable(self) -> Report:
        """The report without host, user name, addresses, own paths, and the Control Room's own words."""
        return Report(tuple(self._without(each) for each in self.findings), {}, is_whole=False)

    def lines(self, width: int | None = None) -> list[str]:
        """The report as text; where there is a width, in lines that fit it."""
        lines = []
        for each in self.findings:
            head = f"{each.outcome.value:<10}{each.took:>8}  {each.step:<{_STEP_WIDTH}} "
            indent = " " * len(head)
            lines += folded(head, each.said, width)
            if each.todo:
                lines += folded(f"{indent}do: ", each.todo, width)
            for name, value in each.facts:
                lines += folded(f"{_FACT_INDENT}{name:<{_FACT_WIDTH}} ", value, width)
        left_out = [] if self.is_whole else ["Host, user name and the like are left out; --full shows them."]
        return [*lines, *left_out, self.summary]

    def document(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "summary": self.summary,
            "exitCode": int(self.exit_code),
            "steps": [
                {
                    "step": each.step,
                    "outcome": each.outcome.value,
                    "said": each.said,
                    "facts": [{"name": name, "value": value} for name, value in each.facts],
                    "todo": each.todo,
                    "milliseconds": None if each.milliseconds is None else round(each.milliseconds, 1),
                }
                for each in self.findings
            ],
        }

    def _without(self, finding: Finding) -> Finding:
        facts = tuple(
            (self._clean(name), _LEFT_OUT if name in _PRIVATE and value else self._clean(value))
            for name, value in finding.facts
        )
        return replace(finding, said=self._clean(finding.said), facts=facts, todo=self._clean(finding.todo))

    def _clean(self, text: str) -> str:
        # The longest first: a host may be a part of an address, a user name a part of a host.
        for each in sorted(self.identifying, key=len, reverse=True):
            text = re.sub(rf"(?<![\w.-]){re.escape(each)}(?![\w-])", self.identifying[each], text, flags=re.IGNORECASE)
        return text
