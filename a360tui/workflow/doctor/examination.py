"""The examination: which steps there are, in which order, and which earlier step each one needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from time import perf_counter

from a360tui.errors import A360Error
from a360tui.workflow.doctor.account import Account
from a360tui.workflow.doctor.finding import Finding, Outcome, Seen
from a360tui.workflow.doctor.machine import Machine
from a360tui.workflow.doctor.network import Network
from a360tui.workflow.doctor.report import Report
from a360tui.workflow.doctor.subject import Subject
from a360tui.workflow.doctor.unpublished import Unpublished

STEPS = (
    "configuration",
    "environment",
    "terminal",
    "address",
    "keyring",
    "secrets",
    "rotations",
    "proxy",
    "name",
    "connection",
    "TLS",
    "Control Room",
    "clock",
    "credential",
    "sign-in",
    "version",
    "permissions",
    "own record",
    "calls",
    "descriptions",
)
"""Every step, in the order in which they are taken."""

Tell = Callable[[Finding], None]
"""Called when a step begins and when it has ended."""


async def examine(
    subject: Subject, tell: Tell = lambda _finding: None, *, elapsed: Callable[[], float] = perf_counter
) -> Report:
    """Take every step; ``tell`` is called as each one begins and ends, ``elapsed`` counts seconds."""
    examination = _Examination(tell, elapsed)
    async with AsyncExitStack() as stack:
        machine = Machine(subject)
        network = Network(machine)
        account = Account(subject, machine, stack)
        unpublished = Unpublished(machine, account)
        await examination.step("configuration", machine.configuration)
        await examination.step("environment", machine.environment)
        await examination.step("terminal", subject.terminal)
        await examination.step("address", machine.address, after="configuration")
        await examination.step("keyring", machine.keyring)
        await examination.step("secrets", machine.secrets)
        await examination.step("rotations", machine.rotations)
        await examination.step("proxy", network.proxy, after="address")
        await examination.step("name", network.name, after="proxy")
        await examination.step("connection", network.connection, after="name")
        await examination.step("TLS", network.tls, after="connection")
        await examination.step("Control Room", account.answers, after="TLS")
        await examination.step("clock", account.clock, after="Control Room")
        await examination.step("credential", account.credential, after="Control Room")
        await examination.step("sign-in", account.sign_in, after="credential")
        await examination.step("version", account.version, after="sign-in")
        await examination.step("permissions", account.permissions, after="sign-in")
        await examination.step("own record", account.own_record, after="sign-in")
        await examination.step("calls", unpublished.calls, after="Control Room")
        await examination.step("descriptions", unpublished.descriptions, after="calls")
        return Report(tuple(examination.findings), machine.identifying())


class _Examination:
    """Takes the steps one by one, and skips those whose precondition failed."""

    def __init__(self, tell: Tell, elapsed: Callable[[], float]) -> None:
        """``elapsed`` counts seconds."""
        self._tell = tell
        self._elapsed = elapsed
        self.findings: list[Finding] = []

    async def step(self, name: str, look: Callable[[], Awaitable[Seen]], *, after: str = "") -> None:
        """Take a step, unless the step it comes ``after`` failed or was not tried.

        An `A360Error` becomes the finding of this step; the examination goes on.
        """
        needed = next((finding for finding in self.findings if finding.step == after), None)
        if needed is not None and not needed.outcome.allows_next:
            self._end(Finding(name, Outcome.NOT_TRIED, f"It needs: {after}."))
            return
        self._tell(Finding(name, Outcome.LOOKING))
        begun = self._elapsed()
        try:
            seen = await look()
        except A360Error as error:
            seen = Seen(error.message, (), error.hint, Outcome.FAILED, error.exit_code)
        took = (self._elapsed() - begun) * 1000
        self._end(Finding(name, seen.outcome, seen.said, seen.facts, seen.todo, took, seen.exit_code))

    def _end(self, finding: Finding) -> None:
        self.findings.append(finding)
        self._tell(finding)
