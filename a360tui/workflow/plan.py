"""`Plan`: what is going to be done, shown before it is run and reported step by step as it runs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum

from a360tui.api.errors import OutcomeUnknown
from a360tui.errors import A360Error


class StepState(Enum):
    """The state of a step; the value is its word on the screen."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_RUN = "not run"


@dataclass
class Step:
    """One call or check, and the lines that tell a person what it changes."""

    lines: tuple[str, ...]
    """What it does, one line for each effect: ``create the role API key users``."""
    action: Callable[[], Awaitable[None]]
    state: StepState = StepState.PLANNED
    error: A360Error | None = None
    """Set where the state is failed or unknown."""


@dataclass
class Plan:
    """Steps that are run in order; the first failure ends the run."""

    steps: list[Step] = field(default_factory=list)
    nothing_to_do: str = ""
    """Where there are no steps, a sentence that says why."""

    @property
    def changes(self) -> bool:
        """Whether running it would change anything."""
        return bool(self.steps)

    async def run(self, on_step: Callable[[Step], None] = lambda _step: None) -> None:
        """Run the steps, and call ``on_step`` at each change of state; raises the error of the step that failed."""
        for index, step in enumerate(self.steps):
            step.state = StepState.RUNNING
            on_step(step)
            try:
                await step.action()
            except A360Error as error:
                step.state = StepState.UNKNOWN if isinstance(error, OutcomeUnknown) else StepState.FAILED
                step.error = error
                on_step(step)
                for later in self.steps[index + 1 :]:
                    later.state = StepState.NOT_RUN
                    on_step(later)
                raise
            step.state = StepState.DONE
            on_step(step)
