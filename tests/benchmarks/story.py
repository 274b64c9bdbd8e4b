"""The story of the product on a metered terminal: the sign-in form, the role, two keys, and through every screen."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.benchmarks.meter import Answer, Meter

DOWN, UP, RIGHT, TAB, ESCAPE, F2 = "\x1b[B", "\x1b[A", "\x1b[C", "\t", "\x1b", "\x1bOQ"
CTRL_F, CTRL_P, CTRL_S = "\x06", "\x10", "\x13"

_SETTLED = 3.0
"""Seconds after which a screen is at rest: what is imported or cleared away behind it is not idleness."""

ADMIN, CREATOR = "admin", "creator"


@dataclass
class Walk:
    """Who presses the keys, and what each kind of key brought."""

    meter: Meter
    idle: float = 0.0
    """Seconds of rest on each screen."""
    share: tuple[int, int] = (0, 1)
    """Which one of how many walkers this is, where each rests on a share of the screens."""
    screens: int = 0
    """Where there was a rest so far, this walker's or another's."""
    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))

    def press(self, keys: Iterable[str], name: str) -> None:
        """Press keys one after the other; what each brought is kept under the name."""
        for key in keys:
            self.answers[name].append(self.meter.press(key))

    def to(self, key: str, words: str, name: str = "") -> None:
        """Press a key that leads somewhere, and wait for its words; kept under the name where there is one."""
        answer = self.meter.press(key, words)
        if name:
            self.answers[name].append(answer)

    def rest(self) -> None:
        """Leave the screen alone for a while."""
        which, walkers = self.share
        self.screens += 1
        if self.idle and self.screens % walkers == which:
            self.meter.rest(_SETTLED)
            self.answers["idle"].append(self.meter.rest(self.idle))


def form(walk: Walk) -> None:
    """On the sign-in: from field to field, and letters in one."""
    walk.press([TAB] * 14, "tab")
    walk.press("abcdefghij", "letter")
    walk.rest()


def role(walk: Walk, *, assumed: bool = False) -> None:
    """As administrator on the workflow: the role with the user ``creator``, and the screens around it.

    ``assumed``: it is not the demo's Control Room, so the person is asked before an unpublished call.
    """
    walk.to("\r", "23 users")
    walk.rest()
    walk.to(CTRL_F, "f1 help")
    walk.to("crea", "1 of 23 match")
    walk.to("\r", "> □ creator")
    walk.to(" ", "add creator")
    walk.to(CTRL_S, "Back to the workflow")
    walk.rest()
    walk.to("\r", "grants it to 1 user")
    walk.rest()
    walk.to("1", "1 role grants")
    walk.press([DOWN] * 8 + [UP] * 8, "list")
    walk.rest()
    walk.to(ESCAPE, "grants it to 1 user")
    if assumed:
        _agree(walk, "4", "A key made now")
        walk.to(ESCAPE, "grants it to 1 user")
    for key, words in (("4", "A key made now"), (F2, "state of the workflow"), ("?", "Lists and forms")):
        walk.to(key, words)
        walk.rest()
        walk.to(ESCAPE, "grants it to 1 user")
    walk.to(CTRL_P, "Go to the role")
    walk.rest()
    walk.to(ESCAPE, "grants it to 1 user")


def _agree(walk: Walk, key: str, words: str) -> None:
    walk.to(key, "Use an assumed call?")
    walk.to(RIGHT, "Use it here")
    walk.to("\r", words)


def first_key(walk: Walk, *, assumed: bool = False) -> None:
    """As creator on the workflow: to My key, and the first key; ``assumed`` as in `role`."""
    walk.to("\r", "makes your first key")
    if assumed:
        walk.to("g", "A passphrase for your secrets")
        walk.press([TAB, TAB, "\r"], "to keep nothing on disk")
        if "Use an assumed call?" in walk.meter.text():
            walk.meter.press(RIGHT)
            walk.meter.press("\r")
        walk.meter.until("Ends 20")
    else:
        walk.to("g", "Ends 20")
    walk.to(ESCAPE, "Press again to leave it there")
    walk.to(ESCAPE, "Regenerate …")
    walk.rest()


def regenerate(walk: Walk) -> None:
    """On My key: the dialog opened and closed, and then a new key."""
    for _ in range(3):
        walk.to("g", "Keep the old key", "open the dialog")
        walk.to(ESCAPE, "Signs in      yes", "close the dialog")
    walk.to("g", "Keep the old key")
    walk.rest()
    walk.to(RIGHT, "Regenerate")
    walk.to("\r", "Ends 20")
    walk.rest()
