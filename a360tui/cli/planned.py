"""A plan on the command line: show it, ask for consent, run it, and report each step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from a360tui.cli.consent import ask
from a360tui.cli.output import put, put_json, say

if TYPE_CHECKING:
    from a360tui.cli.options import CommonOptions
    from a360tui.workflow.plan import Plan, Step


async def carry_out(options: CommonOptions, plan: Plan, *, place: str, irreversible: bool = False) -> None:
    """Show the plan, ask, and run it; where there is nothing to do, say so. ``place`` is what it changes."""
    from a360tui.cli.signals import cut_short

    if not plan.changes:
        say(plan.nothing_to_do)
        return
    say(f"{place} this will")
    for line in _effects(plan):
        say(f"  {line}")
    ask(options, "Go on?", irreversible=irreversible)
    await cut_short(plan.run(_tell), on_signal=lambda: _say_interrupted(plan))


def put_plan(plan: Plan, *, as_json: bool) -> None:
    """Print what the plan would do, for a dry run."""
    if as_json:
        put_json({"changes": _effects(plan), "changed": False})
        return
    for line in _effects(plan) or [plan.nothing_to_do]:
        put(line)


def _tell(step: Step) -> None:
    from a360tui.workflow.plan import StepState

    if step.state is not StepState.RUNNING:
        say(f"{step.state.value}: {_words(step)}")


def _say_interrupted(plan: Plan) -> None:
    from a360tui.workflow.plan import StepState

    for step in plan.steps:
        if step.state is StepState.RUNNING:
            say(f"interrupted: {_words(step)}; whether it was done is not known, so look first")


def _effects(plan: Plan) -> list[str]:
    return [line for step in plan.steps for line in step.lines]


def _words(step: Step) -> str:
    return ", ".join(step.lines)
