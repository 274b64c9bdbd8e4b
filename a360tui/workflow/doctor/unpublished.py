"""The step for calls that the vendor does not publish: where they come from, and whether they are described by now.

A Control Room describes its own calls under ``/swagger/``: a page, and the YAML or JSON files that the page names. They
are only read; no call is tried.
"""

from __future__ import annotations

import re
from asyncio import to_thread
from functools import partial
from typing import TYPE_CHECKING

from a360tui.api import CALL_NAMES, Call
from a360tui.errors import A360Error
from a360tui.text import harmless, shortened
from a360tui.workflow.call_words import PURPOSES
from a360tui.workflow.doctor.description import DescribedCall, described_calls
from a360tui.workflow.doctor.finding import Outcome, Seen
from a360tui.workflow.few_at_a_time import few_at_a_time

if TYPE_CHECKING:
    from a360tui.workflow.doctor.account import Account
    from a360tui.workflow.doctor.machine import Machine

_INDEX = "/swagger/"
_KNOWN = ("/swagger/api/v2/um-api-supported.yaml", "/swagger/api/v2/auth-api-supported.yaml")
"""Known names of such files, read where the page names none."""
_LINK = re.compile(rb"""["'(](?:\.?/)?(?:swagger/)?((?:[\w.-]+/){0,6}[\w.-]+\.(?:ya?ml|json))["')]""", re.IGNORECASE)
_MOST_FILES = 60
_AT_ONCE = 6
_NEAR = re.compile(r"api-?_?key|key-?_?duration", re.IGNORECASE)
"""What the path of such a call may contain."""
_MOST_SHOWN = 6


class Unpublished:
    """The calls for making a key and for the duration, at one Control Room."""

    def __init__(self, machine: Machine, account: Account) -> None:
        self._machine = machine
        self._account = account
        self._in_use: set[tuple[str, str]] = set()
        """Method and path of each call, at this release."""

    async def calls(self) -> Seen:
        """Report where each call comes from."""
        destination, room = self._machine.destination, self._account.room
        known = None if destination.book is None else await to_thread(destination.book.known)
        calls = room.calls if known is None else known.calls
        self._in_use = {(calls.of(name).method, room.path_of(calls.of(name))) for name in CALL_NAMES}
        facts = [(PURPOSES[name], _call_words(calls.of(name), room.path_of(calls.of(name)))) for name in CALL_NAMES]
        assumed = [PURPOSES[name] for name in CALL_NAMES if calls.of(name).source == "assumed"]
        if not assumed:
            return Seen("None is assumed.", tuple(facts))
        if known is not None:
            facts.append(("assumed ones", f"agreed to on {known.agreed_on}" if known.agreed_on else "not agreed to"))
        return Seen(
            f"Assumed, as the vendor does not publish them: {', '.join(assumed)}.",
            tuple(facts),
            "They are used only after you agree. To be sure, learn them from a browser: a360tui calls learn --help",
            Outcome.NOTE,
        )

    async def descriptions(self) -> Seen:
        """Check whether the Control Room's own files describe them."""
        reads = [partial(self._read, path) for path in await self._files() or _KNOWN]
        read = {path: calls async for path, calls in few_at_a_time(reads, _AT_ONCE) if calls is not None}
        if not read:
            return Seen(f"None can be read under {_INDEX}; this says nothing of the calls.")
        used = self._in_use
        same, near = [], []
        for path, calls in sorted(read.items()):
            for call in calls:
                if (call.method, call.path) in used:
                    same.append((path, call))
                elif _NEAR.search(call.path) and not call.path.endswith("/authentication"):
                    near.append((path, call))
        count = f"{len(read)} file{'s' if len(read) != 1 else ''} read"
        if not (same or near):
            return Seen(f"{count}; none describes the calls for a key or its duration.")
        facts = tuple((f"{call.method} {call.path}", f"in {path}") for path, call in [*same, *near][:_MOST_SHOWN])
        if len({(call.method, call.path) for _, call in same}) == len(used):
            return Seen(f"{count}; they describe the calls in use.", facts)
        return Seen(
            f"{count}; they describe calls that these may be.",
            facts,
            "Compare them with the calls in use; where they differ, trust the description.",
            Outcome.NOTE,
        )

    async def _files(self) -> list[str]:
        """The files that the page names, without duplicates."""
        try:
            page = await self._account.room.description(_INDEX)
        except A360Error:
            return []
        links = (match.decode("ascii", "replace") for match in _LINK.findall(page))
        return [f"{_INDEX}{link}" for link in dict.fromkeys(links) if ".." not in link][:_MOST_FILES]

    async def _read(self, path: str) -> tuple[str, tuple[DescribedCall, ...] | None]:
        shown = shortened(harmless(path), 100)
        try:
            content = await self._account.room.description(path)
        except A360Error:
            return shown, None
        return shown, None if content.lstrip().startswith(b"<") else described_calls(content)  # a page describes none


def _call_words(call: Call, path: str) -> str:
    since = f" since {call.since}" if call.since is not None else ""
    return f"{call.method} {path}  ({call.source}{since})"
