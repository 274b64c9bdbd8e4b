"""Every step from this machine to the permission, examined one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Label, Static

from a360tui.tui.doctor_subject import subject_of
from a360tui.tui.screen import A360Screen
from a360tui.tui.widgets.list_row import Column, Row, Tone
from a360tui.tui.widgets.paged_list import PagedList
from a360tui.workflow.doctor import STEPS, Finding, Outcome, Report, examine

if TYPE_CHECKING:
    from a360tui.tui.screens.sign_in import SignInScreen

_WAITING = "…"
_TONES: dict[Outcome, Tone] = {Outcome.NOTE: "accent", Outcome.FAILED: "warning"}


class DoctorScreen(A360Screen):
    """The steps with their outcomes as they come, and beneath what is known of the one under the cursor."""

    NAME: ClassVar[str] = "Doctor"
    CSS_PATH = "doctor.tcss"

    @dataclass
    class Told(Message):
        """A step began or ended."""

        finding: Finding

    def __init__(self, form: SignInScreen | None) -> None:
        """``form`` is the sign-in form that it was called from; without it the session is examined."""
        super().__init__()
        self._form = form
        self._findings: dict[str, Finding] = {}
        self._report: Report | None = None

    def compose_body(self) -> ComposeResult:
        """The steps, and one of them in full."""
        yield Label("Doctor", id="heading", markup=False)
        yield PagedList(
            Column("Step", 14),
            Column("Outcome", 10, toned=True),
            Column("Seen", None),
            Column("    Time", 8),
            id="steps",
            empty="",
        )
        with VerticalScroll(id="details"):
            yield Static("", id="detail-text", markup=False)

    def on_mount(self) -> None:
        """Begin at once."""
        self.query_one(PagedList).focus()
        self._examine()

    @work(exclusive=True, group="examine", exit_on_error=False, description="check the way to the Control Room")
    async def _examine(self) -> None:
        self._findings, self._report = {}, None
        self._show("looking …")
        self.a360.exchanges.begin("doctor")
        subject = await subject_of(self.a360, self._form)
        report = await examine(subject, self._tell, elapsed=self.a360.elapsed)
        self._report = report
        self._findings = {finding.step: finding for finding in report.findings}
        self._show(report.summary)
        steps = self.query_one(PagedList)
        if not steps.cursor and report.first_failed is not None:
            steps.cursor = STEPS.index(report.first_failed.step)

    def _tell(self, finding: Finding) -> None:
        self.post_message(self.Told(finding))

    @on(Told)
    def _told(self, message: Told) -> None:
        self._findings[message.finding.step] = message.finding
        if self._report is None:
            self._show("looking …")

    def _show(self, summary: str) -> None:
        self.query_one("#heading", Label).update(Content(f"Doctor    {summary}"))
        self.query_one(PagedList).put_rows([_row(step, self._findings.get(step)) for step in STEPS])

    @on(PagedList.Highlighted)
    def _highlighted(self, message: PagedList.Highlighted) -> None:
        finding = message.row.value if message.row is not None else None
        text = _details(finding) if isinstance(finding, Finding) else ""
        self.query_one("#detail-text", Static).update(Content(text))
        self.query_one("#details", VerticalScroll).scroll_home(animate=False)

    def action_reload(self) -> None:
        """Check everything again."""
        self._examine()

    @work(exclusive=True, group="copy", exit_on_error=False, description="copy the report")
    async def action_copy_report(self) -> None:
        """Send the report to the clipboard, without what says whose it is."""
        if self._report is None:
            self.notify("It is not complete yet.", markup=False)
        else:
            await self.a360.copy_text("\n".join(self._report.shareable().lines()))


def _row(step: str, finding: Finding | None) -> Row:
    if finding is None:
        return Row(step, (step, _WAITING, "", ""), dimmed=True)
    cells = (step, finding.outcome.value, finding.said, f"{finding.took:>8}")
    dimmed = finding.outcome in {Outcome.NOT_TRIED, Outcome.LOOKING}
    return Row(step, cells, finding, dimmed, _TONES.get(finding.outcome, ""))


def _details(finding: Finding) -> str:
    todo = [f"To do: {finding.todo}"] if finding.todo else []
    return "\n".join([finding.said, *todo, *(f"{name:<20} {value}" for name, value in finding.facts)])
