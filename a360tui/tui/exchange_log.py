"""`ExchangeLog`: the exchanges with the Control Room, without secrets, grouped by what they were made for."""

from __future__ import annotations

from collections import deque
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a360tui.api import Exchange

ACTIONS_KEPT = 20
EXCHANGES_KEPT = 200


@dataclass(eq=False)
class ExchangeGroup:
    """The exchanges of one action."""

    title: str
    exchanges: deque[Exchange] = field(default_factory=lambda: deque(maxlen=EXCHANGES_KEPT))

    @property
    def summary(self) -> str:
        """``role set-up, 4 calls, 31 ms``."""
        count = len(self.exchanges)
        milliseconds = sum(exchange.milliseconds for exchange in self.exchanges)
        return f"{self.title}, {count} call{'s' if count != 1 else ''}, {milliseconds:.0f} ms"


_begun: ContextVar[ExchangeGroup | None] = ContextVar("_begun", default=None)
"""The group of what this task sends."""


class ExchangeLog:
    """The last actions and their exchanges, oldest first; an action may have none yet."""

    def __init__(self) -> None:
        self.groups: deque[ExchangeGroup] = deque(maxlen=ACTIONS_KEPT)

    def begin(self, title: str) -> None:
        """Start a new group ``title`` for what this task, and those that it starts, are going to send."""
        group = ExchangeGroup(title)
        _begun.set(group)
        self.groups.append(group)

    def record(self, exchange: Exchange) -> None:
        """Add an exchange; used as the API layer's listener.

        What an action has still under way when the next begins stays its own; what no action sends is the last one's.
        """
        group = _begun.get()
        if group is None:
            group = self.groups[-1] if self.groups else ExchangeGroup("start")
        if group not in self.groups:
            self.groups.append(group)
        group.exchanges.append(exchange)

    def clear(self) -> None:
        """Forget them all."""
        for group in self.groups:
            group.exchanges.clear()
        self.groups.clear()
