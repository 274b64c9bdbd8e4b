"""`ExchangeLog`: the exchanges with the Control Room, without secrets, grouped by what they were made for."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a360tui.api import Exchange

ACTIONS_KEPT = 20
EXCHANGES_KEPT = 200


@dataclass
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


class ExchangeLog:
    """The last actions and their exchanges, oldest first."""

    def __init__(self) -> None:
        self.groups: deque[ExchangeGroup] = deque(maxlen=ACTIONS_KEPT)

    def begin(self, title: str) -> None:
        """Start a new group ``title``; a group without exchanges is dropped."""
        if self.groups and not self.groups[-1].exchanges:
            self.groups.pop()
        self.groups.append(ExchangeGroup(title))

    def record(self, exchange: Exchange) -> None:
        """Add an exchange; used as the API layer's listener."""
        if not self.groups:
            self.begin("start")
        self.groups[-1].exchanges.append(exchange)

    def clear(self) -> None:
        """Forget them all."""
        self.groups.clear()
