"""The examination: which steps there are, in which order, and what each needs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from time import perf_counter

from a360tui.workflow.doctor.account import Account
from a360tui.workflow.doctor.course import Course, Tell
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


async def examine(
    subject: Subject, tell: Tell = lambda _finding: None, *, elapsed: Callable[[], float] = perf_counter
) -> Report:
    """Take every step; ``tell`` hears of each as it begins and ends, ``elapsed`` counts seconds."""
    course = Course(tell, elapsed)
    async with AsyncExitStack() as stack:
        machine = Machine(subject)
        network = Network(machine)
        account = Account(subject, machine, stack)
        unpublished = Unpublished(machine, account)
        await course.step("configuration", machine.configuration)
        await course.step("environment", machine.environment)
        await course.step("terminal", subject.terminal)
        await course.step("address", machine.address, after="configuration")
        await course.step("keyring", machine.keyring)
        await course.step("secrets", machine.secrets)
        await course.step("rotations", machine.rotations, after="secrets")
        await course.step("proxy", network.proxy, after="address")
        await course.step("name", network.name, after="proxy")
        await course.step("connection", network.connection, after="name")
        await course.step("TLS", network.tls, after="connection")
        await course.step("Control Room", account.answers, after="TLS")
        await course.step("clock", account.clock, after="Control Room")
        await course.step("credential", account.credential, after="Control Room")
        await course.step("sign-in", account.sign_in, after="credential")
        await course.step("version", account.version, after="sign-in")
        await course.step("permissions", account.permissions, after="sign-in")
        await course.step("own record", account.own_record, after="sign-in")
        await course.step("calls", unpublished.calls, after="Control Room")
        await course.step("descriptions", unpublished.descriptions, after="calls")
        return Report(tuple(course.findings), machine.identifying())
