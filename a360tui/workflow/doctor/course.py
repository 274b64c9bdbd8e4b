"""`Course`: the steps of an examination as they are taken."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from a360tui.errors import A360Error
from a360tui.workflow.doctor.finding import Finding, Outcome, Seen

Tell = Callable[[Finding], None]
"""Called when a step begins and when it has ended."""


class Course:
    """Takes one step after the other, and leaves out what has nothing to stand on."""

    def __init__(self, tell: Tell, elapsed: Callable[[], float]) -> None:
        """``elapsed`` counts seconds."""
        self._tell = tell
        self._elapsed = elapsed
        self.findings: list[Finding] = []

    async def step(self, name: str, look: Callable[[], Awaitable[Seen]], *, after: str = "") -> bool:
        """Take a step, unless the one that it comes ``after`` did not bear; whether what follows can build on it.

        An `A360Error` is what the step found, not what stops the course.
        """
        ground = next((finding for finding in self.findings if finding.step == after), None)
        if ground is not None and not ground.outcome.bears:
            return self._end(Finding(name, Outcome.NOT_TRIED, f"It needs: {after}."))
        self._tell(Finding(name, Outcome.LOOKING))
        begun = self._elapsed()
        try:
            seen = await look()
        except A360Error as error:
            took = (self._elapsed() - begun) * 1000
            failed = Finding(name, Outcome.FAILED, error.message, (), error.hint, took, error.exit_code)
            return self._end(failed)
        took = (self._elapsed() - begun) * 1000
        return self._end(Finding(name, seen.outcome, seen.said, seen.facts, seen.todo, took, seen.exit_code))

    def _end(self, finding: Finding) -> bool:
        self.findings.append(finding)
        self._tell(finding)
        return finding.outcome.bears
