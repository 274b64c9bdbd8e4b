"""A plan, drawn before it runs and while it runs: each line with the word of its state."""

from typing import ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from a360tui.workflow.plan import Plan, StepState

STEP_WORDS = {
    StepState.PLANNED: "",
    StepState.RUNNING: "· running",
    StepState.DONE: "✓ done",
    StepState.FAILED: "✗ failed",
    StepState.UNKNOWN: "? unknown",
    StepState.NOT_RUN: "– not done",
}
"""What the screens call the state of a step."""


class PlanView(Static):
    """What will be done, line by line; past ``most`` lines the rest is counted."""

    DEFAULT_CSS = """
    PlanView {
        height: auto;
        & > .plan-view--word { color: $text-muted; }
        & > .plan-view--wrong { color: $warning; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"plan-view--word", "plan-view--wrong"}

    plan: reactive[Plan | None] = reactive(None, always_update=True, layout=True)
    most: reactive[int] = reactive(4, layout=True)

    def render(self) -> Content:
        """Draw the lines with the words of their steps."""
        if self.plan is None:
            return Content("")
        if not self.plan.changes:
            return Content(self.plan.nothing_to_do)
        lines: list[Content] = []
        steps = [(line, step.state) for step in self.plan.steps for line in step.lines]
        shown = steps if len(steps) <= self.most else steps[: self.most - 1]
        width = max(cell_len(line) for line, _ in shown) + 2
        for line, state in shown:
            wrong = state in (StepState.FAILED, StepState.UNKNOWN)
            style = self.get_visual_style("plan-view--wrong" if wrong else "plan-view--word")
            padded = line + " " * (width - cell_len(line))
            lines.append(Content.assemble(padded, (STEP_WORDS[state], style)))
        if len(shown) < len(steps):
            lines.append(Content(f"and {len(steps) - len(shown)} more"))
        return Content("\n").join(lines)
