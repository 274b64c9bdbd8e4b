"""The regenerate confirmation: what dies, what is updated, and what nobody but the person knows."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from a360tui.tui.dialogs.confirm import ConfirmDialog, Facts
from a360tui.workflow.dates import age_words, date_stamp
from a360tui.workflow.key import KeyState, KeyStatus
from a360tui.workflow.rotation import RotationPlan


class RegenerateDialog(ConfirmDialog):
    """Asks whether the key that exists may die; the focus is on keeping it."""

    def __init__(self, plan: RotationPlan) -> None:
        super().__init__(
            "Regenerate your API key?", "", "Keep the old key", "Regenerate", irreversible=True, destructive=True
        )
        self._plan = plan

    def compose_body(self) -> ComposeResult:
        """What happens to the key, in words."""
        yield Static(Content(_consequence(self._plan.status)), markup=False)
        updated = "\n".join(each.reference.label for each in self._plan.references)
        yield Facts(
            ("Updated for you", updated or "nothing; no place is registered"),
            ("Not known to us", "any other place that holds this key"),
            ("Kept in", self._plan.place),
        )
        for warning in self._plan.warnings:
            yield Static(Content(f"\n{warning}"), classes="warning", markup=False)


def _consequence(status: KeyStatus) -> str:
    if status.state is KeyState.NOT_VISIBLE or status.created_on is None:
        return "If you have an API key, it stops working at once, everywhere it is used. This cannot be undone."
    made = f"The key made {date_stamp(status.created_on)} ({age_words(status.created_on, status.now)})"
    if status.state is KeyState.ENDED:
        return f"{made} has ended already. A new one takes its place. This cannot be undone."
    return f"{made} stops working at once, everywhere it is used. This cannot be undone."
